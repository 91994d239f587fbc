/**
 * The rows of `outbound` as the worker handles them. A row is leased before it is sent and settled after: a crash between the two sends
 * it again when the lease ends, so a message goes at least once, and twice only then. `attempts` fences: whoever lost the lease settles
 * nothing.
 */
import { sql } from 'kysely';
import { asEngine, type Db } from '../db/as.ts';

export interface Leased {
  id: string;
  kind: string;
  channel: 'mail' | 'sms' | 'robot';
  address: string;
  name: string;
  language: 'zh-CN' | 'en';
  subject: string | null;
  text: string;
  params: Record<string, unknown>;
  path: string;
  attempts: number;
}

/** Longer than any sending may take. */
const leaseSeconds = 90;
const mostAttempts = 8;
/** 30 s, 1, 2, 4 … minutes, at most 2 hours: the eighth attempt comes about an hour after the first. */
const firstWaitSeconds = 30;
const longestWaitSeconds = 7200;
const keptDays = 90;

/** Up to `limit` that are due, or whose sender was lost. Safe in any number of processes. */
export function leaseDue(db: Db, limit: number): Promise<Leased[]> {
  return asEngine(db, async (tx) => {
    const { rows } = await sql<Leased>`
      update outbound o set state = 'sending', attempts = attempts + 1, lease_until = now() + ${leaseSeconds} * interval '1 second'
      from (select id from outbound where (state = 'queued' and next_at <= now()) or (state = 'sending' and lease_until < now())
        order by next_at limit ${limit} for update skip locked) d
      where o.id = d.id
      returning o.id, o.kind, o.channel, o.address, o.name, o.language, o.subject, o.text, o.params, o.path, o.attempts`.execute(
      tx,
    );
    return rows;
  });
}

interface Held {
  id: string;
  attempts: number;
}

export function markGone(
  db: Db,
  { id, attempts }: Held,
  { state, providerId }: { state: 'sent' | 'shown'; providerId: string | null },
): Promise<void> {
  return settle(
    db,
    sql`
    update outbound set state = ${state}, provider_id = ${providerId}, error = null, lease_until = null, ended_at = now()
    where id = ${id} and state = 'sending' and attempts = ${attempts}`,
  );
}

/** Tried again later, after the quiet hours where they count, or failed for good. */
export function markFailed(
  db: Db,
  { id, attempts }: Held,
  { code, isFinal }: { code: string; isFinal: boolean },
): Promise<void> {
  const isOver = isFinal || attempts >= mostAttempts;
  const wait = Math.min(firstWaitSeconds * 2 ** (attempts - 1), longestWaitSeconds);
  return settle(
    db,
    sql`
    update outbound set state = ${isOver ? 'failed' : 'queued'}, error = ${code}, lease_until = null,
      ended_at = case when ${isOver} then now() end,
      next_at = after_quiet(now() + ${wait} * (0.9 + 0.2 * random()) * interval '1 second', zone, quiet_from, quiet_to)
    where id = ${id} and state = 'sending' and attempts = ${attempts}`,
  );
}

/** Messages are kept so long; what still waits stays. */
export function removeOld(db: Db): Promise<void> {
  return settle(
    db,
    sql`
    delete from outbound where created_at < now() - ${keptDays} * interval '1 day' and state in ('sent', 'failed', 'shown')`,
  );
}

async function settle(db: Db, statement: ReturnType<typeof sql>): Promise<void> {
  await asEngine(db, (tx) => statement.execute(tx));
}
