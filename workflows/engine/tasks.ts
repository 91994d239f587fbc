/**
 * Tasks while they are open: opening one with what it offers and its clock, giving it to somebody else, stopping its clock and letting
 * it go on. A task whose `when` or `at` cannot be told opens all the same, with an incident beside it that a retry settles.
 */
import { conditionOf, instantOf, type Failure } from './conditions.ts';
import { letTaskGoOn, overAt, putTimer, reckonAgain, stopTask } from './clocks.ts';
import { endActions, timersOf } from './due.ts';
import { barredToPool, neverOf } from './never.ts';
import { dueByOf, lacksCalendar, reckonerFor } from './reckoners.ts';
import { humanStep, nextId, openIncident, openedOf, tellChange, type Run } from './run.ts';
import { isSpinning, MOST_SPINS } from './spins.ts';
import { spend } from './spent.ts';
import {
  findFrame,
  keepTimers,
  type Clock,
  type Frame,
  type Holder,
  type Resume,
  type Task,
  type Timer,
} from './state.ts';
import type { PauseCommand } from './types.ts';
import { must } from './unreachable.ts';

/** Opens one task on a human step's frame, with its timers. */
export function openTask(run: Run, frame: Frame, asked: Holder): Task {
  const step = humanStep(run, must(frame.step, 'step of frame'));
  const never = neverOf(run.compiled, run.state, { step: step.id, item: frame.item });
  const holder = barredToPool(run.compiled, asked, never, step.id);
  const task: Task = {
    id: `${run.state.caseId}-${String(nextId(run))}`,
    frame: frame.id,
    step: step.id,
    item: frame.item,
    kind: step.kind,
    assignee: holder.assignee,
    pool: holder.pool,
    assignment: 1,
    dueAt: null,
    outcomes: null,
    paused: null,
    clock: { from: run.now, budget: null, by: null, stops: [], standing: run.state.held ? run.now : null },
    countedTo: run.now,
    returnedBy: frame.returned?.by ?? null,
    never,
    owner: null,
    explanation: holder.explanation,
  };
  run.state.tasks.push(task);
  startClock(run, frame, task);
  offerActions(run, frame, task);
  run.opened.push(openedOf(task));
  return task;
}

// ------------------------------------------------------------------------------------------------ what it offers, when it is due

/** Finds out which actions the task offers: `check` has seen to it that one always is. */
function offerActions(run: Run, frame: Frame, task: Task): void {
  const { actions = [] } = humanStep(run, task.step);
  if (actions.every(({ when }) => when === undefined)) return;
  task.outcomes = [];
  let failure: Failure | null = null;
  for (const { outcome, when } of actions) {
    const offered = when === undefined ? ALWAYS : conditionOf(run, frame, when);
    if (!offered.ok) failure ??= offered;
    else if (offered.value) task.outcomes.push(outcome);
  }
  if (failure) stopOn(run, frame, failure, { do: 'offer', task: task.id });
}
const ALWAYS = { ok: true as const, value: true };

/** Finds out when the task is due, and sets its timers. */
function startClock(run: Run, frame: Frame, task: Task): void {
  const due = humanStep(run, task.step).due ?? {};
  const given = due.at === undefined ? null : momentOf(run, frame, task, due.at);
  if (lacksCalendar(run.state, due.calendar)) {
    const detail = { calendar: due.calendar ?? null };
    stopOn(run, frame, { ok: false, code: 'calendar_missing', detail }, { do: 'due', task: task.id });
  }
  // Nothing given, nothing told by `at`: the budget, if there is one.
  if (given !== null) setDue(run, task, { from: given, budget: null });
  else if (due.in !== undefined) setDue(run, task, { from: run.now, budget: due.in });
}

/** When `at` makes the task due, not before `now`; null: it gives nothing, or cannot be told. */
function momentOf(run: Run, frame: Frame, task: Task, at: string): number | null {
  const moment = instantOf(run, frame, at);
  if (!moment.ok) stopOn(run, frame, moment, { do: 'due', task: task.id });
  return moment.ok && moment.value !== null ? Math.max(moment.value, run.now) : null;
}

function setDue(run: Run, task: Task, given: Pick<Clock, 'from' | 'budget'>): void {
  const { due } = humanStep(run, task.step);
  if (!due) return;
  Object.assign(task.clock, { ...given, by: dueByOf(run.state, due.calendar), stops: [] });
  const dueAt = overAt(run, task.clock);
  task.dueAt = dueAt;
  if (dueAt <= run.now && isSpinning(run)) {
    const frame = must(findFrame(run.state, task.frame), 'frame of task').frame;
    stopOn(run, frame, { ok: false, code: 'timer_spin', detail: { timers: MOST_SPINS } }, { do: 'due', task: task.id });
    return;
  }
  const reckoner = reckonerFor(run, due.calendar ?? null);
  for (const { at, what } of timersOf(due, { dueAt, reckoner }, run.now))
    putTimer(run, { id: nextId(run), frame: task.frame, task: task.id, at, what });
}

function stopOn(run: Run, frame: Frame, { code, detail }: Failure, resume: Resume & { task: string }): void {
  openIncident(run, frame, { code, detail: { ...detail, task: resume.task }, resume });
}

/** A retry finds out again what could not be told when the task opened. */
export function offerAgain(run: Run, frame: Frame, task: Task): void {
  offerActions(run, frame, task);
  tellChange(run, task);
}

/** Its timers start anew where the moment, or the calendar, can be told now; otherwise they stay as they are. */
export function startClockAgain(run: Run, frame: Frame, task: Task): void {
  const { due } = humanStep(run, task.step);
  const moment = due?.at === undefined ? null : momentOf(run, frame, task, due.at);
  const { from, budget, by } = task.clock;
  const isNew = by === null && dueByOf(run.state, due?.calendar) !== null;
  if (moment === null && !(isNew && task.dueAt !== null)) return;
  const isOfTask = (timer: Timer): boolean => timer.task === task.id && timer.what.kind !== 'resume';
  keepTimers(run.state, (timer) => !isOfTask(timer));
  if (task.paused) task.paused.timers = [];
  setDue(run, task, moment === null ? { from, budget } : { from: moment, budget: null });
  tellChange(run, task);
}

/** Goes on under another version: what it offers is asked again. Its clock goes on, or begins anew, and then also that of a paused one. */
export function readmitTask(run: Run, task: Task, timers: 'keep' | 'reset'): void {
  const { state } = run;
  const { frame } = must(findFrame(state, task.frame), 'frame of task');
  const isAskedAgain = ({ resume }: { resume: Resume }): boolean =>
    'task' in resume && resume.task === task.id && (resume.do === 'offer' || timers === 'reset');
  state.incidents = state.incidents.filter((incident) => !isAskedAgain(incident));
  task.outcomes = null;
  offerActions(run, frame, task);
  const waits = state.incidents.some(({ resume }) => resume.do === 'due' && resume.task === task.id);
  if (timers === 'reset' || (task.dueAt === null && task.paused === null && !waits)) restartClock(run, frame, task);
  else keepClock(run, task);
}

function restartClock(run: Run, frame: Frame, task: Task): void {
  const { state, now } = run;
  spend(run, task);
  letTaskGoOn(run, task);
  keepTimers(state, (timer) => timer.task !== task.id);
  task.dueAt = null;
  task.clock = { from: now, budget: null, by: null, stops: [], standing: state.held ? now : null };
  startClock(run, frame, task);
}

/** What hangs on the due time is by the new version; what that has no longer does not come. */
function keepClock(run: Run, task: Task): void {
  const due = humanStep(run, task.step).due ?? {};
  const isKnown = ({ what }: Timer): boolean => {
    if (what.kind === 'remind') return due.remind?.[what.index] !== undefined;
    return what.kind !== 'then' || endActions(due)[what.index] !== undefined;
  };
  keepTimers(run.state, (timer) => timer.task !== task.id || isKnown(timer));
  if (task.paused) task.paused.timers = task.paused.timers.filter(isKnown);
  reckonAgain(run, task);
}

// ------------------------------------------------------------------------------------------------ who holds it

/** Gives a task to somebody else: a new assignment number, so that what the former holder still sends is refused (rule 11). */
export function reassign(run: Run, task: Task, holder: Holder): void {
  const { assignee, pool, explanation } = barredToPool(run.compiled, holder, task.never, task.step);
  spend(run, task);
  task.assignee = assignee;
  task.pool = pool;
  task.explanation = explanation;
  task.assignment += 1;
  // Who gets it did not ask for the clock to stand.
  letTaskGoOn(run, task);
  tellChange(run, task);
}

/** What somebody filled in may bar others than before: whoever may not hold a task any more loses it to a pool. */
export function barAgain(run: Run): void {
  for (const task of run.state.tasks) {
    const never = neverOf(run.compiled, run.state, task);
    if (never.join() === task.never.join()) continue;
    task.never = never;
    const holder = barredToPool(run.compiled, task, never, task.step);
    if (task.owner) task.owner = barredToPool(run.compiled, task.owner, never, task.step);
    if (holder === task) tellChange(run, task);
    else reassign(run, task, holder);
  }
}

// ------------------------------------------------------------------------------------------------ its clock

/** Stops the task's clock until a moment, `max` away at most, in the time of its due time. */
export function pauseTask(
  run: Run,
  task: Task,
  { until, waitingFor = 'other' }: Pick<PauseCommand, 'until' | 'waitingFor'>,
): void {
  const { now } = run;
  const { pause, due } = humanStep(run, task.step);
  const { max } = must(pause, 'pause of step');
  const latest = reckonerFor(run, due?.calendar ?? null).add(now, max);
  stopTask(run, task, { until: Math.max(now, Math.min(until, latest)), waitingFor });
  tellChange(run, task);
}

/** Lets a stopped task go on, by hand or by its timer. */
export function resumeTask(run: Run, task: Task): void {
  letTaskGoOn(run, task);
  tellChange(run, task);
}
