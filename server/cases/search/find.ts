/**
 * Cases by words and filters, newest first. Row security says which cases; which of their fields a word may be found in is said per
 * flow, version and step, as on the case's page: else a search would tell what the page hides.
 */
import { sql, type RawBuilder } from 'kysely';
import type { Static } from 'typebox';
import { selectCaseItems, toCaseItems, type CaseItemRow } from '../../case-views/case-items.ts';
import { startPermissions, stepPermissions } from '../../case-views/fields.ts';
import type { Language } from '../../case-views/task-items.ts';
import { decodeCursor, isInstant, isUuid, toPage } from '../../cursor.ts';
import { asReader, type Db, type Tx } from '../../db/as.ts';
import { AppError } from '../../errors.ts';
import { getFlow, type PublishedFlow } from '../../definitions/published.ts';
import { stepsNamedAs } from './facets.ts';
import { wordsOf, type SearchWord } from './grams.ts';
import { matchesOf, type Hit } from './matches.ts';
import type { CaseSearchQuery, FoundCasePage } from './schemas.ts';

type Query = Static<typeof CaseSearchQuery>;
interface Asking {
  person: string;
  language: Language;
}

/** Words that stand in very many cases take their time; nobody keeps the database from the others for longer. */
const limitMs = 5000;
const queryCanceled = '57014';

/** @throws AppError invalid_cursor, search_too_broad */
export function findCases(db: Db, { person, language }: Asking, query: Query): Promise<Static<typeof FoundCasePage>> {
  const search = async (tx: Tx): Promise<Static<typeof FoundCasePage>> => {
    const words = wordsOf(query.q ?? '');
    // Words were given, but none that anything could be found by.
    if (words.length === 0 && (query.q ?? '').trim() !== '') return { items: [], next: null };
    const seen = words.length === 0 ? [] : await readSeen(db, tx, person);
    const conditions = [
      ...(await filters(db, tx, query)),
      ...(words.length === 0 ? [] : [sql`c.id in (${withAll(words, seen)})`]),
      ...after(query.cursor),
    ];
    const where = conditions.length === 0 ? sql`` : sql`where ${sql.join(conditions, sql` and `)}`;
    const { rows } = await sql<CaseItemRow>`${selectCaseItems} ${where}
      order by c.started_at desc, c.id desc limit ${query.limit + 1}`.execute(tx);
    const shown = rows.slice(0, query.limit);
    const items = await toCaseItems(db, tx, shown, language);
    const hits = await readHits(tx, shown, { words, seen });
    const flows = await flowsOf(db, tx, shown);
    const { next } = toPage(rows, query.limit, {
      item: (row) => row,
      key: (row) => [row.started_at.toISOString(), row.id],
    });
    return {
      items: items.map((item) => ({ case: item, matches: matchesOf(item, hits, { flows, words, language }) })),
      next,
    };
  };
  return asReader(db, person, search, limitMs).catch(tooBroad);
}

function tooBroad(error: unknown): never {
  if ((error as { code?: unknown }).code === queryCanceled) throw new AppError('search_too_broad', 422);
  throw error;
}

/**
 * Cases in which every word stands. An intersection is made by hashing; conditions one by one were joined by comparing every hit with every
 * other, since Postgres cannot know how many a function gives.
 */
function withAll(words: readonly SearchWord[], seen: readonly string[]): RawBuilder<unknown> {
  return sql.join(
    words.map((word) => sql`select s.case_id from ${search(word, seen)} s`),
    sql` intersect `,
  );
}

function search(
  { patterns, tail }: SearchWord,
  seen: readonly string[],
  among: readonly string[] | null = null,
): RawBuilder<Hit> {
  return sql<Hit>`search_cases(${patterns}::text[], ${tail}::text, ${seen}::text[], ${among}::uuid[])`;
}

interface Looking {
  words: readonly SearchWord[];
  seen: readonly string[];
}

/** Where the words stand in the cases of a page. */
async function readHits(tx: Tx, shown: readonly CaseItemRow[], { words, seen }: Looking): Promise<Hit[]> {
  if (words.length === 0 || shown.length === 0) return [];
  const ids = shown.map(({ id }) => id);
  const each = words.map((word) => sql`select case_id as "caseId", part, plain from ${search(word, seen, ids)}`);
  const { rows } = await sql<Hit>`${sql.join(each, sql` union `)} order by 1, 2`.execute(tx);
  return rows;
}

async function flowsOf(db: Db, tx: Tx, shown: readonly CaseItemRow[]): Promise<Map<string, PublishedFlow>> {
  const flows = new Map<string, PublishedFlow>();
  for (const { id, flow, flow_version } of shown)
    flows.set(id, await getFlow(db, { key: flow, version: flow_version }, tx));
  return flows;
}

interface Involved {
  key: string;
  version: number;
  /** Null: the start. */
  step: string | null;
}

/** `<flow> <version> <step> <field>` that starts and steps showed the person somewhere; what they read by right needs none. */
async function readSeen(db: Db, tx: Tx, person: string): Promise<string[]> {
  const { rows } = await sql<Involved>`
    select distinct flow as key, flow_version as version, null as step from "case" where initiator = ${person}
    union
    select distinct c.flow, c.flow_version, t.step from task t join "case" c on c.id = t.case_id
     where t.holder = ${person} or t.closed_by = ${person}`.execute(tx);
  const shows = rows.map(async ({ key, version, step }) => {
    const flow = await getFlow(db, { key, version }, tx);
    const permissions = step === null ? startPermissions(flow) : stepPermissions(flow, step);
    const fields = flow.form.fields.filter(({ name }) => (permissions[name] ?? 'hidden') !== 'hidden');
    return fields.map(({ name }) => `${key} ${version} ${step ?? ''} ${name}`);
  });
  return (await Promise.all(shows)).flat();
}

const openTask = sql`from task t where t.case_id = c.id and t.state in ('open', 'completing')`;
/** Of a task `t`: its time was over and somebody higher up was told. */
const wasEscalated = sql`exists (select from case_event e where e.case_id = t.case_id and e.task_id = t.id
  and e.type = 'timer_fired' and e.data ->> 'action' = 'escalate')`;

function flags(query: Query): (RawBuilder<unknown> | undefined)[] {
  return [
    query.overdue === true ? sql`exists (select ${openTask} and t.due_at < now())` : undefined,
    query.escalated === true ? sql`exists (select ${openTask} and t.due_at < now() and ${wasEscalated})` : undefined,
    query.mine === true ? sql`c.initiator = current_person()` : undefined,
  ];
}

async function filters(db: Db, tx: Tx, query: Query): Promise<RawBuilder<unknown>[]> {
  const { flow, status, community, stage, handler, from, to } = query;
  const started = sql`c.started_at at time zone community_zone(c.community_id)`;
  const all: (RawBuilder<unknown> | undefined)[] = [
    flow === undefined ? undefined : sql`c.flow = ${flow}`,
    status === undefined ? undefined : sql`c.status = ${status}`,
    community === undefined ? undefined : sql`c.community_id = ${community}`,
    stage === undefined ? undefined : sql`c.position && ${await stepsNamedAs(db, tx, flow, stage)}::text[]`,
    ...flags(query),
    handler === undefined ? undefined : sql`exists (select ${openTask} and t.holder = ${handler})`,
    // The first condition has the index; a day is two days wide at most, wherever it is.
    from === undefined
      ? undefined
      : sql`c.started_at >= ${from}::date - interval '1 day' and (${started})::date >= ${from}::date`,
    to === undefined
      ? undefined
      : sql`c.started_at < ${to}::date + interval '2 days' and (${started})::date <= ${to}::date`,
  ];
  return all.filter((condition) => condition !== undefined);
}

function after(cursor: string | undefined): RawBuilder<unknown>[] {
  if (cursor === undefined) return [];
  const [at, id] = decodeCursor(cursor, isInstant, isUuid);
  return [sql`(c.started_at, c.id) < (${at}::timestamptz, ${id}::uuid)`];
}
