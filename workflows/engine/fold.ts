/** Folds a case's log outside Temporal: the same events give the same case (rule 19). Timeline, impact preview and proof rest on it. */
import type { Compiled } from './compile.ts';
import { newState, type State } from './state.ts';
import { step } from './step.ts';
import type { DeltaEntry } from './types.ts';

/** The state after the given entries, in order of rev and without gaps. */
export function fold(
  compiled: Compiled,
  caseId: string,
  entries: readonly Pick<DeltaEntry, 'consumed' | 'at'>[],
): State {
  return entries.reduce(
    (state, { consumed, at }) => step(compiled, state, consumed, { now: at }).state,
    newState(caseId),
  );
}
