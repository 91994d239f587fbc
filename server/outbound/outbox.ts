/** Reading the outbox, and its two acts. To be called as the person; row security leaves the communities where they may look. */
import { sql, type Selectable } from 'kysely';
import type { Static } from 'typebox';
import notices from '../../content/notices/notices.json' with { type: 'json' };
import type { Tx } from '../db/as.ts';
import type { OutboundTable } from '../db/tables/things.ts';
import { AppError } from '../errors.ts';
import type { OutboundChannel, OutboundCounts, OutboundItem, OutboundState } from './schemas.ts';

export interface OutboxFilter {
  person?: string;
  channel?: OutboundChannel;
  state?: OutboundState;
  /** Part of a subject, a text or a name. */
  q?: string;
  before?: string;
  limit: number;
}
type Row = Omit<
  Selectable<OutboundTable>,
  'address' | 'params' | 'provider_id' | 'zone' | 'quiet_from' | 'quiet_to' | 'dedupe' | 'lease_until'
>;

const columns = [
  'id',
  'notification_id',
  'case_id',
  'community_id',
  'person_id',
  'kind',
  'channel',
  'name',
  'language',
  'subject',
  'text',
  'path',
  'state',
  'attempts',
  'next_at',
  'error',
  'created_at',
  'ended_at',
] as const;

/** Newest first, up to `limit + 1`. */
export async function findOutbound(tx: Tx, filter: OutboxFilter): Promise<Static<typeof OutboundItem>[]> {
  const rows: Row[] = await matching(tx, filter)
    .select(columns)
    .$if(filter.state !== undefined, (query) => query.where('state', '=', filter.state ?? 'queued'))
    .$if(filter.before !== undefined, (query) => query.where('id', '<', filter.before ?? ''))
    .orderBy('id', 'desc')
    .limit(filter.limit + 1)
    .execute();
  const ids = rows.map(({ id }) => id);
  const { rows: masked } = await sql<{ id: string; address: string }>`
    select id, address from outbound_masked(${ids}::uuid[])`.execute(tx);
  const addresses = new Map(masked.map(({ id, address }) => [id, address]));
  return rows.map((row) => toItem(row, addresses.get(row.id) ?? '****'));
}

/** By state, of what the other filters leave. */
export async function countOutbound(tx: Tx, filter: OutboxFilter): Promise<Static<typeof OutboundCounts>> {
  const rows = await matching(tx, filter)
    .select(['state', (eb) => eb.fn.countAll<number>().as('n')])
    .groupBy('state')
    .execute();
  const none = { queued: 0, sending: 0, sent: 0, failed: 0, shown: 0 };
  return { ...none, ...Object.fromEntries(rows.map(({ state, n }) => [state, n])) };
}

function matching(tx: Tx, { person, channel, q }: OutboxFilter) {
  const like = `%${(q ?? '').replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  return tx
    .selectFrom('outbound')
    .$if(person !== undefined, (query) => query.where('person_id', '=', person ?? ''))
    .$if(channel !== undefined, (query) => query.where('channel', '=', channel ?? 'mail'))
    .$if(q !== undefined && q !== '', (query) =>
      query.where(sql<boolean>`(coalesce(subject, '') || ' ' || text || ' ' || name) ilike ${like}`),
    );
}

/** A failed one is tried again from the beginning. @throws AppError not_found, forbidden, not_failed */
export async function retryOutbound(tx: Tx, id: string, personId: string): Promise<void> {
  const { community } = await getOne(tx, id);
  const { rows } = await sql<{ may: boolean }>`
    select ${community}::uuid in (select my_communities('outbox.retry')) or (${community}::uuid is null and may('outbox.retry')) as may`.execute(
    tx,
  );
  if (rows[0]?.may !== true) throw new AppError('forbidden', 403, { verb: 'outbox.retry' });
  await record(tx, { personId, act: 'outbox.retry', subject: id, detail: {} });
  // Messages are written by the engine role alone.
  await sql`select set_config('role', 'guanjia_engine', true)`.execute(tx);
  const { numAffectedRows } = await sql`
    update outbound set state = 'queued', attempts = 0, error = null, ended_at = null,
      next_at = after_quiet(now(), zone, quiet_from, quiet_to) where id = ${id} and state = 'failed'`.execute(tx);
  if (numAffectedRows !== 1n) throw new AppError('not_failed', 409);
}

/** For a reason, on record. @throws AppError not_found, forbidden */
export async function revealAddress(
  tx: Tx,
  id: string,
  { personId, reason }: { personId: string; reason: string },
): Promise<{ address: string }> {
  await getOne(tx, id);
  const { rows } = await sql<{ address: string | null }>`select outbound_address(${id}) as address`.execute(tx);
  const address = rows[0]?.address ?? null;
  if (address === null) throw new AppError('forbidden', 403, { verb: 'record.unmask' });
  await record(tx, { personId, act: 'outbox.unmask', subject: id, detail: { reason } });
  return { address };
}

async function getOne(tx: Tx, id: string): Promise<{ community: string | null }> {
  const row = await tx.selectFrom('outbound').select('community_id').where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw new AppError('not_found', 404);
  return { community: row.community_id };
}

interface Act {
  personId: string;
  act: string;
  subject: string;
  detail: Record<string, unknown>;
}
async function record(tx: Tx, { personId, act, subject, detail }: Act): Promise<void> {
  await tx
    .insertInto('audit')
    .values({ person_id: personId, act, subject: `outbound/${subject}`, detail: JSON.stringify(detail) })
    .execute();
}

const titles = new Map(Object.entries(notices.kinds).map(([kind, { title }]) => [kind, title]));

function toItem(row: Row, address: string): Static<typeof OutboundItem> {
  const waits = row.state === 'queued' || row.state === 'sending';
  return {
    id: row.id,
    kind: row.kind,
    title: titles.get(row.kind) ?? null,
    channel: row.channel,
    person: row.person_id === null ? null : { id: row.person_id, name: row.name },
    address,
    language: row.language,
    subject: row.subject,
    text: row.text,
    link: row.path,
    state: row.state,
    attempts: row.attempts,
    nextAt: waits ? row.next_at.toISOString() : null,
    error: row.error,
    caseId: row.case_id,
    createdAt: row.created_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
  };
}
