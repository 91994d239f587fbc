/**
 * Due times of tasks: which timers a task starts with, and what follows each. Due times are absolute and live in
 * the state; one timer fires for one event, so that each reminder and each end action has its own line in the log.
 */
import type { Reckoner } from './calendar/reckoner.ts';
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

/** What the times around a due time are reckoned from. */
interface Around {
  dueAt: number;
  reckoner: Reckoner;
}

/** When a timer of a task fires, by its due time. */
export function timeOf(due: Due, { what, at }: Pick<Timer, 'what' | 'at'>, { dueAt, reckoner }: Around): number {
  if (what.kind === 'due') return dueAt;
  if (what.kind === 'remind') return reminderAt(due, what, { dueAt, reckoner }) ?? at;
  if (what.kind !== 'then') return at;
  const after = endActions(due)[what.index]?.action.after;
  return after === undefined ? dueAt : reckoner.add(dueAt, after);
}

/** When a reminder comes for the nth time; null: there is no such reminder. */
function reminderAt(due: Due, { index, count }: Remind, { dueAt, reckoner }: Around): number | null {
  const remind = due.remind?.[index];
  if (!remind) return null;
  if ('before' in remind) return reckoner.subtract(dueAt, remind.before);
  let at = reckoner.add(dueAt, remind.after);
  for (let turn = 0; turn < count && remind.every !== undefined; turn += 1) at = reckoner.add(at, remind.every);
  return at;
}
type Remind = Extract<Timer['what'], { kind: 'remind' }>;

/** The first timers of a task. A reminder that would lie before `now` is left out. */
export function timersOf(due: Due, around: Around, now: number): Pick<Timer, 'at' | 'what'>[] {
  const timers: Pick<Timer, 'at' | 'what'>[] = [{ at: around.dueAt, what: { kind: 'due' } }];
  for (const index of (due.remind ?? []).keys()) {
    const what = { kind: 'remind' as const, index, count: 0 };
    const at = reminderAt(due, what, around);
    if (at !== null && at > now) timers.push({ at, what });
  }
  return timers;
}

/** When a reminder comes again, or null when it was the last. Those missed while nothing ran are not made up for. */
export function nextReminder(
  due: Due,
  timer: Timer,
  { reckoner, now }: { reckoner: Reckoner; now: number },
): NewTimer | null {
  if (timer.what.kind !== 'remind') return null;
  const remind = due.remind?.[timer.what.index];
  if (!remind || !('after' in remind) || remind.every === undefined) return null;
  const most = remind.times ?? MOST_REMINDERS;
  const { frame, task } = timer;
  let { at } = timer;
  for (let count = timer.what.count + 1; count < most; count += 1) {
    at = reckoner.add(at, remind.every);
    if (at > now) return { frame, task, at, what: { ...timer.what, count } };
  }
  return null;
}

/** What the due time itself does: the first end action that is not delayed, null for none, and timers for all others in their order. */
export function atDue(
  due: Due,
  { frame, task, at }: Timer,
  reckoner: Reckoner,
): { first: number | null; later: NewTimer[] } {
  const actions = endActions(due).map(({ action }) => action);
  const first = actions.findIndex(({ after }) => after === undefined);
  const later = actions.flatMap((_action, index): NewTimer[] => {
    const what = { kind: 'then' as const, index };
    return index === first ? [] : [{ frame, task, at: timeOf(due, { what, at }, { dueAt: at, reckoner }), what }];
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
