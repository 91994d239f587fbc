/** From what comes back to a case to what the engine is told, and from what the engine wants to what is asked. */
import { ApplicationFailure } from '@temporalio/workflow';
import type { PerformRequest } from '../activities.ts';
import type { ActivityError, Effect, EngineEvent, Refusal } from '../engine/types.ts';
import { unreachable } from '../engine/unreachable.ts';
import { REFUSED, type MessageMessage } from '../messages.ts';
export function failed(effect: number, error: Pick<ActivityError, 'code' | 'business'>): EngineEvent {
  return { type: 'activityFailed', effect, error: { message: error.code, ...error } };
}

/** What the activity that performs it is called, and what it needs beside the step. */
export function requestOf(
  effect: Exclude<Effect, { type: 'resolve' }>,
): Pick<PerformRequest, 'activity' | 'undoes' | 'send' | 'call'> {
  switch (effect.type) {
    case 'activity':
      return { activity: effect.activity, undoes: effect.undoes };
    case 'send':
      return { activity: `${effect.kind}.send`, send: { name: effect.name, key: effect.key } };
    case 'call':
      return { activity: 'flow.call', call: { flow: effect.flow, waits: effect.waits } };
    default:
      return unreachable(effect);
  }
}

export function eventOf({ id, kind, name, key, wait, vars, patch }: MessageMessage): EngineEvent {
  return kind === 'message'
    ? { type: kind, id, name, key: key ?? '', ...(wait === undefined ? {} : { wait }), vars, patch }
    : { type: kind, id, name, vars, patch };
}

export function refused(refusal: Refusal): ApplicationFailure {
  return ApplicationFailure.nonRetryable(refusal.code, REFUSED, refusal);
}
