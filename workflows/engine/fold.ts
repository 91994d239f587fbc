/** Folds a case's log outside Temporal: the same events give the same case (rule 19). Timeline, impact preview and proof rest on it. */
import type { Compiled } from './compile.ts';
import { crash, isCrash, isUnwaited } from './crash.ts';
import { newState } from './new-state.ts';
import type { State } from './state.ts';
import { stepInto } from './step.ts';
import type { DeltaEntry } from './types.ts';

type Logged = Pick<DeltaEntry, 'consumed' | 'at' | 'event'>;

/** The state after the given entries, in order of rev and without gaps. */
export function fold(compiled: Compiled, caseId: string, entries: readonly Logged[]): State {
  return entries.reduce((state, entry) => foldEntry(compiled, state, entry), newState(caseId));
}

function foldEntry(compiled: Compiled, state: State, entry: Logged): State {
  const { consumed, at } = entry;
  // The case went on from an incident, even if today's engine would not fail any more.
  if (isUnwaited(consumed) && isCrash(entry)) return crash(compiled, state, consumed, at).state;
  return stepInto(compiled, state, consumed, { now: at }).state;
}
