/** Where a case stands, computed from the flow's tree, the tasks and the log: one entry a step in document order. */
import { sql } from 'kysely';
import type { Static } from 'typebox';
import type { Tx } from '../db/as.ts';
import { findNames } from '../commands/people.ts';
import type { PublishedFlow } from '../definitions/published.ts';
import type { Text } from '../../workflows/engine/flow.gen.ts';
import type { PositionStep } from '../tasks/schemas.ts';
import type { LogRow } from './history.ts';

export type PositionView = Static<typeof PositionStep>;

interface Standing {
  flow: PublishedFlow;
  caseId: string;
  status: string;
  position: readonly string[];
  history: readonly LogRow[];
}
interface OpenTask {
  step: string;
  holder: string | null;
  pool: Text | null;
  due_at: Date | null;
}

export async function readPosition(tx: Tx, standing: Standing): Promise<PositionView[]> {
  const { rows: open } = await sql<OpenTask>`
    select t.step, t.holder, r.title as pool, t.due_at from task t left join role r on r.key = t.pool
    where t.case_id = ${standing.caseId} and t.state in ('open', 'completing') order by t.due_at`.execute(tx);
  const done = lastDone(standing);
  const names = await findNames(tx, [
    ...open.map(({ holder }) => holder),
    ...[...done.values()].map(({ actor }) => actor),
  ]);
  const steps = [...standing.flow.steps.values()].filter(
    ({ step }) => step.kind !== 'exclusive' && step.kind !== 'end',
  );
  const order = new Map([...standing.flow.steps.keys()].map((id, index) => [id, index]));
  const reached = Math.max(-1, ...[...standing.position, ...done.keys()].map((id) => order.get(id) ?? -1));
  const taken = new Set(
    [...standing.position, ...done.keys()].flatMap((id) => standing.flow.steps.get(id)?.branches ?? []),
  );
  return steps.map(({ step, depth, branches }) => {
    const tasks = open.filter((task) => task.step === step.id);
    const last = done.get(step.id);
    const state = stateOf({
      isCurrent: standing.position.includes(step.id),
      isDone: last !== undefined,
      isPassed: (order.get(step.id) ?? 0) < reached,
      standing,
    });
    const title = step.title ?? standing.flow.definition.title;
    const people = state === 'current' ? tasks.map(({ holder }) => holder) : [last?.actor];
    return {
      ...{ step: step.id, kind: step.kind, title, depth, state },
      branches: branches.map((id) => branchOf(standing.flow, id)),
      people: people.flatMap((id) => names.get(id ?? '') ?? []),
      at: state === 'done' && last !== undefined ? last.at.toISOString() : null,
      ...waiting(tasks),
      certain: state !== 'upcoming' || branches.every((branch) => taken.has(branch)),
    };
  });
}

/** `id` as published.ts names it: the decision's step and the key of the branch. */
export function branchOf(flow: Pick<PublishedFlow, 'steps'>, id: string): PositionView['branches'][number] {
  const [owner = '', key = ''] = id.split(' ');
  const decision = flow.steps.get(owner)?.step;
  if (decision?.kind !== 'exclusive') throw new RangeError(`no decision ${owner}`);
  const branch = key === 'otherwise' ? decision.otherwise : decision.branches[Number(key.split('.')[1])];
  return { id, title: branch?.title ?? null, decision: decision.title };
}

/** Which pool it waits in, and until when. */
function waiting(tasks: readonly OpenTask[]): Pick<PositionView, 'pool' | 'dueAt'> {
  const pool = tasks.find(({ holder }) => holder === null)?.pool ?? null;
  return { pool, dueAt: tasks[0]?.due_at?.toISOString() ?? null };
}

interface Facts {
  isCurrent: boolean;
  isDone: boolean;
  isPassed: boolean;
  standing: Standing;
}

function stateOf({ isCurrent, isDone, isPassed, standing }: Facts): PositionView['state'] {
  if (isCurrent) return 'current';
  if (isDone) return 'done';
  const isOver = standing.status === 'completed' || standing.status === 'cancelled';
  return isPassed || isOver ? 'skipped' : 'upcoming';
}

/** The event that finished each step last, unless a later return went behind it. */
function lastDone({ flow, history }: Standing): Map<string, LogRow> {
  const order = [...flow.steps.keys()];
  const done = new Map<string, LogRow>();
  for (const row of history) {
    if (row.type === 'task_returned') forget(row);
    else if (row.step !== null && (row.type === 'task_completed' || row.type === 'activity_done'))
      done.set(row.step, row);
  }
  return done;

  function forget({ data }: LogRow): void {
    // A detour comes back: what was done stays done.
    if (data.mode === 'straightBack') return;
    const target = order.indexOf(String(data.to));
    for (const id of order.slice(Math.max(0, target))) done.delete(id);
  }
}
