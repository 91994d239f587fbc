/** Ends the effect that a step waited for. What stops because of it names the effect, whose input tells what was asked. */
import type { Run } from './run.ts';
import type { Frame } from './state.ts';
import { finishActivity } from './steps/index.ts';
import type { ActivityError } from './types.ts';

/** `error` null: it is done. */
export function finishEffect(run: Run, effect: number, frame: Frame, error: ActivityError | null): void {
  const before = new Set(run.state.incidents);
  finishActivity(run, frame, error);
  for (const incident of run.state.incidents)
    if (incident.frame === frame.id && !before.has(incident)) incident.detail = { ...incident.detail, effect };
}
