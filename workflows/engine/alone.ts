/**
 * Jumps that a case takes alone: with nobody acting, nothing coming in and no time awaited. Each event by itself is bounded, but a case that
 * looks people up, finds nobody, skips the step and jumps back would go on so for ever, an event each time (rule 18).
 */
import { dueTimer } from './due.ts';
import { placeKey } from './items.ts';
import type { Run } from './run.ts';
import type { Frame, State } from './state.ts';
import type { EngineEvent } from './types.ts';
import { must } from './unreachable.ts';

/** As many as a loop has rounds. */
const MOST = 100;
/** Slower than that it harms nobody: what it does in between takes its time. */
const WITHIN_MS = 3_600_000;

/** Forgets the jumps where the case is not alone any more. */
export function noteCompany({ state, now }: Run, event: EngineEvent): void {
  const { alone } = state;
  if (alone && (now - alone.since > WITHIN_MS || isFromOutside(state, event, now))) delete state.alone;
}

/** Timers that come at once have a bound of their own (spins.ts). */
function isFromOutside({ timers }: State, { type }: EngineEvent, now: number): boolean {
  if (type === 'timer') return dueTimer(timers, now)?.what.kind !== 'more';
  return type === 'command' || type === 'message' || type === 'signal';
}

/** Counts a jump. False: it was taken so often that nobody means it. */
export function mayGoOn({ compiled, state, now }: Run, { step, item }: Frame): boolean {
  const key = placeKey(compiled, { step: must(step, 'step of jump'), item });
  state.alone ??= { since: now, jumps: {} };
  const { jumps } = state.alone;
  const count = (Object.hasOwn(jumps, key) ? (jumps[key] ?? 0) : 0) + 1;
  jumps[key] = count;
  return count <= MOST;
}
