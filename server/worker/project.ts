/** The ordinary activity `project` (protocol.md rule 4): applies what nobody waits for. Retried without end by the shell's policy. */
import type { ProjectRequest } from '../../workflows/activities.ts';
import { applyDelta } from '../commands/apply/index.ts';
import { hurryCalls } from '../commands/calls/deliver.ts';
import { heal } from '../commands/heal.ts';
import type { Deps } from '../deps.ts';

export async function project(
  deps: Pick<Deps, 'db' | 'temporal' | 'log'>,
  { caseId, entries, open }: ProjectRequest,
): Promise<{ acked: number }> {
  const applied = await applyDelta(deps.db, { caseId, entries, ...(open && { open }) });
  if (applied.differs) {
    // Not awaited: the query it sends may need the very worker slot this activity is on.
    heal(deps, caseId).catch((err: unknown) => {
      deps.log.warn({ err, caseId }, 'case not healed');
    });
  }
  if (applied.tellsOthers) hurryCalls(deps);
  // What another wrote may not be on the disk yet (rule 3): the case keeps it until somebody knows.
  return { acked: applied.hasWritten ? applied.appliedRev : 0 };
}
