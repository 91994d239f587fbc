/**
 * What the tests of the command protocol's rules share: an errand that has begun, the act of handing it out, a case's rows at a glance, and
 * flows of a few steps.
 */
import { sql } from 'kysely';
import type { Flow } from '../../workflows/engine/flow.gen.ts';
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

const text = (en: string) => ({ 'zh-CN': en, en });
const fields = { what: 'required', amount: 'edit', note: 'edit' } as const;
/** A flow of its own that staff may start. */
export const flowOf = (key: string, steps: Flow['steps'], form = 'errand'): Flow => ({
  key,
  title: text(key),
  form,
  caseTitle: 'what',
  start: { who: ['staff'], fields },
  steps,
});
const pool = { assign: { rule: 'pool', role: 'dispatcher' } } as const;
/** A first task for the dispatchers. */
export const wait = (more: object = {}): Flow['steps'][number] => ({
  id: 'wait',
  kind: 'userTask',
  title: text('Wait'),
  people: pool,
  fields: { amount: 'edit', note: 'edit' },
  ...more,
});
/** What comes after it. */
export const after: Flow['steps'][number] = { id: 'after', kind: 'userTask', title: text('After'), people: pool };
/** On to `after` where the condition holds, to `other` where it does not. */
export const choice = (when: string): Flow['steps'][number] => ({
  id: 'choice',
  kind: 'exclusive',
  title: text('Choice'),
  branches: [{ title: text('Yes'), when, steps: [after] }],
  otherwise: { steps: [{ ...after, id: 'other' }] },
});
