/** The read-only activity `loadFlow`: a published version by key, version and hash, for a case that moves to it and for a run that goes on. */
import { ApplicationFailure } from '@temporalio/common';
import type { FlowRef, LoadedFlow } from '../../workflows/engine/types.ts';
import { getFlow } from '../definitions/published.ts';
import type { Deps } from '../deps.ts';

export async function loadFlow({ db }: Pick<Deps, 'db'>, ref: FlowRef): Promise<LoadedFlow> {
  const flow = await getFlow(db, ref);
  if (flow.sha256 === ref.sha256) return flow.loaded;
  // Another database under the same Temporal: running on with another definition would be worse than standing still.
  throw ApplicationFailure.retryable(`flow ${ref.key} ${ref.version} has another hash here`, 'flow_changed');
}
