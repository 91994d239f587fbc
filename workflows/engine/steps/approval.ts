/**
 * approval 审批: several people decide. any 或签: the first counts. all 会签 and sequential 依次: one rejection rejects, all must approve.
 * vote 票签: so much of the weight. Each of them has a seat; a sequential approval is one seat in which they follow each other.
 */
import type { Approval, People } from '../flow.gen.ts';
import type { Holders } from '../people.ts';
import { endCase, noteInLog, type Run } from '../run.ts';
import type { Decision, Frame, Holder, Seat, State } from '../state.ts';
import { openTask } from '../tasks.ts';
import type { PersonId } from '../types.ts';
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
    const repeated = repeatedOf(run.state, step.people, holders);
    if (repeated.length > 0) noteInLog(run, { repeated: repeated.map(({ assignee }) => assignee) });
    frame.seats = seatsFor(step, holders, repeated);
    if (resultOf(step, frame.seats) === 'approved') {
      passStep(run, frame, repeated);
      return;
    }
    for (const seat of frame.seats) if (seat.verdict === null) askNext(run, frame, seat);
  }
}

/** They have approved already, and that is enough. */
function passStep(run: Run, frame: Frame, repeated: readonly Holder[]): void {
  frame.seats = [];
  skipStep(run, frame, 'approved', personsOf(repeated));
}

/** 去重: those asked who have approved in this case before, as far as the flow takes that for an answer. */
function repeatedOf({ trail }: State, { whenRepeated = 'ask' }: People, holders: readonly Holder[]): Holder[] {
  if (whenRepeated === 'ask') return [];
  const approved = (whenRepeated === 'skip' ? trail : trail.slice(-1)).flatMap(({ approvers }) => approvers);
  return holders.filter(({ assignee }) => assignee !== null && approved.includes(assignee));
}

function seatsFor({ mode, vote }: Approval, holders: readonly Holder[], repeated: readonly Holder[]): Seat[] {
  const asked = holders.filter((holder) => !repeated.includes(holder));
  const seat = { task: null, verdict: null, decided: null };
  const passed = { ...seat, queue: [], verdict: 'approved' as const };
  if (mode === 'sequential') {
    return [asked.length === 0 ? { ...passed, weight: 1, past: [] } : { ...seat, queue: asked, weight: 1, past: [] }];
  }
  return holders.map((holder) => {
    const weight = weightOf(vote, holder);
    return repeated.includes(holder)
      ? { ...passed, weight, past: [{ task: NOBODY_ASKED, holder }] }
      : { ...seat, queue: [holder], weight, past: [] };
  });
}
/** Stands for the task of whoever is not asked again. */
const NOBODY_ASKED = '';

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
  if (decision.outcome === 'rejected') seat.verdict = 'rejected';
  else {
    seat.past.push({ task: decision.task, holder: decision.holder });
    askNext(run, frame, seat);
  }
  seat.decided = seat.verdict === null ? null : decision.holder;
  settle(run, frame, step, decision);
}

/** Completes the step as soon as its result cannot change. */
export function settle(run: Run, frame: Frame, step: Approval, decision: Decision): void {
  const outcome = resultOf(step, frame.seats);
  if (outcome === null) return;
  if (outcome === 'rejected' && step.onRejected === 'end') endCase(run, 'completed', 'rejected');
  else completeStep(run, frame, { ...decision, outcome }, outcome === 'approved' ? approversOf(frame) : []);
}

function approversOf({ seats }: Frame): PersonId[] {
  return [...new Set(personsOf(seats.flatMap(({ past }) => past.map(({ holder }) => holder))))];
}

function personsOf(holders: readonly Holder[]): PersonId[] {
  return holders.flatMap(({ assignee }) => (assignee === null ? [] : [assignee]));
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
