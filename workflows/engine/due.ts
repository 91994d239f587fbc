/**
 * Due times of tasks, in wall-clock time: which timers a task starts with, and what follows each. Due times are absolute and live in
 * the state; one timer fires for one event, so that each reminder and each end action has its own line in the log.
 */
import { durationMs } from './duration.ts';
import type { Due, DueAction } from './flow.gen.ts';
import type { Task, Timer } from './state.ts';
import type { Notice } from './types.ts';

/** Reminders that repeat without a number stop after so many. */
const MOST_REMINDERS = 50;

type NewTimer = Omit<Timer, 'id'>;

/** An end action with where it stands in the step, for the designer. */
interface EndAction {
  property: string;
  action: DueAction;
}

/** The end actions of a due time in the order of the flow, one or a list. */
export function endActions({ then }: Due): EndAction[] {
  if (then === undefined) return [];
  if (!Array.isArray(then)) return [{ property: 'due.then', action: then }];
  return then.map((action, index) => ({ property: `due.then.${index}`, action }));
}

/** The first timers of a task that is due at `dueAt`. A reminder that would lie before `now` is left out. */
export function timersOf(due: Due, dueAt: number, now: number): Pick<Timer, 'at' | 'what'>[] {
  const timers: Pick<Timer, 'at' | 'what'>[] = [{ at: dueAt, what: { kind: 'due' } }];
  for (const [index, remind] of (due.remind ?? []).entries()) {
    const at = 'before' in remind ? dueAt - durationMs(remind.before) : dueAt + durationMs(remind.after);
    if (at > now) timers.push({ at, what: { kind: 'remind', index, count: 0 } });
  }
  return timers;
}

/** When a reminder comes again, or null when it was the last. Those missed while nothing ran are not made up for. */
export function nextReminder(due: Due, timer: Timer, now: number): NewTimer | null {
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

/** What the due time itself does: the first end action that is not delayed, null for none, and timers for all others in their order. */
export function atDue(due: Due, { frame, task, at }: Timer): { first: number | null; later: NewTimer[] } {
  const actions = endActions(due).map(({ action }) => action);
  const first = actions.findIndex(({ after }) => after === undefined);
  const later = actions.flatMap(({ after }, index): NewTimer[] => {
    const what = { kind: 'then' as const, index };
    return index === first ? [] : [{ frame, task, at: at + (after === undefined ? 0 : durationMs(after)), what }];
  });
  return { first: first < 0 ? null : first, later };
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
