/**
 * What a case that moves to another version waits for: everything is asked again, by the new version. Timers that were going keep their time,
 * or begin anew, as whoever moves the case says.
 */
import { catchingOf, handlersOn } from './catching.ts';
import { stepInfo } from './compile.ts';
import type { Run } from './run.ts';
import {
  allTimers,
  framesUnder,
  keepTimers,
  type BranchKey,
  type Clock,
  type Frame,
  type State,
  type Timer,
} from './state.ts';
import type { MigrateCommand, StepId } from './types.ts';
import { must } from './unreachable.ts';
import { arm, armHandlers } from './waits.ts';

/** What was waited for, by step of the new version, round and part. */
export interface Waits {
  /** Timers; null: one that has come, and does not come again. */
  timers: Map<string, (Pick<Timer, 'at'> & { count: number; since: number | null; clock?: Clock }) | null>;
  /** Whether each condition held. */
  held: Map<string, boolean>;
}

function keyOf(step: StepId | null, item: string | null, part: BranchKey | null): string {
  return JSON.stringify([step, item, part]);
}

/** Takes them away, all but the timer of a timer step. */
export function takeWaits(run: Run, to: (step: StepId) => StepId): Waits {
  const { state } = run;
  const waits: Waits = { timers: new Map(), held: new Map() };
  const frames = new Map([...framesUnder(must(state.root, 'root'))].map((frame) => [frame.id, frame]));
  const nameOf = ({ step, item }: Frame, part: BranchKey | null): string =>
    keyOf(step === null ? null : to(step), item, part);
  for (const frame of frames.values())
    for (const part of timedParts(run, frame)) waits.timers.set(nameOf(frame, part), null);
  for (const timer of allTimers(state)) {
    const frame = frames.get(timer.frame);
    if (!frame || timer.what.kind !== 'catch') continue;
    const { part, count, clock } = timer.what;
    const kept = { at: timer.at, count, since: sinceOf(state, timer), ...(clock && { clock }) };
    waits.timers.set(nameOf(frame, part), kept);
  }
  for (const { frame: id, part, for: what } of state.waits) {
    const frame = frames.get(id);
    if (frame && what.kind === 'condition') waits.held.set(nameOf(frame, part), what.was);
  }
  state.waits = [];
  keepTimers(state, ({ what }) => what.kind !== 'catch');
  state.incidents = state.incidents.filter(({ resume }) => resume.do !== 'arm');
  return waits;
}

/** Handlers of a frame that wait, or waited, for a time; not those that could not be told. */
function timedParts({ compiled, state }: Run, frame: Frame): BranchKey[] {
  if (frame.branch !== null && frame.step !== null) return [];
  const owner = frame.step === null ? compiled.flow : stepInfo(compiled, frame.step).step;
  const isStopped = (key: BranchKey): boolean =>
    state.incidents.some(({ frame: id, resume }) => id === frame.id && resume.do === 'arm' && resume.part === key);
  return handlersOn(owner).flatMap(({ key, handler }) => (handler.catch === 'timer' && !isStopped(key) ? [key] : []));
}

function sinceOf({ held }: State, { id }: Timer): number | null {
  return held?.find(({ timer }) => timer.id === id)?.since ?? null;
}

interface Moved {
  tokens: readonly Frame[];
  timers: MigrateCommand['timers'];
}

/** Sets what the steps at work wait for, once they are in their places. */
export function giveWaits(run: Run, waits: Waits, { tokens, timers }: Moved): void {
  for (const frame of tokens.flatMap((token) => [...framesUnder(token)])) {
    armHandlers(run, frame);
    armStep(run, frame, timers);
  }
  const frames = new Map([...framesUnder(must(run.state.root, 'root'))].map((frame) => [frame.id, frame]));
  const nameOf = (id: number, part: BranchKey | null): string => {
    const { step, item } = must(frames.get(id), 'frame of wait');
    return keyOf(step, item, part);
  };
  for (const { frame, part, for: what } of run.state.waits)
    if (what.kind === 'condition') what.was = waits.held.get(nameOf(frame, part)) ?? false;
  if (timers === 'keep') keepTimes(run, waits, nameOf);
}

function armStep(run: Run, frame: Frame, timers: MigrateCommand['timers']): void {
  const { step } = stepInfo(run.compiled, frame.step);
  // One that has not opened yet waits for nothing.
  if (run.state.incidents.some(({ frame: id, resume }) => id === frame.id && resume.do === 'open')) return;
  if (step.kind === 'receive') arm(run, frame, null);
  if (step.kind === 'race') for (const index of step.branches.keys()) arm(run, frame, `branches.${index}`);
  if (step.kind !== 'timer' || timers === 'keep') return;
  keepTimers(run.state, (timer) => timer.frame !== frame.id || timer.what.kind !== 'wait');
  run.agenda.push({ do: 'open', frame: frame.id });
}

function keepTimes(run: Run, waits: Waits, nameOf: (frame: number, part: BranchKey | null) => string): void {
  const { state, compiled } = run;
  const gone = new Set<number>();
  for (const timer of allTimers(state)) {
    if (timer.what.kind !== 'catch') continue;
    const name = nameOf(timer.frame, timer.what.part);
    const before = waits.timers.get(name);
    if (before === undefined) continue;
    if (before === null) {
      gone.add(timer.id);
      continue;
    }
    timer.at = before.at;
    keepClock(timer.what, before);
    timer.what.count = repeatsAt(compiled, name) ? before.count : 0;
    const held = state.held?.find((each) => each.timer.id === timer.id);
    if (held && before.since !== null) held.since = before.since;
  }
  keepTimers(state, ({ id }) => !gone.has(id));
}

/** Of the new version's calendar, by which a change moves it and a stop makes it later; the time that it has stays. */
function keepClock(
  what: Extract<Timer['what'], { kind: 'catch' }>,
  { at, clock }: { at: number; clock?: Clock },
): void {
  const own = what.clock;
  if (!own) return;
  what.clock = clock?.by?.calendar === own.by?.calendar && clock ? clock : { ...own, from: at, budget: null };
}

function repeatsAt(compiled: Run['compiled'], name: string): boolean {
  const [step, , part] = JSON.parse(name) as [StepId | null, string | null, BranchKey];
  return 'every' in catchingOf(compiled, { step, part });
}
