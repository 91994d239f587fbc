/**
 * Pure: what delta entries make of task rows. Entries may come in any order and more than once; a row keeps the rev that last wrote
 * it, and an entry below it changes nothing (protocol.md rule 5). What only Postgres knows (claims, completing) is not here.
 */
import type { Party } from '../../../workflows/engine/flow.gen.ts';
import type {
  ChangedTask,
  ClosedTask,
  DeltaEntry,
  DueBy,
  Explanation,
  OpenedTask,
} from '../../../workflows/engine/types.ts';

/** The columns of a task row that the engine owns. Instants are epoch milliseconds. */
export interface TaskState {
  id: string;
  step: string;
  item: string | null;
  kind: 'userTask' | 'approval' | 'unknown';
  state: 'open' | 'done' | 'cancelled';
  assignee: string | null;
  pool: string | null;
  assignment: number;
  dueAt: number | null;
  outcomes: string[] | null;
  pausedAt: number | null;
  pausedUntil: number | null;
  waitingFor: Party | null;
  dueBy: DueBy | null;
  openedAt: number;
  openedRev: number;
  rev: number;
  returnedBy: string | null;
  /** May not hold, claim or receive it. */
  never: string[];
  explanation: Explanation | Record<string, never>;
  closedAt: number | null;
  closedBy: string | null;
  outcome: string | null;
}

/** The rows that the entries touch, as they are after them. Rows that nothing changes are left out. */
export function foldTasks(existing: ReadonlyMap<string, TaskState>, entries: readonly DeltaEntry[]): TaskState[] {
  const inOrder = [...entries].sort((a, b) => a.rev - b.rev);
  const opensHere = new Set(inOrder.flatMap((entry) => entry.opened.map(({ task }) => task)));
  const touched = new Map<string, TaskState>();
  const find = (id: string): TaskState | undefined => {
    const known = touched.get(id) ?? existing.get(id);
    // A tombstone whose opening is among the entries is built again from them.
    return known?.kind === 'unknown' && !touched.has(id) && opensHere.has(id) ? undefined : known;
  };
  for (const entry of inOrder) {
    for (const task of entry.opened) put(touched, find(task.task), open(task, entry));
    for (const task of entry.changed) {
      const row = find(task.task);
      // Its opening has not come: what changed is read again from the log when it does.
      if (row !== undefined) put(touched, row, change(row, task, entry));
    }
    for (const task of entry.closed) {
      const row = find(task.task);
      put(touched, row, close(row ?? tombstone(task, entry), task, entry));
    }
  }
  return [...touched.values()];
}

function put(touched: Map<string, TaskState>, before: TaskState | undefined, after: TaskState): void {
  // A task may be opened and closed by one event: the same rev, in the order of the lists.
  const isNewer = before === undefined || before.rev < after.rev || (before.rev === after.rev && touched.has(after.id));
  if (isNewer) touched.set(after.id, after);
}

function open(task: OpenedTask, { rev, at }: DeltaEntry): TaskState {
  return {
    id: task.task,
    step: task.step,
    // Entries of an earlier engine have none.
    item: task.item ?? null,
    kind: task.kind,
    state: 'open',
    assignee: task.assignee,
    pool: task.pool,
    assignment: task.assignment,
    ...timing(task),
    openedAt: at,
    openedRev: rev,
    rev,
    returnedBy: task.returnedBy,
    never: neverOf(task),
    explanation: task.explanation,
    closedAt: null,
    closedBy: null,
    outcome: null,
  };
}

function change(row: TaskState, task: ChangedTask, { rev }: DeltaEntry): TaskState {
  const { assignee, pool, assignment, explanation } = task;
  return {
    ...row,
    step: task.step ?? row.step,
    rev,
    assignee,
    pool,
    assignment,
    ...timing(task),
    never: neverOf(task),
    explanation,
  };
}

type Timing = Pick<TaskState, 'dueAt' | 'outcomes' | 'pausedAt' | 'pausedUntil' | 'waitingFor' | 'dueBy'>;

/** What entries of logs from before they said it leave out stands for "all offered, the clock goes". */
function timing(task: ChangedTask): Timing {
  const { dueAt, outcomes = null, pausedAt = null, pausedUntil = null } = task as Partial<ChangedTask>;
  const { waitingFor = null, dueBy = null } = task;
  return { dueAt: dueAt ?? null, outcomes, pausedAt, pausedUntil, waitingFor, dueBy };
}

/** Entries of logs from before anybody was barred leave it out. */
function neverOf({ never = [] }: Partial<ChangedTask>): string[] {
  return never;
}

function close(row: TaskState, { state, outcome, by }: ClosedTask, { rev, at }: DeltaEntry): TaskState {
  return {
    ...row,
    rev,
    state,
    outcome,
    closedBy: by,
    closedAt: at,
    pausedAt: null,
    pausedUntil: null,
    waitingFor: null,
  };
}

/** Closing wins over an opening that comes later. */
function tombstone({ task, step }: ClosedTask, { rev, at }: DeltaEntry): TaskState {
  return {
    id: task,
    step,
    item: null,
    kind: 'unknown',
    state: 'cancelled',
    assignee: null,
    pool: null,
    assignment: 0,
    dueAt: null,
    outcomes: null,
    pausedAt: null,
    pausedUntil: null,
    waitingFor: null,
    dueBy: null,
    openedAt: at,
    openedRev: rev,
    rev,
    returnedBy: null,
    never: [],
    explanation: {},
    closedAt: at,
    closedBy: null,
    outcome: null,
  };
}
