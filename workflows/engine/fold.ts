/** Folds a case's log outside Temporal: the same events give the same case (rule 19). Timeline, impact preview and proof rest on it. */
import type { Compiled } from './compile.ts';
import { crash, isCrash, isUnwaited } from './crash.ts';
import { newState } from './new-state.ts';
import type { State } from './state.ts';
import { stepInto } from './step.ts';
import type { DeltaEntry } from './types.ts';

type Logged = Pick<DeltaEntry, 'consumed' | 'at' | 'event' | 'flowVersion'>;
/** The flow of a case by its version: a case may have gone on under several. */
export type Versions = (version: number) => Compiled;

/** The state after the given entries, in order of rev and without gaps. One flow where all of them are of one version. */
export function fold(flow: Compiled | Versions, caseId: string, entries: readonly Logged[]): State {
  const versions = typeof flow === 'function' ? flow : () => flow;
  return entries.reduce((state, entry) => foldEntry(versions, state, entry), newState(caseId));
}

function foldEntry(versions: Versions, state: State, entry: Logged): State {
  const { consumed, at } = entry;
  // An entry bears the version that the case is on after it.
  const target = versions(entry.flowVersion);
  const compiled = state.status === 'new' ? target : versions(state.flowVersion);
  // The case went on from an incident, even if today's engine would not fail any more.
  if (isUnwaited(consumed) && isCrash(entry)) return crash(compiled, state, consumed, at).state;
  return stepInto(compiled, state, consumed, { now: at, target }).state;
}
