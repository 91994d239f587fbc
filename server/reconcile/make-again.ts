/**
 * Makes a case in Temporal again from the log: folding the log gives the state it had (protocol.md rule 19), timers and activities in
 * flight included. What Temporal had instead is ended first; broken off between the two, the next reconcile goes on.
 */
import { fold } from '../../workflows/engine/fold.ts';
import type { CaseArgs } from '../../workflows/messages.ts';
import type { Carried } from '../../workflows/shell/case-shell.ts';
import { versionsIn } from '../commands/versions.ts';
import { getFlow } from '../definitions/published.ts';
import type { Deps } from '../deps.ts';
import { readLog, readRing } from './tables.ts';
import type { Here, There } from './types.ts';

/** @throws when the log has a gap: nothing is ended then */
export async function makeAgain(deps: Deps, here: Here, there: There | undefined): Promise<void> {
  const { db, temporal, config } = deps;
  const { caseId, appliedRev } = here;
  const flow = await getFlow(db, { key: here.flow, version: here.flowVersion });
  const { key, version, sha256 } = flow;
  const log = await readLog(db, caseId);
  if (log.size !== appliedRev) throw new Error(`the log of ${here.number} has a gap after rev ${appliedRev}`);
  const entries = [...log.values()];
  const state = fold(await versionsIn(db, flow, entries), caseId, entries);
  if (state.rev !== appliedRev)
    throw new Error(`the log of ${here.number} folds to rev ${state.rev}, not ${appliedRev}`);
  const args: CaseArgs = { caseId, flow: { key, version, sha256 } };
  const carried: Carried = { state, ring: await readRing(db, caseId), entries: [] };
  if (there?.status === 'running')
    await temporal.workflow.getHandle(caseId, there.runId).terminate('replaced from the log after a restore');
  await temporal.workflow.start(key, {
    workflowId: caseId,
    taskQueue: config.temporalTaskQueue,
    args: [args, carried],
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
  });
}
