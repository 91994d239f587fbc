/**
 * approval 审批: several people decide. any 或签: the first counts. all 会签 and sequential 依次: one rejection rejects, all must approve.
 * vote 票签: so much of the weight. Each of them has a seat; a sequential approval is one seat in which they follow each other.
 */
import type { Approval } from '../flow.gen.ts';
import type { Holders } from '../people.ts';
import { endCase, type Run } from '../run.ts';
import type { Decision, Frame, Holder, Seat } from '../state.ts';
import { openTask } from '../tasks.ts';
import { must } from '../unreachable.ts';
import type { Behaviour } from './behaviour.ts';
import { askForStep, completeStep, skipStep, stopWithoutPeople } from './human.ts';

export const approval: Behaviour<Approval> = {
  open: (run, frame, step) => {
    // Of all who must approve each is asked again after a return; of any, only who decided.
    const holders = askForStep(run, frame, { people: step.people, toPreviousHandler: step.mode === 'any' });
    if (holders) givePeople(run, frame, step, holders);
  },
  givePeople,
  decideTask,
};

function givePeople(run: Run, frame: Frame, step: Approval, holders: Holders): void {
  if (holders === 'skip') skipStep(run, frame, 'approved');
  else if (holders === 'incident') stopWithoutPeople(run, frame, step.people);
  else {
    frame.seats = seatsFor(step, holders);
    for (const seat of frame.seats) askNext(run, frame, seat);
  }
}

function seatsFor({ mode, vote }: Approval, holders: readonly Holder[]): Seat[] {
  const seat = { task: null, verdict: null, decided: null };
  if (mode === 'sequential') return [{ ...seat, queue: [...holders], weight: 1 }];
  return holders.map((holder) => ({ ...seat, queue: [holder], weight: weightOf(vote, holder) }));
}

function weightOf(vote: Approval['vote'], { assignee }: Holder): number {
  const weights = vote?.weights ?? {};
  return assignee !== null && Object.hasOwn(weights, assignee) ? (weights[assignee] ?? 1) : 1;
}

/** Asks whoever comes next in a seat; the seat has approved when nobody does. */
export function askNext(run: Run, frame: Frame, seat: Seat): void {
  const next = seat.queue.shift();
  if (next) seat.task = openTask(run, frame, next).id;
  else seat.verdict = 'approved';
}

/** The seat in which a task is, or was decided. */
export function seatOf(frame: Frame, task: string): Seat | undefined {
  return frame.seats.find((seat) => seat.task === task);
}

/** A detour is over: the task that sent the work away opens again, in its seat where it has one. */
export function reopen(run: Run, frame: Frame, { holder, task }: NonNullable<Frame['detour']>): void {
  const opened = openTask(run, frame, holder);
  const seat = seatOf(frame, task);
  if (seat) seat.task = opened.id;
}

function decideTask(run: Run, frame: Frame, step: Approval, decision: Decision): void {
  const seat = must(seatOf(frame, decision.task), 'seat of task');
  seat.decided = decision.holder;
  if (decision.outcome === 'rejected') seat.verdict = 'rejected';
  else askNext(run, frame, seat);
  settle(run, frame, step, decision);
}

/** Completes the step as soon as its result cannot change. */
export function settle(run: Run, frame: Frame, step: Approval, decision: Decision): void {
  const outcome = resultOf(step, frame.seats);
  if (outcome === null) return;
  if (outcome === 'rejected' && step.onRejected === 'end') endCase(run, 'completed', 'rejected');
  else completeStep(run, frame, { ...decision, outcome });
}

function resultOf({ mode, vote }: Approval, seats: readonly Seat[]): Seat['verdict'] {
  if (mode === 'any') return seats.find(({ verdict }) => verdict !== null)?.verdict ?? null;
  const total = weightOfAll(seats);
  const approved = weightOfAll(seats.filter(({ verdict }) => verdict === 'approved'));
  const rejected = weightOfAll(seats.filter(({ verdict }) => verdict === 'rejected'));
  // In whole numbers: two thirds of three are two.
  const { part, of } = mode === 'vote' ? must(vote, 'vote of approval') : { part: 1, of: 1 };
  if (approved * of >= part * total) return 'approved';
  return (total - rejected) * of < part * total ? 'rejected' : null;
}

function weightOfAll(seats: readonly Seat[]): number {
  return seats.reduce((sum, { weight }) => sum + weight, 0);
}
