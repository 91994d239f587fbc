/** A guard against timers that only chase each other. */
import type { Run } from './run.ts';

export const MOST_SPINS = 100;

/**
 * Whether due times only chase each other: a timer opened something that is due at once, whose timer opens the next, and no time passes.
 * Without an end of it no worker would ever come back from the case.
 */
export function isSpinning({ state, event, now }: Run): boolean {
  if (event.type !== 'timer') return false;
  const { at, rev, count } = state.spins;
  if (at !== now) state.spins = { at: now, rev: state.rev, count: 1 };
  else if (rev !== state.rev) state.spins = { at, rev: state.rev, count: count + 1 };
  return state.spins.count > MOST_SPINS;
}
