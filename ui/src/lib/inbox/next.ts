// Which task opens by itself after a decision: whoever goes on in the same case sees that case first.
import { api } from '#lib/api/client.ts';
import { isProblem } from '#lib/api/problem.ts';
import type { TaskDetail, TaskItem } from '#lib/api/types.gen.ts';

export interface Decided {
  id: string;
  caseId: string;
  /** The tasks that the act opened, of anybody. */
  opened: string[];
}
type Row = Pick<TaskItem, 'id' | 'caseId' | 'state'>;

/** @returns the open task of the same case that this person holds or may claim */
export async function nextOfCase(decided: Decided, rows: readonly Row[]): Promise<string | undefined> {
  const listed = rows.filter(({ caseId, state }) => caseId === decided.caseId && state === 'open').map(({ id }) => id);
  const others = [...new Set([...decided.opened, ...listed])].filter((id) => id !== decided.id);
  const details = await Promise.all(others.map(read));
  const mayDo = details.filter((detail) => detail?.task.state === 'open' && (detail.mine || detail.allow.claim));
  return (mayDo.find((detail) => detail?.mine) ?? mayDo[0])?.task.id;
}

/** What may not be read, or not now, is not this person's next. */
async function read(id: string): Promise<TaskDetail | undefined> {
  try {
    return await api.get<TaskDetail>(`/api/tasks/${encodeURIComponent(id)}`);
  } catch (error) {
    if (isProblem(error)) return undefined;
    throw error;
  }
}
