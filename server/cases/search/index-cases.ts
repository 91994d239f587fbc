/**
 * Brings the search index up to what is committed: reads again the cases that triggers noted (migration 0006). One indexer at a
 * time, whichever process it is in, so that an older reading never writes over a newer one. A search calls it first: whoever has
 * just started a case finds it.
 */
import { sql } from 'kysely';
import { asEngine, type Db, type Tx } from '../../db/as.ts';
import { hasRegisters } from '../../db/registers.ts';
import { loadForm, recordLabels } from '../../db/records/index.ts';
import { findRecord } from '../../db/records/read.ts';
import { getFlow } from '../../definitions/published.ts';
import type { Log } from '../../log.ts';
import { partsOf, type SearchPart } from './parts.ts';

/** Of one transaction: a search waits for two of them at most. */
const batchSize = 100;
const searchWaitsMs = 1500;
const lockKey = 7_203_118;

interface Indexer {
  db: Db;
  log: Log;
}

/** What was written until now is found afterwards, unless thousands of cases wait: those come in the background. */
export async function indexForSearch(indexer: Indexer): Promise<void> {
  const until = Date.now() + searchWaitsMs;
  while ((await indexBatch(indexer)) === batchSize && Date.now() < until);
}

/** All that waits. */
export async function indexAll(indexer: Indexer, signal?: AbortSignal): Promise<void> {
  while ((await indexBatch(indexer)) === batchSize && signal?.aborted !== true);
}

/** Gives how many notes were taken: fewer than a batch means that none is left. */
async function indexBatch({ db, log }: Indexer): Promise<number> {
  return asEngine(db, async (tx) => {
    if (!(await somethingWaits(tx))) return 0;
    await sql`select pg_advisory_xact_lock(${lockKey})`.execute(tx);
    const { rows } = await sql<{ case_id: string }>`
      delete from case_search_due where id in (select id from case_search_due order by id limit ${batchSize})
      returning case_id`.execute(tx);
    for (const caseId of new Set(rows.map((row) => row.case_id))) await indexSafely(tx, { db, log }, caseId);
    return rows.length;
  });
}

/** Asked before the lock: mostly nothing waits, and nobody has to queue for that answer. */
async function somethingWaits(tx: Tx): Promise<boolean> {
  const { rows } = await sql<{ waits: boolean }>`select exists (select from case_search_due) as waits`.execute(tx);
  return rows[0]?.waits === true;
}

/** A case that cannot be read must not keep the others from being found. */
async function indexSafely(tx: Tx, { db, log }: Indexer, caseId: string): Promise<void> {
  await sql`savepoint one`.execute(tx);
  try {
    await indexCase(db, tx, caseId);
    await sql`release savepoint one`.execute(tx);
  } catch (err) {
    await sql`rollback to savepoint one`.execute(tx);
    log.error({ err, caseId }, 'a case was not indexed');
  }
}

interface Row {
  number: string;
  title: string;
  flow: string;
  flow_version: number;
  party: string | null;
  people: string[];
  talk: string[];
}

async function indexCase(db: Db, tx: Tx, caseId: string): Promise<void> {
  const { rows } = await sql<Row>`
    select c.number, c.title, c.flow, c.flow_version, i.party_id as party,
      array(select distinct p.display_name from person p where p.id = c.initiator
            or p.id in (select unnest(array[t.holder, t.closed_by]) from task t where t.case_id = c.id)) as people,
      array(select x.body from (
        select e.at, e.comment as body from case_event e where e.case_id = c.id and e.comment is not null
        union all select m.created_at, m.body from comment m where m.case_id = c.id) x order by x.at) as talk
    from "case" c join person i on i.id = c.initiator where c.id = ${caseId}`.execute(tx);
  const [row] = rows;
  if (row === undefined) return;
  const { form } = await getFlow(db, { key: row.flow, version: row.flow_version }, tx);
  const fields = (await findRecord(tx, form, caseId))?.fields ?? {};
  const labels = await recordLabels(tx, form, fields);
  const phones = row.party === null ? [] : await readPhones(tx, row.party);
  await write(tx, caseId, partsOf({ ...row, phones, form, fields, labels }));
}

async function readPhones(tx: Tx, partyId: string): Promise<string[]> {
  if (!(await hasRegisters(tx, 'party'))) return [];
  const form = await loadForm(tx, 'party');
  const record = await findRecord(tx, form, partyId);
  const masked = form.fields.filter(({ mask }) => mask === 'phone').map(({ name }) => record?.fields[name]);
  return masked.filter((value) => typeof value === 'string');
}

/** Only what changed is written: most of a case stays. */
async function write(tx: Tx, caseId: string, parts: readonly SearchPart[]): Promise<void> {
  await sql`
    with x as (select * from json_to_recordset(${JSON.stringify(parts)}::json)
                 as x (part text, field text, unmask text, grams text, plain text)),
    gone as (delete from case_search s where s.case_id = ${caseId} and not exists (select from x where x.part = s.part))
    insert into case_search (case_id, part, field, unmask, grams, plain)
    select ${caseId}::uuid, part, field, unmask, grams, plain from x
    on conflict (case_id, part) do update set field = excluded.field, unmask = excluded.unmask, grams = excluded.grams, plain = excluded.plain
    where (case_search.grams, case_search.plain, case_search.unmask) is distinct from (excluded.grams, excluded.plain, excluded.unmask)`.execute(
    tx,
  );
}
