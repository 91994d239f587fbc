/** Where a case stands, computed from the flow's tree, the tasks and the log: one entry a step in document order. */
import { sql } from 'kysely';
import type { Static } from 'typebox';
import type { Tx } from '../db/as.ts';
import { findNames } from '../commands/people.ts';
import type { PublishedFlow } from '../definitions/published.ts';
import { handlersOn, isHandlerKey } from '../../workflows/engine/catching.ts';
import { compile } from '../../workflows/engine/compile.ts';
import type { Step, Text } from '../../workflows/engine/flow.gen.ts';
import { areConcurrent } from '../../workflows/engine/tree.ts';
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
  const steps = [...standing.flow.steps.values()].filter(({ step }) => !UNSEEN.has(step.kind));
  const reached = [...standing.position, ...done.keys()];
  const taken = new Set(
    [...standing.position, ...done.keys()].flatMap((id) => standing.flow.steps.get(id)?.branches ?? []),
  );
  return steps.map(({ step, depth, branches }) => {
    const tasks = open.filter((task) => task.step === step.id);
    const last = done.get(step.id);
    const state = stateOf({
      isCurrent: standing.position.includes(step.id),
      isDone: last !== undefined,
      isPassed: reached.some((id) => isAfter(standing.flow, id, step.id)),
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
      certain:
        state !== 'upcoming' || branches.every((branch) => taken.has(branch) || isAlwaysTaken(standing.flow, branch)),
    };
  });
}

/** Kinds that hold or lead, and are nothing that happens. */
const UNSEEN: ReadonlySet<string> = new Set([
  'exclusive',
  'inclusive',
  'parallel',
  'loop',
  'forEach',
  'subProcess',
  'jump',
  'end',
]);

/** Whether being at one step means that the case has passed the other: it stands before, and not in a branch beside. */
function isAfter(flow: Pick<PublishedFlow, 'loaded'>, at: string, other: string): boolean {
  const compiled = compile(flow.loaded);
  const [here, there] = [compiled.steps.get(at), compiled.steps.get(other)];
  return here !== undefined && there !== undefined && here.order > there.order && !areConcurrent(compiled, at, other);
}

/** `id` as published.ts names it: the step that has the branch, and the branch's key. */
export function branchOf(flow: BranchesOf, id: string): PositionView['branches'][number] {
  const [owner = '', key = ''] = id.split(' ');
  const step = flow.steps.get(owner)?.step;
  if (isHandlerKey(key)) {
    const on = step ?? flow.definition;
    const title = handlersOn(on).find((each) => each.key === key)?.handler.title ?? null;
    return { id, title, decision: on.title ?? flow.definition.title, kind: 'handler' };
  }
  const holder = ownerOf(flow, id);
  return { id, title: titleOf(holder.step, key), decision: holder.step.title, kind: holder.step.kind };
}

type BranchesOf = Pick<PublishedFlow, 'steps' | 'definition'>;
type Owner = Extract<Step, { kind: (typeof HOLDING)[number] }>;
const HOLDING = ['exclusive', 'inclusive', 'parallel', 'loop', 'forEach', 'race', 'subProcess'] as const;

function ownerOf({ steps }: Pick<PublishedFlow, 'steps'>, id: string): { step: Owner; key: string } {
  const [owner = '', key = ''] = id.split(' ');
  const step = steps.get(owner)?.step;
  if (step === undefined || !isHolding(step)) throw new RangeError(`${owner} has no branches`);
  return { step, key };
}

function isHolding(step: Step): step is Owner {
  return (HOLDING as readonly string[]).includes(step.kind);
}

function titleOf(step: Owner, key: string): Text | null {
  if (step.kind === 'loop' || step.kind === 'forEach' || step.kind === 'subProcess') return null;
  if (key === 'otherwise') return ('otherwise' in step ? step.otherwise.title : undefined) ?? null;
  return step.branches[Number(key.split('.')[1])]?.title ?? null;
}

/** Whatever is decided, the case comes by; what a handler does it may never. */
function isAlwaysTaken(flow: PublishedFlow, id: string): boolean {
  const { kind } = branchOf(flow, id);
  return kind === 'parallel' || kind === 'loop' || kind === 'subProcess';
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

/** The event that finished each step last, unless a later return or take-back went behind it. */
export function lastDone({ flow, history }: Pick<Standing, 'flow' | 'history'>): Map<string, LogRow> {
  const done = new Map<string, LogRow>();
  for (const row of history) {
    if (row.type === 'task_returned') forget(row);
    else if (row.type === 'task_taken_back') forgetFrom(row.step ?? '');
    else if (row.type === 'timer_fired' && row.data.action === 'return') forgetFrom(returnOfDue(flow, row.step) ?? '');
    else if (row.step !== null && isEnd(row)) done.set(row.step, row);
  }
  return done;

  function forget({ data }: LogRow): void {
    // A detour comes back: what was done stays done.
    if (data.mode === 'straightBack') return;
    forgetFrom(String(data.to));
  }

  function forgetFrom(target: string): void {
    for (const id of done.keys()) if (id === target || isAfter(flow, id, target)) done.delete(id);
  }
}

/** Where the due action of a step sends the case back to; nothing follows it, so there is one. */
function returnOfDue({ steps }: Pick<PublishedFlow, 'steps'>, id: string | null): string | undefined {
  const step = steps.get(id ?? '')?.step;
  const actions = [step !== undefined && 'due' in step ? (step.due.then ?? []) : []].flat();
  return actions.find((action) => action.do === 'return')?.step;
}

function isEnd({ type, data }: LogRow): boolean {
  if (type === 'timer_fired')
    return data.timer === 'wait' || data.action === 'complete' || (data.timer === 'catch' && isOfStep(data.part));
  if (type === 'message_received' || type === 'signal_received') return isOfStep(data.part);
  return ENDS.has(type) || isEndOfCall(type, data);
}

const ENDS: ReadonlySet<string> = new Set(['task_completed', 'activity_done', 'step_skipped']);

/** Of a case that is not waited for its beginning, else its end where it came to something. */
function isEndOfCall(type: string, { waits, status, error }: LogRow['data']): boolean {
  if (type === 'child_started') return waits === false;
  return type === 'child_ended' && status === 'completed' && error === undefined;
}

/** Came to the step itself, or decided a race; not to a handler on it. */
function isOfStep(part: unknown): boolean {
  return typeof part !== 'string' || !isHandlerKey(part);
}
