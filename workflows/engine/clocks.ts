/**
 * The clocks of a case: reckoning due times, stopping one clock or all of them, and letting them go on. Whoever stops a task or a case
 * calls here; nothing else moves a due time or a timer. What stood goes on with as much time as was left, in the time of its calendar.
 */
import { timeOf } from './due.ts';
import { reckonerFor } from './reckoners.ts';
import { humanStep, nextId, tellChange, type Run } from './run.ts';
import { spend } from './spent.ts';
import { allTimers, keepTimers, type Clock, type Task, type Timer } from './state.ts';
import type { Party } from './flow.gen.ts';

/** When a clock is over: its budget from its beginning, later by as much as it stood. Says also whether a list of days off was missing. */
export function overAt(run: Run, clock: Clock): number {
  const { from, budget, by, stops } = clock;
  const { add, addMs, between, knows } = reckonerFor(run, by?.calendar ?? null);
  const first = budget === null ? from : add(from, budget);
  const at = stops.reduce((due, stop) => addMs(due, between(stop.from, stop.to)), first);
  if (by) by.isGuess = !knows(from, Math.max(from, at));
  return at;
}

/** Reckons a task's due time again, and with it all timers that hang on it. */
export function reckonAgain(run: Run, task: Task): void {
  if (task.dueAt === null) return;
  task.dueAt = overAt(run, task.clock);
  for (const timer of timersOfTask(run, task)) timer.at = timeOfTask(run, task, timer);
}

function timersOfTask({ state }: Run, task: Task): Timer[] {
  const waiting = state.incidents.flatMap(({ resume }) => (resume.do === 'timer' ? [resume.timer] : []));
  const all = [...allTimers(state), ...(task.paused?.timers ?? []), ...waiting];
  return all.filter((timer) => timer.task === task.id);
}

function timeOfTask(run: Run, task: Task, timer: Timer): number {
  const { due } = humanStep(run, task.step);
  if (!due || task.dueAt === null) return timer.at;
  return timeOf(due, timer, { dueAt: task.dueAt, reckoner: reckonerFor(run, task.clock.by?.calendar ?? null) });
}

// ------------------------------------------------------------------------------------------------ one task

/** Stops a task's clock until a moment, for whoever is waited for. */
export function stopTask(run: Run, task: Task, { until, waitingFor }: { until: number; waitingFor: Party }): void {
  const { state, now } = run;
  spend(run, task);
  const timers = allTimers(state).filter((timer) => timer.task === task.id);
  keepTimers(state, (timer) => timer.task !== task.id);
  task.paused = { since: now, until, waitingFor, timers };
  putTimer(run, { id: nextId(run), frame: task.frame, task: task.id, at: until, what: { kind: 'resume' } });
}

/** Lets a task go on that was stopped alone; nothing where it was not. */
export function letTaskGoOn(run: Run, task: Task): void {
  const { state, now } = run;
  const { paused, clock } = task;
  if (!paused) return;
  spend(run, task);
  task.paused = null;
  clock.stops.push({ from: paused.since, to: now });
  // All clocks stand meanwhile: from here on with them.
  if (clock.standing !== null) clock.standing = now;
  keepTimers(state, (timer) => !endsPause(timer, task));
  // Its end may have failed and wait to be retried: it has come now.
  state.incidents = state.incidents.filter(({ resume }) => resume.do !== 'timer' || !endsPause(resume.timer, task));
  for (const timer of paused.timers) putTimer(run, timer);
  reckonAgain(run, task);
}

function endsPause(timer: Timer, task: Task): boolean {
  return timer.task === task.id && timer.what.kind === 'resume';
}

/** Sets a timer; while its clock stands, alone or with all of the case, it waits to be let go on. */
export function putTimer(run: Run, timer: Timer): void {
  const { state, now } = run;
  const task = state.tasks.find(({ id }) => id === timer.task);
  if (task?.paused && timer.what.kind !== 'resume') task.paused.timers.push(timer);
  else if (state.held) state.held.push({ since: now, timer });
  else state.timers.push(timer);
}

// ------------------------------------------------------------------------------------------------ all of the case

/** Stops every clock of the case: no timer fires until they go on, also none that is set meanwhile. */
export function stopAllClocks(run: Run): void {
  const { state, now } = run;
  if (state.held) return;
  for (const task of state.tasks) {
    spend(run, task);
    task.clock.standing = now;
    tellChange(run, task);
  }
  state.held = state.timers.map((timer) => ({ since: now, timer }));
  state.timers = [];
}

/** Lets every clock go on with as much time as was left. A pause ends when it was to end, or now. */
export function letAllClocksGoOn(run: Run): void {
  const { state, now } = run;
  const { held } = state;
  if (!held) return;
  state.held = null;
  for (const { since, timer } of held) putTimer(run, moved(run, timer, since));
  for (const task of state.tasks) {
    spend(run, task);
    const since = task.clock.standing;
    task.clock.standing = null;
    // A pause counts for itself when it ends.
    if (since !== null && !task.paused) task.clock.stops.push({ from: since, to: now });
    reckonAgain(run, task);
    tellChange(run, task);
  }
}

/** A timer of a task moves with its due time. */
function moved(run: Run, timer: Timer, since: number): Timer {
  if (timer.task !== null) return timer;
  const clock = clockOfTimer(timer);
  if (!clock) return { ...timer, at: timer.at + Math.max(0, run.now - since) };
  const stopped = { ...clock, stops: [...clock.stops, { from: since, to: run.now }] };
  return { ...timer, at: overAt(run, stopped), what: { ...timer.what, clock: stopped } as Timer['what'] };
}

/** Of a timer of no task that is counted in the time of a calendar. */
export function clockOfTimer({ what }: Timer): Clock | undefined {
  return what.kind === 'wait' || what.kind === 'catch' ? what.clock : undefined;
}
