/**
 * A changed calendar comes to a running case: what is open is reckoned again from where its clock began, as if the calendar had always been
 * so. What has fired stays fired, and what waits moves: nothing fires twice.
 */
import { clockOfTimer, overAt, reckonAgain } from './clocks.ts';
import { dueByOf, WALL_CALENDAR } from './reckoners.ts';
import { tellChange, type Run } from './run.ts';
import { spend } from './spent.ts';
import { allTimers, findFrame, type State, type Task, type Timer } from './state.ts';
import { dueOfStep } from './tree.ts';
import type { Json, RecalendarCommand } from './types.ts';
import type { WorkingTimes } from './calendar/working-times.ts';

/** In the log stands where each due time went; of so many at most. */
const MOST_MOVES = 50;

/** Those of the given calendars that the flow names and the case does not hold as new as this. */
export function newerOf(
  { state, calendars }: { state: State; calendars: ReadonlySet<string> },
  command: Pick<RecalendarCommand, 'calendars'>,
): WorkingTimes[] {
  return Object.values(command.calendars).filter(({ key, version }) => {
    const known = Object.hasOwn(state.calendars, key) ? state.calendars[key] : undefined;
    return calendars.has(key) && (known === undefined || known.version < version);
  });
}

/** Gives what the log keeps of it. */
export function applyCalendars(run: Run, command: RecalendarCommand): Record<string, Json> {
  const { state, compiled } = run;
  const newer = newerOf({ state, calendars: compiled.calendars }, command);
  const keys = new Set(newer.map(({ key }) => key));
  const tasks = state.tasks.filter((task) => keys.has(calendarOf(run, task)));
  // What is over was reckoned by the calendar of its time.
  for (const task of tasks) spend(run, task);
  const calendars = newer.map((times) => ({
    calendar: times.key,
    from: Object.hasOwn(state.calendars, times.key) ? (state.calendars[times.key]?.version ?? null) : null,
    to: times.version,
  }));
  for (const times of newer) state.calendars[times.key] = times;
  const moves = tasks.map((task) => moveTask(run, task)).filter((move) => move.from !== move.to);
  for (const timer of allTimers(state)) moveWait(run, timer, keys);
  return { calendars, moved: moves.length, tasks: moves.slice(0, MOST_MOVES) };
}

function calendarOf({ compiled }: Run, { step }: Task): string {
  return dueOfStep(compiled.steps.get(step)?.step)?.calendar ?? WALL_CALENDAR;
}

function moveTask(run: Run, task: Task): Record<string, Json> {
  const { state } = run;
  const from = task.dueAt;
  const before = task.clock.by?.before ?? null;
  task.clock.by = task.dueAt === null ? null : dueByOf(state, calendarOf(run, task));
  reckonAgain(run, task);
  const to = task.dueAt;
  if (task.clock.by) task.clock.by.before = from === to ? before : from;
  // Opened without its calendar, it stopped beside the task.
  state.incidents = state.incidents.filter(
    ({ code, resume }) => !(code === 'calendar_missing' && resume.do === 'due' && resume.task === task.id),
  );
  tellChange(run, task);
  return { task: task.id, step: task.step, from, to };
}

/** A timer step, a handler or a branch of a race that waits in the time of a calendar. */
function moveWait(run: Run, timer: Timer, keys: ReadonlySet<string>): void {
  const clock = clockOfTimer(timer);
  if (!clock?.by || !keys.has(clock.by.calendar) || !findFrame(run.state, timer.frame)) return;
  clock.by = dueByOf(run.state, clock.by.calendar);
  timer.at = overAt(run, clock);
}
