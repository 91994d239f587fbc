/**
 * A message or signal comes in, from outside or from a case that throws it. A message goes to the case that has waited longest for its name
 * and key; else it starts the flows that start by its name; else it is kept where a receiver of its name takes early ones; else it is dead,
 * where a person sees it. All under the lock of name and key (protocol.md rule 25).
 */
import { sql } from 'kysely';
import { asEngine, type Db, type Tx } from '../../db/as.ts';
import { AppError } from '../../errors.ts';
import { sha256 } from '../canonical.ts';
import { startId } from '../../starts/start-id.ts';

export interface Incoming {
  /** The sender's: one happens once. */
  id: string;
  kind: 'message' | 'signal';
  name: string;
  /** Null for a signal. */
  key: string | null;
  fields: Record<string, unknown>;
  /** Of a signal: cases of this community; null: all. */
  communityId: string | null;
  /** Who sent it; null: a case. */
  by: string | null;
  fromCase: string | null;
}
export type MessageState = 'pending' | 'taken' | 'started' | 'early' | 'dead' | 'discarded';

const keptDays = 30;

/** What became of it so far. Coming again it only says that. @throws AppError key_reused: another message under the same id */
export function acceptMessage(db: Db, message: Incoming): Promise<MessageState> {
  return asEngine(db, async (tx) => {
    const { id, kind, name, key, fields } = message;
    const hash = sha256([kind, name, key, fields]);
    await sql`select lock_message(${name}, ${key})`.execute(tx);
    const { numAffectedRows } = await sql`
      insert into message (id, kind, name, key, fields, hash, community_id, sent_by, from_case, state)
      values (${id}, ${kind}, ${name}, ${key}, ${JSON.stringify(fields)}::jsonb, ${hash}, ${message.communityId}, ${message.by},
        ${message.fromCase}, 'pending') on conflict (id) do nothing`.execute(tx);
    if (numAffectedRows === 0n) return knownState(tx, id, hash);
    return kind === 'signal' ? spread(tx, message) : route(tx, { id, name, key: key ?? '', fields });
  });
}

async function knownState(tx: Tx, id: string, hash: Buffer): Promise<MessageState> {
  const { rows } = await sql<{ state: MessageState; same: boolean }>`
    select state, hash = ${hash} as same from message where id = ${id}`.execute(tx);
  const [row] = rows;
  if (row?.same !== true) throw new AppError('key_reused', 422);
  return row.state;
}

interface Routed {
  id: string;
  name: string;
  key: string;
  fields: Record<string, unknown>;
}

/** Whoever calls holds the lock of name and key. Waits that it missed before are passed by. */
export async function route(tx: Tx, message: Routed): Promise<MessageState> {
  const { id, name } = message;
  await sql`update message set looked_at = clock_timestamp() where id = ${id}`.execute(tx);
  if (await toWaiting(tx, message)) return 'pending';
  if (await toStarters(tx, message)) return settle(tx, id, sql`state = 'started', ended_at = now()`, 'started');
  if (await isTakenEarly(tx, name))
    return settle(tx, id, sql`state = 'early', expires_at = now() + ${keptDays} * interval '1 day'`, 'early');
  await settle(tx, id, sql`state = 'dead', reason = 'nobody_waits', ended_at = now()`, 'dead');
  await tellKeepers(tx, message);
  return 'dead';
}

/** The one that has waited longest, and that no other message is on its way to if there is such a one. */
async function toWaiting(tx: Tx, { id, name, key }: Routed): Promise<boolean> {
  const { numAffectedRows } = await sql`
    insert into message_delivery (message_id, case_id, await_id)
    select ${id}, w.case_id, w.id from case_await w where w.kind = 'message' and w.name = ${name} and w.key = ${key}
      and not exists (select from message_delivery d where d.message_id = ${id} and d.case_id = w.case_id and d.await_id = w.id)
    order by exists (select from message_delivery d where d.case_id = w.case_id and d.await_id = w.id and d.state = 'pending'), w.opened_at, w.case_id, w.id limit 1`.execute(
    tx,
  );
  return numAffectedRows === 1n;
}

/** Every flow whose current version starts by it; the case's id is that of flow, start and message. */
async function toStarters(tx: Tx, { id, name, key, fields }: Routed): Promise<boolean> {
  const { rows } = await sql<{ flow: string; starter: string }>`
    select f.key as flow, s ->> 'id' as starter from flow f join flow_version v on v.flow = f.key and v.version = f.current_version
      cross join lateral jsonb_array_elements(coalesce(v.definition #> '{start,on}', '[]')) s
    where s ->> 'by' = 'message' and s ->> 'name' = ${name} order by 1, 2`.execute(tx);
  for (const { flow, starter } of rows)
    await sql`insert into automatic_start (id, flow, starter, "by", source, key)
      values (${startId([flow, starter, id])}, ${flow}, ${starter}, 'message', ${JSON.stringify({ message: fields, key })}::jsonb, ${key})
      on conflict (id) do nothing`.execute(tx);
  return rows.length > 0;
}

/** Whether a current version, or one that a case runs on, has a receiver of the name that takes early ones. */
async function isTakenEarly(tx: Tx, name: string): Promise<boolean> {
  const { rows } = await sql<{ early: boolean }>`
    select exists (select from flow_version v where
      (exists (select from flow f where f.key = v.flow and f.current_version = v.version)
        or exists (select from "case" c where c.flow = v.flow and c.flow_version = v.version and c.status in ('starting', 'running', 'suspended')))
      and jsonb_path_exists(v.definition, '$.** ? (@.early == true && (@.message == $name || @.name == $name))', jsonb_build_object('name', ${name}::text))
    ) as early`.execute(tx);
  return rows[0]?.early === true;
}

/** To every case that waits now, once each; nobody has to. */
async function spread(tx: Tx, { id, name, communityId }: Incoming): Promise<MessageState> {
  const { numAffectedRows } = await sql`
    insert into message_delivery (message_id, case_id, await_id)
    select ${id}, w.case_id, min(w.id) from case_await w join "case" c on c.id = w.case_id
    where w.kind = 'signal' and w.name = ${name} and (${communityId}::uuid is null or c.community_id is null or c.community_id = ${communityId}::uuid)
    group by w.case_id`.execute(tx);
  const state = (numAffectedRows ?? 0n) > 0n ? 'pending' : 'taken';
  return settle(tx, id, sql`state = ${state}, ended_at = case when ${state} = 'taken' then now() end`, state);
}

async function settle(tx: Tx, id: string, change: ReturnType<typeof sql>, state: MessageState): Promise<MessageState> {
  await sql`update message set ${change} where id = ${id}`.execute(tx);
  return state;
}

/** Once a message: whoever manages what starts and happens by itself. */
export async function tellKeepers(tx: Tx, { id, name, key }: Omit<Routed, 'fields'>): Promise<void> {
  await sql`
    insert into notification (person_id, kind, params, dedupe)
    select p.id, 'message_dead', ${JSON.stringify({ message: name, key })}::jsonb, ${`message_dead:${id}`} || ':' || p.id
    from person p where p.disabled_at is null and exists (select from role_grant g join role r on r.key = g.role
      where g.person_id = p.id and g.community_id is null and verb_matches(r.may, 'automation.manage'))
    on conflict (dedupe) do nothing`.execute(tx);
}
