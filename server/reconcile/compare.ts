/** Pure: how a case in the tables and the same case in Temporal differ. */
import type { DeltaEntry } from '../../workflows/engine/types.ts';
import { canonicalJson } from '../definitions/canonical-json.ts';
import type { Difference, DifferenceKind, Here, There } from './types.ts';

/** Undefined: they agree. `log`: the entries in the tables by rev. */
export function compare(
  here: Here | undefined,
  there: There | undefined,
  log: ReadonlyMap<number, DeltaEntry>,
): Difference | undefined {
  if (here === undefined) return there === undefined ? undefined : difference('unknown_here', { here, there });
  if (there === undefined || there.status === 'broken') return isOver(here) ? undefined : unknownThere(here, there);
  return compareRevs(here, there, log);
}

function compareRevs(here: Here, there: There, log: ReadonlyMap<number, DeltaEntry>): Difference | undefined {
  const at = firstConflict(log, there.entries);
  if (at !== null) return difference('diverged', { here, there, at });
  if (there.rev > here.appliedRev) return difference('postgres_behind', { here, there });
  // Over here, running there, and as far as here: it ends by itself once a worker looks at it.
  if (there.rev === here.appliedRev) return undefined;
  return difference(isOver(here) ? 'running_there' : 'temporal_behind', { here, there });
}

/** A case that has not begun waits for its start command, and the sweeper drives that. */
function unknownThere(here: Here, there: There | undefined): Difference | undefined {
  return here.appliedRev === 0 ? undefined : difference('unknown_to_temporal', { here, there });
}

function isOver({ status }: Pick<Here, 'status'>): boolean {
  return status === 'completed' || status === 'cancelled';
}

/** First rev that both have and that is not the same event. */
function firstConflict(log: ReadonlyMap<number, DeltaEntry>, entries: readonly DeltaEntry[]): number | null {
  const conflict = entries.find((entry) => {
    const ours = log.get(entry.rev);
    return ours !== undefined && print(ours) !== print(entry);
  });
  return conflict?.rev ?? null;
}

/** What happened and when; not the details, which a newer program may write differently. */
function print({ at, event }: DeltaEntry): string {
  const { type, step, task, actor, command } = event;
  return canonicalJson({ at, type, step, task, actor, command });
}

interface Sides {
  here: Here | undefined;
  there: There | undefined;
  at?: number | null;
}

const nowhere = { caseId: '', flow: '', number: null, appliedRev: 0, rev: 0 };

function difference(kind: DifferenceKind, { here, there, at = null }: Sides): Difference {
  const { caseId, flow } = here ?? there ?? nowhere;
  const { number, appliedRev: revHere } = here ?? nowhere;
  return { kind, caseId, number, flow, revHere, revThere: (there ?? nowhere).rev, at };
}
