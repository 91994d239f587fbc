/** Calls of the world: how each activity is tried, and which are in flight in this run. */
import {
  ActivityFailure,
  ApplicationFailure,
  proxyActivities,
  proxyLocalActivities,
  scheduleActivity,
} from '@temporalio/workflow';
import type { CaseActivities, PerformRequest } from '../activities.ts';
import type { FlowRef, LoadedFlow } from '../engine/types.ts';

const atOnce = proxyLocalActivities<Pick<CaseActivities, 'loadFlow'>>({
  startToCloseTimeout: '10s',
  scheduleToCloseTimeout: '30s',
  retry: { initialInterval: '100ms', maximumInterval: '2s' },
});
const patiently = proxyActivities<Pick<CaseActivities, 'loadFlow'>>({
  startToCloseTimeout: '30s',
  retry: { initialInterval: '1s', maximumInterval: '30s' },
});

/** At once, inside the workflow task. Where that fails the case waits as long as it takes, and waiting leaves no history. */
export async function loadFlow(ref: FlowRef): Promise<LoadedFlow> {
  try {
    return await atOnce.loadFlow(ref);
  } catch {
    return patiently.loadFlow(ref);
  }
}

/** Reads only, at once, inside the workflow task (rule 4). */
export const { resolvePeople } = proxyLocalActivities<Pick<CaseActivities, 'resolvePeople'>>({
  startToCloseTimeout: '10s',
  scheduleToCloseTimeout: '1h',
  retry: { initialInterval: '100ms', maximumInterval: '10s' },
  localRetryThreshold: '5s',
});

/** Retried without end; the case goes on meanwhile. */
export const { project } = proxyActivities<Pick<CaseActivities, 'project'>>({
  startToCloseTimeout: '30s',
  retry: { initialInterval: '200ms', maximumInterval: '30s' },
});

const DEFAULT_ATTEMPTS = 10;

/** Calls an activity of the flow; its id says in the history which step and effect it belongs to. */
export function perform(request: PerformRequest, attempts = DEFAULT_ATTEMPTS): ReturnType<CaseActivities['perform']> {
  return scheduleActivity('perform', [request], {
    activityId: `${request.step}:${request.effect}`,
    startToCloseTimeout: '5m',
    retry: { initialInterval: '1s', maximumInterval: '1m', maximumAttempts: attempts },
  });
}

/** The code of a failed activity; its message may quote the record and stays outside the engine (rule 16). */
export function codeOf(error: unknown): string {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return cause instanceof ApplicationFailure ? (cause.type ?? 'activity_failed') : 'activity_failed';
}
