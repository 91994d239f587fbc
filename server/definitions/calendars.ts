/**
 * Publishing working calendars: a definition is checked and becomes the next version, and every running case whose flow names it gets a
 * command that brings it (protocol.md rule 19: what the engine reckons with is in the log).
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { sql } from 'kysely';
import type { Calendar } from '../../workflows/engine/calendar/calendar.gen.ts';
import { problemsOfCalendar } from '../../workflows/engine/calendar/problems.ts';
import { workingTimesOf, type WorkingTimesByKey } from '../../workflows/engine/calendar/working-times.ts';
import type { Db, Tx } from '../db/as.ts';
import { AppError, type FieldError } from '../errors.ts';
import { canonicalJson } from './canonical-json.ts';

export interface PublishCalendarOptions {
  note: string | null;
  /** Null: what ships built in. */
  by: string | null;
}
export interface PublishedCalendar {
  key: string;
  version: number;
  /** False: this very definition is the current one, or was published before and ships built in. */
  isNew: boolean;
  /** Running cases that are reckoned again. */
  cases: number;
}

const publishLock = 7_203_120;
const schemaFile = new URL('../../workflows/engine/calendar/calendar.schema.json', import.meta.url);
const judge = addFormats
  .default(new Ajv2020({ strict: true, allErrors: true }))
  .compile<Calendar>(JSON.parse(readFileSync(schemaFile, 'utf8')) as object);

/** Whatever keeps a definition from being published; empty: it may. */
export function problemsOfCalendarDefinition(definition: unknown): FieldError[] {
  if (judge(definition)) return problemsOfCalendar(definition);
  return (judge.errors ?? []).map(({ instancePath, keyword, params }) => ({
    path: instancePath,
    code: keyword,
    params,
  }));
}

/** @throws AppError invalid_calendar (422) with a pointer and code for each problem */
export function publishCalendar(
  adminDb: Db,
  definition: unknown,
  options: PublishCalendarOptions,
): Promise<PublishedCalendar> {
  const problems = problemsOfCalendarDefinition(definition);
  if (problems.length > 0) return Promise.reject(new AppError('invalid_calendar', 422, {}, problems));
  const calendar = definition as Calendar;
  return adminDb.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(${publishLock})`.execute(tx);
    const sha256 = createHash('sha256').update(canonicalJson(calendar)).digest('hex');
    const known = await findVersion(tx, calendar.key, { sha256, options });
    if (known !== undefined) return { key: calendar.key, version: known, isNew: false, cases: 0 };
    const version = await writeVersion(tx, calendar, { sha256, options });
    const cases = await reckonCasesAgain(tx, calendar, { version, by: options.by });
    return { key: calendar.key, version, isNew: true, cases };
  });
}

interface Wanted {
  sha256: string;
  options: PublishCalendarOptions;
}

/** What ships built in is any version that was ever published: an administrator's later one stays current. */
async function findVersion(tx: Tx, key: string, { sha256, options }: Wanted): Promise<number | undefined> {
  const { rows } = await sql<{ version: number }>`
    select v.version from calendar_version v join calendar c on c.key = v.calendar
    where v.calendar = ${key} and v.sha256 = ${sha256} and (${options.by === null} or v.version = c.current_version)
    order by v.version desc limit 1`.execute(tx);
  return rows[0]?.version;
}

async function writeVersion(tx: Tx, calendar: Calendar, { sha256, options }: Wanted): Promise<number> {
  const { key, title } = calendar;
  await sql`set local role guanjia_publisher`.execute(tx);
  const { rows } = await sql<{ version: number }>`
    insert into calendar_version (calendar, version, definition, sha256, note, published_by)
    select ${key}, coalesce(max(version), 0) + 1, ${JSON.stringify(calendar)}::jsonb, ${sha256}, ${options.note}, ${options.by}::uuid
    from calendar_version where calendar = ${key} returning version`.execute(tx);
  const version = rows[0]?.version ?? 1;
  await sql`
    insert into calendar (key, title, current_version) values (${key}, ${JSON.stringify(title)}::jsonb, ${version})
    on conflict (key) do update set title = excluded.title, current_version = excluded.current_version`.execute(tx);
  await sql`set local role none`.execute(tx);
  const detail = JSON.stringify({ version, note: options.note });
  await tx
    .insertInto('audit')
    .values({ person_id: options.by, act: 'calendar.publish', subject: key, detail })
    .execute();
  return version;
}

/**
 * A command for every case that is not over and whose flow names the calendar: the sweeper drives them, in the order of each case. A case
 * that is just starting holds the lock of publishing (`getWorkingTimes`), so none falls between.
 */
async function reckonCasesAgain(
  tx: Tx,
  calendar: Calendar,
  { version, by }: { version: number; by: string | null },
): Promise<number> {
  const calendars: WorkingTimesByKey = { [calendar.key]: workingTimesOf(calendar, version) };
  const { rows } = await sql<{ count: number }>`
    with c as (
      update "case" c set last_n = last_n + 1 from flow_version v
      where v.flow = c.flow and v.version = c.flow_version and c.status not in ('completed', 'cancelled')
        and ${namesCalendar(calendar.key)}
      returning c.id, c.last_n, c.flow_version),
    m as (
      insert into command (case_id, n, kind, actor, args, flow_version)
      select id, last_n, 'recalendar', ${by}::uuid, ${JSON.stringify({ calendars })}::jsonb, flow_version from c returning id)
    select count(*)::int as count from m`.execute(tx);
  return rows[0]?.count ?? 0;
}

/** SQL over `v`, a version of a flow: some step of it names the calendar. */
export function namesCalendar(key: string) {
  return sql<boolean>`jsonb_path_exists(v.definition, '$.**.calendar ? (@ == $key)', ${JSON.stringify({ key })}::jsonb)`;
}

/** Working times of the calendars that a flow names; none of them changes before the transaction ends. One that is not there is left out. */
export async function getWorkingTimes(tx: Tx, keys: ReadonlySet<string>): Promise<WorkingTimesByKey> {
  if (keys.size > 0) await sql`select pg_advisory_xact_lock_shared(${publishLock})`.execute(tx);
  return readWorkingTimes(tx, keys);
}

/** The same for whoever only looks: publishing a calendar does not wait for them. */
export async function readWorkingTimes(tx: Tx, keys: ReadonlySet<string>): Promise<WorkingTimesByKey> {
  const wanted = [...keys];
  if (wanted.length === 0) return {};
  const { rows } = await sql<{ key: string; version: number; definition: Calendar }>`
    select c.key, v.version, v.definition from calendar c
    join calendar_version v on v.calendar = c.key and v.version = c.current_version
    where c.key = any (${wanted}::text[])`.execute(tx);
  return Object.fromEntries(rows.map(({ key, version, definition }) => [key, workingTimesOf(definition, version)]));
}
