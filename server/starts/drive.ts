/**
 * Drives the starts that wait in `automatic_start`: mapped from their source, started through the one function that starts cases, under the
 * id that the row has. What can be mended by somebody ends as failed and is seen; what passes is tried again.
 */
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Starter } from '../../workflows/engine/flow.gen.ts';
import { startCase, type StartAct } from '../commands/start.ts';
import { asEngine, type Db, type Tx } from '../db/as.ts';
import { withProblems } from '../db/records/problem.ts';
import { getCurrentFlow, type PublishedFlow } from '../definitions/published.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { findInitiator, systemPerson } from './initiators.ts';
import { communityOf, fieldsOf, namesOf, wants, type Source } from './mapping.ts';

interface Leased {
  id: string;
  flow: string;
  starter: string;
  source: Source;
  communityId: string | null;
  author: string | null;
  attempts: number;
  createdAt: Date;
}
type Outcome = { state: 'done' | 'skipped' } | { state: 'failed'; error: Record<string, unknown> } | { state: 'later' };

const atOnce = 10;
const leaseSeconds = 60;
const mostAttempts = 20;
const longestWaitSeconds = 600;

/** Gives how many were driven. */
export async function driveStarts(deps: Deps): Promise<number> {
  const leased = await leaseDue(deps.db);
  for (const row of leased) await settle(deps.db, row, await drive(deps, row));
  return leased.length;
}

function leaseDue(db: Db): Promise<Leased[]> {
  return asEngine(db, async (tx) => {
    const { rows } = await sql<Leased>`
      update automatic_start a set attempts = attempts + 1, lease_until = now() + ${leaseSeconds} * interval '1 second'
      from (select id from automatic_start where state = 'pending' and next_at <= now() and (lease_until is null or lease_until < now())
        order by next_at limit ${atOnce} for update skip locked) d
      where a.id = d.id
      returning a.id, a.flow, a.starter, a.source, a.community_id as "communityId", a.author, a.attempts, a.created_at as "createdAt"`.execute(
      tx,
    );
    return rows;
  });
}

async function drive(deps: Deps, row: Leased): Promise<Outcome> {
  try {
    const ready = await prepareStart(deps, row);
    if (ready === 'there') return { state: 'done' };
    if (ready === 'unwanted') return { state: 'skipped' };
    const { act, person } = ready;
    const requestHash = createHash('sha256').update(row.id).digest();
    // Done or pending: its command is kept, and happens.
    await startCase(deps, { person, key: { key: row.id, route: 'automatic' }, requestHash, isAutomatic: true }, act);
    return { state: 'done' };
  } catch (error) {
    return outcomeOf(deps, row, error);
  }
}

function outcomeOf({ log }: Deps, row: Leased, error: unknown): Outcome {
  if (error instanceof AppError && error.status < 500 && error.status !== 429)
    return { state: 'failed', error: { code: error.code, params: error.params, errors: error.errors } };
  log.warn({ err: error, start: row.id, attempts: row.attempts }, 'automatic start failed');
  return row.attempts < mostAttempts ? { state: 'later' } : { state: 'failed', error: { code: 'start_failed' } };
}

interface Ready {
  act: StartAct;
  person: string;
}

/** @throws AppError start_gone, prepare_failed, invalid_fields */
async function prepareStart(deps: Deps, row: Leased): Promise<Ready | 'there' | 'unwanted'> {
  const flow = await getCurrentFlow(deps.db, row.flow).catch(() => undefined);
  const starter = flow?.definition.start.on?.find(({ id }) => id === row.starter);
  if (flow === undefined || starter === undefined) throw new AppError('start_gone', 409, { flow: row.flow });
  return asEngine(deps.db, (tx) =>
    withProblems(flow.form, async () => {
      if (await isThere(tx, row.id)) return 'there';
      if (await isKeyTaken(tx, starter, row)) return 'unwanted';
      const zone = await zoneOf(tx, row.communityId);
      const names = await namesOf(tx, row.source, { now: row.createdAt.getTime(), zone });
      if (!wants(starter, names)) return 'unwanted';
      const fields = fieldsOf(starter, flow.form, names);
      const communityId = await placeOf(tx, flow, { fields, asked: communityOf(starter, names) ?? row.communityId });
      const person = await findInitiator(tx, starter, { author: row.author, communityId });
      const act = { flow: row.flow, fields, communityId, caseId: row.id };
      return { act, person: person ?? (await systemPerson(deps.adminDb)) };
    }),
  );
}

async function isThere(tx: Tx, id: string): Promise<boolean> {
  const { rows } = await sql<{ there: boolean }>`select exists (select from "case" where id = ${id}) as there`.execute(
    tx,
  );
  return rows[0]?.there === true;
}

/** Whether for the key of its message another case runs, or is about to. */
async function isKeyTaken(tx: Tx, starter: Starter, row: Leased): Promise<boolean> {
  if (starter.by !== 'message' || starter.oneAKey !== true || !('key' in row.source)) return false;
  const { key } = row.source;
  const { rows } = await sql<{ taken: boolean }>`
    select exists (select from automatic_start a left join "case" c on c.id = a.id
      where a.flow = ${row.flow} and a.starter = ${row.starter} and a.key = ${key} and a.id <> ${row.id}
        and (c.status in ('starting', 'running', 'suspended')
          or (c.id is null and a.state = 'pending' and (a.created_at, a.id) < (${row.createdAt}, ${row.id}::uuid)))) as taken`.execute(
    tx,
  );
  return rows[0]?.taken === true;
}

async function zoneOf(tx: Tx, communityId: string | null): Promise<string> {
  const { rows } = await sql<{ zone: string }>`select community_zone(${communityId}::uuid) as zone`.execute(tx);
  return rows[0]?.zone ?? 'Asia/Shanghai';
}

interface Placing {
  fields: Record<string, unknown>;
  /** Id or code. */
  asked: string | null;
}

/** Where a field says it, there; else where the start says, or the only one there is. @throws AppError invalid_fields */
async function placeOf(tx: Tx, { form }: PublishedFlow, { fields, asked }: Placing): Promise<string | null> {
  if (form.local !== true || (form.communityFrom !== null && fields[form.communityFrom] !== undefined)) return null;
  const { rows } = await sql<{ id: string }>`
    select id from record.community where deleted_at is null and (${asked}::text is null or id::text = ${asked} or code = ${asked}) limit 2`.execute(
    tx,
  );
  const [first, second] = rows;
  if (first !== undefined && second === undefined) return first.id;
  const code = asked === null ? 'required' : 'ref_not_found';
  throw new AppError('invalid_fields', 422, {}, [{ path: '/communityId', code }]);
}

function settle(db: Db, { id, attempts }: Leased, outcome: Outcome): Promise<unknown> {
  const wait = Math.min(2 ** attempts, longestWaitSeconds);
  return asEngine(db, (tx) =>
    outcome.state === 'later'
      ? sql`update automatic_start set lease_until = null, next_at = now() + ${wait} * interval '1 second'
          where id = ${id} and state = 'pending'`.execute(tx)
      : sql`update automatic_start set state = ${outcome.state}, lease_until = null, ended_at = now(),
          error = ${outcome.state === 'failed' ? JSON.stringify(outcome.error) : null}::jsonb,
          source = case when ${outcome.state === 'failed'} then source else '{}'::jsonb end
          where id = ${id} and state = 'pending'`.execute(tx),
  );
}
