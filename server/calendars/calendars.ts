/** Reading calendars: what there is, who uses it, which years are missing, what a change has moved. */
import { sql } from 'kysely';
import type { Static } from 'typebox';
import type { Calendar } from '../../workflows/engine/calendar/calendar.gen.ts';
import type { Tx } from '../db/as.ts';
import { namesCalendar } from '../definitions/calendars.ts';
import { AppError } from '../errors.ts';
import { missingYears } from './missing.ts';
import type { CalendarItem, CalendarMoves, CalendarVersions } from './schemas.ts';

type Item = Static<typeof CalendarItem>;

interface Row extends Pick<Item, 'key' | 'version' | 'flows' | 'communities' | 'running'> {
  definition: Calendar;
}

/** By key; all, or one. */
export async function findCalendars(
  tx: Tx,
  now: Date,
  key: string | null = null,
): Promise<(Item & Pick<Row, 'definition'>)[]> {
  const isNamed = sql`jsonb_path_exists(v.definition, '$.**.calendar ? (@ == $key)', jsonb_build_object('key', c.key))`;
  const { rows } = await sql<Row>`
    select c.key, c.current_version as version, cv.definition,
      coalesce((select json_agg(json_build_object('key', f.key, 'title', f.title) order by f.key) from flow f
        join flow_version v on v.flow = f.key and v.version = f.current_version where ${isNamed}), '[]') as flows,
      coalesce((select json_agg(distinct jsonb_build_object('id', m.id, 'name', m.name)) from "case" k
        join flow_version v on v.flow = k.flow and v.version = k.flow_version join record.community m on m.id = k.community_id
        where k.status not in ('completed', 'cancelled') and ${isNamed}), '[]') as communities,
      (select count(*)::int from "case" k join flow_version v on v.flow = k.flow and v.version = k.flow_version
        where k.status not in ('completed', 'cancelled') and ${isNamed}) as running
    from calendar c join calendar_version cv on cv.calendar = c.key and cv.version = c.current_version
    where ${key}::text is null or c.key = ${key} order by c.key`.execute(tx);
  return rows.map(({ definition, ...row }) => ({ ...row, ...described(definition, row, now), definition }));
}

function described(
  definition: Calendar,
  { flows, running }: Pick<Row, 'flows' | 'running'>,
  now: Date,
): Pick<Item, 'title' | 'description' | 'keepsHolidays' | 'years' | 'missing'> {
  const { title, description = null, keepsHolidays, years } = definition;
  return {
    title,
    description,
    keepsHolidays,
    years: Object.keys(years).map(Number).sort(),
    missing: flows.length > 0 || running > 0 ? missingYears(definition, now) : [],
  };
}

/** @throws AppError not_found */
export async function getCalendar(tx: Tx, now: Date, key: string): Promise<Item & Pick<Row, 'definition'>> {
  const [found] = await findCalendars(tx, now, key);
  if (found === undefined) throw new AppError('not_found', 404, { calendar: key });
  return found;
}

type VersionItem = Static<typeof CalendarVersions>['items'][number];

/** The newest first. @throws AppError not_found */
export async function findCalendarVersions(tx: Tx, key: string): Promise<VersionItem[]> {
  const { rows } = await sql<Omit<VersionItem, 'publishedAt'> & { publishedAt: Date }>`
    select v.version, v.note, v.published_at as "publishedAt", v.version = c.current_version as current,
      case when p.id is not null then json_build_object('id', p.id, 'name', p.display_name) end as "publishedBy"
    from calendar_version v join calendar c on c.key = v.calendar left join person p on p.id = v.published_by
    where v.calendar = ${key} order by v.version desc`.execute(tx);
  if (rows.length === 0) throw new AppError('not_found', 404, { calendar: key });
  return rows.map((row) => ({ ...row, publishedAt: row.publishedAt.toISOString() }));
}

/** @throws AppError not_found */
export async function getCalendarVersion(tx: Tx, key: string, version: number): Promise<Calendar> {
  const row = await tx
    .selectFrom('calendar_version')
    .select('definition')
    .where('calendar', '=', key)
    .where('version', '=', version)
    .executeTakeFirst();
  if (row === undefined) throw new AppError('not_found', 404, { calendar: key, version });
  return row.definition;
}

const mostMoves = 200;

/** What the commands of a version have come to. */
export async function readMoves(tx: Tx, key: string, version: number): Promise<Static<typeof CalendarMoves>> {
  const isOfVersion = sql`m.kind = 'recalendar' and (m.args #>> array['calendars', ${key}, 'version'])::int = ${version}`;
  const { rows: counts } = await sql<{ state: string; count: number }>`
    select m.state, count(*)::int as count from command m where ${isOfVersion} group by m.state`.execute(tx);
  const { rows } = await sql<{ caseId: string; number: string; tasks: Move[]; moved: number }>`
    select c.id as "caseId", c.number, e.data -> 'tasks' as tasks, (e.data ->> 'moved')::int as moved
    from command m join case_event e on e.case_id = m.case_id and e.command_id = m.id join "case" c on c.id = m.case_id
    where ${isOfVersion} and (e.data ->> 'moved')::int > 0 order by e.at, c.id`.execute(tx);
  const countOf = (state: string): number => counts.find((each) => each.state === state)?.count ?? 0;
  const items = rows.flatMap(({ caseId, number, tasks }) =>
    tasks.flatMap(({ from, to, ...move }) =>
      from === null || to === null ? [] : [{ caseId, number, ...move, from: iso(from), to: iso(to) }],
    ),
  );
  return {
    version,
    pending: countOf('pending'),
    done: countOf('done'),
    refused: countOf('refused'),
    moved: rows.reduce((sum, { moved }) => sum + moved, 0),
    items: items.slice(0, mostMoves),
  };
}

interface Move {
  task: string;
  step: string;
  from: number | null;
  to: number | null;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** Calendars that a flow's current version, or a running case, names. */
export async function isUsed(tx: Tx, key: string): Promise<boolean> {
  const { rows } = await sql<{ used: boolean }>`
    select exists (select from flow f join flow_version v on v.flow = f.key and v.version = f.current_version where ${namesCalendar(key)})
      or exists (select from "case" k join flow_version v on v.flow = k.flow and v.version = k.flow_version
        where k.status not in ('completed', 'cancelled') and ${namesCalendar(key)}) as used`.execute(tx);
  return rows[0]?.used === true;
}
