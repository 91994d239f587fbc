/**
 * 加签 and 减签: whoever is asked in an approval asks more people, before or after themselves. They share the seat: it approves when all of
 * them have, and the first who rejects rejects for it.
 */
import { cancelTask, humanStep, type Run } from './run.ts';
import { findFrame, type Frame, type Holder, type Seat, type State, type Task } from './state.ts';
import { askNext, seatOf, settle } from './steps/approval.ts';
import { openTask } from './tasks.ts';
import type { PersonId } from './types.ts';
import { must } from './unreachable.ts';

const ADDED = 'added';

interface Added {
  persons: readonly PersonId[];
  where: 'before' | 'after';
  by: PersonId | null;
}

/** The seat of an open task of an approval; undefined for other tasks. */
export function seatOfTask(state: State, task: Task): Seat | undefined {
  const frame = findFrame(state, task.frame)?.frame;
  return frame && seatOf(frame, task.id);
}

/** Everybody who is still to decide in the frame of a task. */
export function askedWith(state: State, task: Task): PersonId[] {
  const frame = findFrame(state, task.frame)?.frame;
  const holders = [
    ...state.tasks.filter((open) => open.frame === task.frame),
    ...(frame?.seats ?? []).flatMap(({ queue }) => queue),
  ];
  return holders.flatMap(({ assignee }) => (assignee === null ? [] : [assignee]));
}

export function addSigners(run: Run, task: Task, { persons, where, by }: Added): void {
  const { frame, seat } = placeOf(run, task);
  const { rule, inputs } = task.explanation;
  const added = persons.map((assignee): Holder => {
    return { assignee, pool: null, explanation: { rule, inputs, policy: ADDED, by } };
  });
  if (where === 'after') {
    seat.queue.unshift(...added);
    return;
  }
  // Whoever adds people before themselves gets a new task when those have approved.
  const { assignee, pool, explanation } = task;
  const self = assignee === null ? { assignee: by, pool: null, explanation } : { assignee, pool, explanation };
  cancelTask(run, task);
  seat.queue.unshift(...added, self);
  askNext(run, frame, seat);
}

/** Added to the seat of the task, and not decided yet; `by`: only those whom that person added. */
export function removableOf(state: State, task: Task, by?: PersonId): PersonId[] {
  const seat = seatOfTask(state, task);
  const holders: Holder[] = seat ? [task, ...seat.queue] : [];
  return holders.flatMap(({ assignee, explanation }) =>
    assignee !== null && explanation.policy === ADDED && (by === undefined || explanation.by === by) ? [assignee] : [],
  );
}

export function removeSigners(run: Run, task: Task, { persons, by }: Omit<Added, 'where'>): void {
  const { frame, seat } = placeOf(run, task);
  const isRemoved = ({ assignee, explanation }: Holder): boolean =>
    explanation.policy === ADDED && assignee !== null && persons.includes(assignee);
  seat.queue = seat.queue.filter((holder) => !isRemoved(holder));
  if (!isRemoved(task)) return;
  cancelTask(run, task);
  askNext(run, frame, seat);
  const step = humanStep(run, task.step);
  // Those before had approved, and nobody is left: so has the seat.
  if (step.kind === 'approval') settle(run, frame, step, { task: task.id, by, outcome: 'approved', holder: task });
}

// ------------------------------------------------------------------------------------------------ delegation

/** 委派: somebody else works on it, and it comes back. */
export function ownerOf({ assignee, pool, explanation }: Task, by: PersonId | null): Holder {
  return { assignee: assignee ?? by, pool: assignee === null && by === null ? pool : null, explanation };
}

/** Whoever it was delegated to is done: its owner decides, in a task of their own. */
export function giveBack(run: Run, task: Task, owner: Holder): void {
  const frame = must(findFrame(run.state, task.frame), 'frame of task').frame;
  const seat = seatOf(frame, task.id);
  const explanation = { ...owner.explanation, policy: 'resolved', by: task.assignee };
  const opened = openTask(run, frame, { ...owner, explanation });
  if (seat) seat.task = opened.id;
}

function placeOf(run: Run, task: Task): { frame: Frame; seat: Seat } {
  const { frame } = must(findFrame(run.state, task.frame), 'frame of task');
  return { frame, seat: must(seatOf(frame, task.id), 'seat of task') };
}
