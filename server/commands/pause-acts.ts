/**
 * tx1 of stopping a task's clock and letting it go on: whoever waits for something outside (parts, the other party) says why and until
 * when at the latest. The engine moves reminders, due time and end actions by the time it stood.
 */
import { sql } from 'kysely';
import { reckonerOf, WALL, type Reckoner } from '../../workflows/engine/calendar/reckoner.ts';
import type { Party, Pause } from '../../workflows/engine/flow.gen.ts';
import { WALL_CALENDAR } from '../../workflows/engine/reckoners.ts';
import type { HumanStep } from './access.ts';
import type { Tx } from '../db/as.ts';
import { getWorkingTimes } from '../definitions/calendars.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { give, type Given } from './give.ts';
import { taskTicket } from './task-ticket.ts';
import type { Intention } from './types.ts';

export interface PauseAct {
  taskId: string;
  assignment: number;
  /** Instant, ISO 8601: it goes on by itself then. */
  until: string;
  /** Kept as the comment of the event. */
  reason: string;
  /** Whom the work waits for; `other` when not given. */
  waitingFor?: Party;
}

/** @throws AppError not_found, task_closed, assignment_changed, act_not_allowed, already_paused, invalid_fields (reason, until, waitingFor) */
export function pauseTask(deps: Deps, intention: Intention, act: PauseAct): Promise<Given> {
  const { waitingFor = 'other' } = act;
  return give(deps, intention, (tx) =>
    taskTicket(tx, { deps, intention, act, kind: 'pause' }, async ({ facts, step }) => {
      if (step.pause === undefined) throw new AppError('act_not_allowed', 403, { act: 'pause' });
      if (facts.task.paused) throw new AppError('already_paused', 409);
      const reason = act.reason.trim();
      if (reason === '') throw new AppError('invalid_fields', 422, {}, [{ path: '/reason', code: 'required' }]);
      assertOffered(step.pause, waitingFor);
      const until = readUntil(act.until, step.pause, await reckonerOfStep(tx, step, facts.case.communityId));
      return { ...plain, args: { assignment: act.assignment, until, waitingFor }, comment: reason };
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

/** The step may say who can be waited for. */
function assertOffered({ waitingFor: offered }: Pause, party: Party): void {
  if (offered === undefined || offered.includes(party)) return;
  throw new AppError('invalid_fields', 422, {}, [
    { path: '/waitingFor', code: 'party_not_offered', params: { party, offered } },
  ]);
}

/** By the calendar as it is now; the engine holds to the one that the case has. */
async function reckonerOfStep(tx: Tx, { due }: HumanStep, community: string | null): Promise<Reckoner> {
  const { calendar = WALL_CALENDAR } = due ?? {};
  const times = (await getWorkingTimes(tx, new Set(calendar === WALL_CALENDAR ? [] : [calendar])))[calendar];
  if (times === undefined) return WALL;
  const { rows } = await sql<{ zone: string }>`select community_zone(${community}::uuid) as zone`.execute(tx);
  return reckonerOf(times, rows[0]?.zone ?? 'Asia/Shanghai');
}

/** Epoch ms, in the future and at most `max` away. */
function readUntil(text: string, { max }: Pause, reckoner: Reckoner): number {
  const until = Date.parse(text);
  const now = Date.now();
  const latest = reckoner.add(now, max);
  const code = until <= now ? 'not_in_future' : until > latest ? 'too_far' : undefined;
  if (code === undefined) return until;
  throw new AppError('invalid_fields', 422, {}, [
    { path: '/until', code, params: code === 'too_far' ? { max, latest: new Date(latest).toISOString() } : {} },
  ]);
}
