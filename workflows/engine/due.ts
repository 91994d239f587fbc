/**
 * Due times of tasks, in wall-clock time: which timers a task starts with, and what each does when it fires. Due times are
 * absolute and live in the state; one timer fires for one event, so that each reminder has its own line in the log.
 */
import { durationMs } from './duration.ts';
import type { Due } from './flow.gen.ts';
import type { Task, Timer } from './state.ts';
import type { Notice } from './types.ts';

/** Reminders that repeat without a number stop after so many. */
const MOST_REMINDERS = 50;

interface Start {
  /** Epoch ms. */
  dueAt: number;
  timers: { at: number; what: Timer['what'] }[];
}

/** The due time of a task opened at `now` and its first timers. A reminder that would lie before the opening is left out. */
export function timersOf(due: Due, now: number): Start {
  const dueAt = now + durationMs(due.in);
  const timers: Start['timers'] = [{ at: dueAt, what: { kind: 'due' } }];
  for (const [index, remind] of (due.remind ?? []).entries()) {
    const at = 'before' in remind ? dueAt - durationMs(remind.before) : dueAt + durationMs(remind.after);
    if (at > now) timers.push({ at, what: { kind: 'remind', index, count: 0 } });
  }
  return { dueAt, timers };
}

/** When a reminder comes again, or null when it was the last. Those missed while nothing ran are not made up for. */
export function nextReminder(due: Due, timer: Timer, now: number): Omit<Timer, 'id'> | null {
  if (timer.what.kind !== 'remind') return null;
  const { index, count } = timer.what;
  const remind = due.remind?.[index];
  if (!remind || !('after' in remind) || remind.every === undefined) return null;
  const everyMs = durationMs(remind.every);
  const turns = Math.floor((now - timer.at) / everyMs) + 1;
  if (count + turns >= (remind.times ?? MOST_REMINDERS)) return null;
  const { frame, task, at } = timer;
  return { frame, task, at: at + turns * everyMs, what: { kind: 'remind', index, count: count + turns } };
}

/** The timer of a delayed escalation, or null when it is not delayed. */
export function delayedEscalation(due: Due, timer: Timer): Omit<Timer, 'id'> | null {
  const then = due.then;
  if (then?.do !== 'escalate' || then.after === undefined) return null;
  const { frame, task, at } = timer;
  return { frame, task, at: at + durationMs(then.after), what: { kind: 'escalate' } };
}

export function reminder(task: Task, dueAt: number, at: number): Notice {
  return { kind: at < dueAt ? 'reminder' : 'overdue', step: task.step, task: task.id, to: 'holders' };
}

export function overdue(task: Task): Notice {
  return { kind: 'overdue', step: task.step, task: task.id, to: 'holders' };
}

export function escalation(task: Task, role: string): Notice {
  return { kind: 'escalation', step: task.step, task: task.id, to: { role } };
}

/** The timer that fires next at `now`: the earliest that is due, the older one first; undefined when none is due. */
export function dueTimer(timers: Timer[], now: number): Timer | undefined {
  let first: Timer | undefined;
  for (const timer of timers) {
    if (timer.at > now) continue;
    if (!first || timer.at < first.at || (timer.at === first.at && timer.id < first.id)) first = timer;
  }
  return first;
}
