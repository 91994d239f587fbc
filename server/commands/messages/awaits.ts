/**
 * What a case waits for, kept as its newest delta says, in the delta's transaction. A wait that opens looks for what came early under the lock
 * that a message takes to look for waits (protocol.md rule 25): whichever is first, the other sees it.
 */
import { sql } from 'kysely';
import type { Await } from '../../../workflows/engine/types.ts';
import type { Tx } from '../../db/as.ts';

export interface Awaiting {
  awaits: readonly Await[];
  /** Epoch ms of the entry, by the engine's clock: since when what is new in it waits. */
  at: number;
}

/** Locks names and keys in one order, after the case. */
export async function keepAwaits(tx: Tx, caseId: string, awaiting: Awaiting): Promise<void> {
  const { rows: before } = await sql<{ id: number; name: string; key: string | null }>`
    select id, name, key from case_await where case_id = ${caseId}`.execute(tx);
  const known = new Set(before.map(({ id }) => id));
  const ids = awaiting.awaits.map(({ id }) => id);
  const opened = awaiting.awaits.filter(({ id }) => !known.has(id));
  const closed = before.filter(({ id }) => !ids.includes(id));
  if (opened.length === 0 && closed.length === 0) return;
  await lockAll(tx, [...opened, ...closed]);
  await sql`delete from case_await where case_id = ${caseId} and id <> all (${ids}::int[])`.execute(tx);
  for (const each of opened) await open(tx, { caseId, each, at: new Date(awaiting.at) });
}

/** In one order, so that two cases never wait for each other. */
async function lockAll(tx: Tx, places: readonly { name: string; key: string | null }[]): Promise<void> {
  const unique = new Map(places.map(({ name, key }) => [JSON.stringify([name, key]), { name, key }]));
  for (const [, { name, key }] of [...unique].sort(([a], [b]) => (a < b ? -1 : 1)))
    await sql`select lock_message(${name}, ${key})`.execute(tx);
}

interface Opening {
  caseId: string;
  each: Await;
  at: Date;
}

async function open(tx: Tx, { caseId, each, at }: Opening): Promise<void> {
  const { id, kind, name, key, early, step, part } = each;
  await sql`insert into case_await (case_id, id, kind, name, key, early, step, part, opened_at)
    values (${caseId}, ${id}, ${kind}, ${name}, ${key}, ${early}, ${step}, ${part}, ${at}) on conflict do nothing`.execute(
    tx,
  );
  if (kind === 'message') await takeEarly(tx, { caseId, each, at });
}

/**
 * The oldest that came before, where the wait takes it; of the others one that looked for a wait since the engine opened this one, while the
 * tables did not know of it yet: that one was not early.
 */
async function takeEarly(tx: Tx, { caseId, each: { id, name, key, early }, at }: Opening): Promise<void> {
  await sql`
    with m as (
      update message set state = 'pending', reason = null, expires_at = null, ended_at = null where id = (
        select id from message where kind = 'message' and name = ${name} and key = ${key}
          and ((state = 'early' and expires_at > now() and (${early} or looked_at >= ${at}))
            or (state = 'dead' and reason = 'nobody_waits' and looked_at >= ${at}))
        order by created_at, id limit 1 for update)
      returning id)
    insert into message_delivery (message_id, case_id, await_id) select id, ${caseId}, ${id}::int from m`.execute(tx);
}
