/** Calls of the world: how each activity is tried, and which are in flight in this run. */
import {
  ActivityFailure,
  ApplicationFailure,
  proxyActivities,
  proxyLocalActivities,
  scheduleActivity,
  workflowInfo,
} from '@temporalio/workflow';
import { projectQueue, type CaseActivities, type PerformRequest, type ProjectRequest } from '../activities.ts';
import type { ActivityError, FlowRef, LoadedFlow } from '../engine/types.ts';

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
export function project(request: ProjectRequest): ReturnType<CaseActivities['project']> {
  return proxyActivities<Pick<CaseActivities, 'project'>>({
    taskQueue: projectQueue(workflowInfo().taskQueue),
    startToCloseTimeout: '30s',
    retry: { initialInterval: '200ms', maximumInterval: '30s' },
  }).project(request);
}

const DEFAULT_ATTEMPTS = 10;

/** Calls an activity of the flow; its id says in the history which step and effect it belongs to. */
export function perform(request: PerformRequest, attempts = DEFAULT_ATTEMPTS): ReturnType<CaseActivities['perform']> {
  return scheduleActivity('perform', [request], {
    activityId: `${request.step}:${request.effect}`,
    startToCloseTimeout: '5m',
    // A worker that dies says nothing more: the next attempt need not wait for the five minutes.
    heartbeatTimeout: '30s',
    retry: { initialInterval: '1s', maximumInterval: '1m', maximumAttempts: attempts },
  });
}

/**
 * What is told of a failed activity: its code, and whether it says no as its business (`details: [{ business: true }]`). Its message may quote
 * the record and stays outside the engine (rule 16).
 */
export function failureOf(error: unknown): Pick<ActivityError, 'code' | 'business'> {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (!(cause instanceof ApplicationFailure)) return { code: 'activity_failed' };
  const code = cause.type ?? 'activity_failed';
  const [detail] = cause.details ?? [];
  const isBusiness = typeof detail === 'object' && detail !== null && 'business' in detail && detail.business === true;
  return isBusiness ? { code, business: true } : { code };
}
