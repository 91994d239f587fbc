/**
 * tx1 of stopping a task's clock and letting it go on: whoever waits for something outside (parts, the other party) says why and until
 * when at the latest. The engine moves reminders, due time and end actions by the time it stood.
 */
import type { Pause } from '../../workflows/engine/flow.gen.ts';
import { durationMs } from '../../workflows/engine/duration.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { give, type Given } from './give.ts';
import { taskTicket } from './task-acts.ts';
import type { Intention } from './types.ts';

export interface PauseAct {
  taskId: string;
  assignment: number;
  /** Instant, ISO 8601: it goes on by itself then. */
  until: string;
  /** Kept as the comment of the event. */
  reason: string;
}

/** @throws AppError not_found, task_closed, assignment_changed, act_not_allowed, already_paused, invalid_fields (reason, until) */
export function pauseTask(deps: Deps, intention: Intention, act: PauseAct): Promise<Given> {
  return give(deps, intention, (tx) =>
    taskTicket(tx, { deps, intention, act, kind: 'pause' }, ({ facts, step }) => {
      if (step.pause === undefined) throw new AppError('act_not_allowed', 403, { act: 'pause' });
      if (facts.task.paused) throw new AppError('already_paused', 409);
      const reason = act.reason.trim();
      if (reason === '') throw new AppError('invalid_fields', 422, {}, [{ path: '/reason', code: 'required' }]);
      const until = readUntil(act.until, step.pause);
      return Promise.resolve({ ...plain, args: { assignment: act.assignment, until }, comment: reason });
    }),
  );
}

/** By whoever holds it, or hands out the work. @throws AppError as pauseTask; not_paused */
export function resumeTask(
  deps: Deps,
  intention: Intention,
  act: { taskId: string; assignment: number },
): Promise<Given> {
  return give(deps, intention, (tx) =>
    taskTicket(tx, { deps, intention, act, kind: 'resume' }, ({ facts }) => {
      if (!facts.task.paused) throw new AppError('not_paused', 409);
      return Promise.resolve({ ...plain, args: { assignment: act.assignment }, comment: null });
    }),
  );
}

const plain = { patch: null, readRev: null, deviceAt: null };

/** Epoch ms, in the future and at most `max` away. */
function readUntil(text: string, { max }: Pause): number {
  const until = Date.parse(text);
  const now = Date.now();
  const latest = now + durationMs(max);
  const code = until <= now ? 'not_in_future' : until > latest ? 'too_far' : undefined;
  if (code === undefined) return until;
  throw new AppError('invalid_fields', 422, {}, [
    { path: '/until', code, params: code === 'too_far' ? { max, latest: new Date(latest).toISOString() } : {} },
  ]);
}
