/**
 * What a frame waits for besides what its step does: timers, messages, signals and conditions of its handlers, of a race's branches, of a
 * receive. They are set when the frame opens and gone when it closes.
 */
import { catchingOf, handlersOn, isHandlerKey, type Catching } from './catching.ts';
import { overAt, putTimer } from './clocks.ts';
import { stepInfo } from './compile.ts';
import { conditionOf, correlationKeyOf, instantOf, type Failure } from './conditions.ts';
import { durationMs } from './duration.ts';
import { dueByOf, lacksCalendar } from './reckoners.ts';
import { newFrame, nextId, openIncident, type Run } from './run.ts';
import { findFrame, keepTimers, type BranchKey, type Clock, type Frame, type Timer, type Waiting } from './state.ts';
import { isSpinning, MOST_SPINS } from './spins.ts';
import { must } from './unreachable.ts';

/** A new frame of a step, with the handlers that are on it. */
export function openFrame(run: Run, fields: Parameters<typeof newFrame>[1]): Frame {
  const frame = newFrame(run, fields);
  armHandlers(run, frame);
  return frame;
}

/** Sets what the handlers of a frame wait for: of a step, or of the flow for the root. */
export function armHandlers(run: Run, frame: Frame): void {
  const owner = frame.step === null ? run.compiled.flow : stepInfo(run.compiled, frame.step).step;
  for (const { key } of handlersOn(owner)) arm(run, frame, key);
}

/** Sets one of them; what cannot be told waits for a retry. */
export function arm(run: Run, frame: Frame, part: BranchKey | null): void {
  const catching = catchingOf(run.compiled, { step: frame.step, part });
  switch (catching.catch) {
    case 'timer':
      armTimer(run, frame, part, catching);
      return;
    case 'message': {
      const key = correlationKeyOf(run, frame, catching.key);
      const { name, early = false } = catching;
      if (key.ok) waitFor(run, frame, part, { kind: 'message', name, key: key.value, early });
      else stop(run, frame, part, key);
      return;
    }
    case 'signal':
      waitFor(run, frame, part, { kind: 'signal', name: catching.name });
      return;
    case 'condition':
      waitFor(run, frame, part, { kind: 'condition', was: false });
      return;
    default:
      // Errors, escalations and the end of the case come to whoever is there.
      return;
  }
}

function waitFor(run: Run, frame: Frame, part: BranchKey | null, what: Waiting['for']): void {
  run.state.waits.push({ id: nextId(run), frame: frame.id, part, for: what });
}

function stop(run: Run, frame: Frame, part: BranchKey | null, { code, detail }: Omit<Failure, 'ok'>): void {
  openIncident(run, frame, { code, detail, resume: { do: 'arm', part } });
}

/** Of a race all that its branches wait for is over when one has happened; its handlers stay. */
export function closeBranchWaits({ state }: Run, { id }: Frame): void {
  const isOver = (frame: number, part: BranchKey | null): boolean =>
    frame === id && part !== null && !isHandlerKey(part);
  state.waits = state.waits.filter(({ frame, part }) => !isOver(frame, part));
  keepTimers(state, ({ frame, what }) => what.kind !== 'catch' || !isOver(frame, what.part));
  state.incidents = state.incidents.filter(({ frame, resume }) => resume.do !== 'arm' || !isOver(frame, resume.part));
}

// ------------------------------------------------------------------------------------------------ timers

type CatchingTimer = Extract<Catching, { catch: 'timer' }>;

function armTimer(run: Run, frame: Frame, part: BranchKey | null, catching: CatchingTimer): void {
  if (part === null) return;
  const first = firstTime(run, frame, part, catching);
  if (first === null) return;
  const { at, clock } = first;
  if (at <= run.now && isSpinning(run)) stop(run, frame, part, { code: 'timer_spin', detail: { timers: MOST_SPINS } });
  else setTimer(run, frame, at, { kind: 'catch', part, count: 0, ...(clock && { clock }) });
}

interface Moment {
  at: number;
  /** Of one that is counted in the time of a calendar. */
  clock?: Clock;
}

/** Null: there is nothing to wait for, or it cannot be told. */
function firstTime(run: Run, frame: Frame, part: BranchKey, catching: CatchingTimer): Moment | null {
  const { in: budget, at } = catching;
  if (at === undefined) {
    const first = budget ?? ('every' in catching ? catching.every : undefined);
    return first === undefined ? null : afterBudget(run, frame, part, { budget: first, calendar: catching.calendar });
  }
  const moment = instantOf(run, frame, at, 'start');
  if (!moment.ok) stop(run, frame, part, moment);
  return moment.ok && moment.value !== null ? { at: Math.max(moment.value, run.now) } : null;
}

function afterBudget(
  run: Run,
  frame: Frame,
  part: BranchKey,
  { budget, calendar }: { budget: string; calendar: string | undefined },
): Moment | null {
  if (!lacksCalendar(run.state, calendar)) return momentAfter(run, run.now, budget, calendar);
  stop(run, frame, part, { code: 'calendar_missing', detail: { calendar: calendar ?? null } });
  return null;
}

function momentAfter(run: Run, from: number, budget: string, calendar: string | undefined): Moment {
  const by = dueByOf(run.state, calendar);
  if (by === null) return { at: from + durationMs(budget) };
  const clock: Clock = { from, budget, by, stops: [], standing: null };
  return { at: overAt(run, clock), clock };
}

function setTimer(run: Run, frame: Frame, at: number, what: Timer['what']): void {
  putTimer(run, { id: nextId(run), frame: frame.id, task: null, at, what });
}

const MOST_TIMES = 50;

/** Sets a timer that comes again. Those missed while nothing ran are not made up for. */
export function armAgain(run: Run, frame: Frame, { at, what }: Timer): void {
  if (what.kind !== 'catch') return;
  const catching = catchingOf(run.compiled, { step: frame.step, part: what.part });
  if (catching.catch !== 'timer' || !('every' in catching)) return;
  const { every, times = MOST_TIMES, calendar } = catching;
  // A calendar that is gone meanwhile: the time of the clock, rather than a wait without end.
  let next = momentAfter(run, at, every, calendar);
  let count = what.count + 1;
  for (; next.at <= run.now && count < times; count += 1) next = momentAfter(run, next.at, every, calendar);
  const { kind, part } = what;
  if (count < times) setTimer(run, frame, next.at, { kind, part, count, ...(next.clock && { clock: next.clock }) });
}

// ------------------------------------------------------------------------------------------------ conditions

/** The first condition that has turned true since it was asked last; undefined: none. What cannot be told waits for a retry. */
export function turnedTrue(run: Run): Waiting | undefined {
  for (const wait of run.state.waits.filter((each) => each.for.kind === 'condition')) {
    const { frame } = must(findFrame(run.state, wait.frame), 'frame of wait');
    const catching = catchingOf(run.compiled, { step: frame.step, part: wait.part });
    if (wait.for.kind !== 'condition' || catching.catch !== 'condition') continue;
    const holds = conditionOf(run, frame, catching.when);
    if (!holds.ok) {
      dropWait(run, wait);
      stop(run, frame, wait.part, holds);
      continue;
    }
    const { was } = wait.for;
    wait.for.was = holds.value;
    if (holds.value && !was) return wait;
  }
  return undefined;
}

/** Over the budget of one event it waits for a retry as well. */
export function stopWait(run: Run, wait: Waiting, code: string): void {
  const { frame } = must(findFrame(run.state, wait.frame), 'frame of wait');
  dropWait(run, wait);
  stop(run, frame, wait.part, { code, detail: {} });
}

function dropWait({ state }: Run, { id }: Waiting): void {
  state.waits = state.waits.filter((wait) => wait.id !== id);
}
