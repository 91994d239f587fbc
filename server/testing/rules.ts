/** What the tests of the command protocol's rules share: an errand that has begun, the act of handing it out, and a case's rows at a glance. */
import { sql } from 'kysely';
import type { CompleteAct } from '../commands/task-acts.ts';
import { openTask, startErrand, type CaseStage } from './cases.ts';

export function handOut(
  { cast }: CaseStage,
  taskId: string,
  fields: Record<string, unknown> = {},
  version = 1000,
): CompleteAct {
  return {
    taskId,
    assignment: 1,
    outcome: 'handed_out',
    fields: { runner: cast.runner, ...fields },
    comment: null,
    version,
    deviceAt: null,
  };
}

/** A new errand with its first task. */
export async function begin(
  stage: CaseStage,
  fields: Record<string, unknown> = {},
): Promise<{ caseId: string; task: Awaited<ReturnType<typeof openTask>> }> {
  const { caseId } = await startErrand(stage, fields);
  return { caseId, task: await openTask(stage, caseId) };
}

interface Picture {
  status: string;
  applied_rev: number;
  seen_rev: number;
  incidents: { id: number; code: string }[];
  commands: { n: number; state: string }[];
  types: string[];
  tasks: { step: string; state: string }[];
}
export async function look({ test }: CaseStage, caseId: string): Promise<Picture> {
  const { rows } = await sql<Picture>`
    select c.status, c.applied_rev, c.seen_rev, c.incidents,
      (select json_agg(json_build_object('n', n, 'state', state) order by n) from command m where m.case_id = c.id) as commands,
      (select array_agg(type order by rev) from case_event e where e.case_id = c.id) as types,
      (select json_agg(json_build_object('step', step, 'state', state) order by opened_rev) from task t where t.case_id = c.id) as tasks
    from "case" c where c.id = ${caseId}`.execute(test.adminDb);
  const [row] = rows;
  if (row === undefined) throw new Error(`no case ${caseId}`);
  return row;
}
