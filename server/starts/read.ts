/** Schedules and automatic starts for who may see them; row security leaves their communities. */
import { sql } from 'kysely';
import type { Static } from 'typebox';
import type { Tx } from '../db/as.ts';
import { AppError } from '../errors.ts';
import { dayIn, nextFew, type Recurrence } from './occurrences.ts';
import type { Schedule, StartPage } from './schemas.ts';

type Item = Static<typeof Schedule>;
interface Row extends Omit<Item, 'next' | 'from' | 'lastAt' | 'skippedAt'>, Recurrence {
  lastAt: Date | null;
  skippedAt: Date | null;
}

const shown = 5;

export async function listSchedules(tx: Tx, now: Date): Promise<Item[]> {
  const { rows } = await sql<Row>`
    select s.id, s.flow, f.title, s.starter, s.rrule, s.dtstart, s.zone, s.on_holiday as "onHoliday", s.paused, s.skipped,
      s.last_at as "lastAt", s.skipped_at as "skippedAt",
      case when s.community_id is not null then json_build_object('id', s.community_id, 'name', coalesce(c.name, '')) end as community
    from schedule s join flow f on f.key = s.flow left join record.community c on c.id = s.community_id
    order by s.flow, s.starter, c.name, s.id`.execute(tx);
  const holidays = await readHolidays(tx, now);
  return rows.map(({ dtstart, lastAt, skippedAt, ...row }) => ({
    ...row,
    from: dtstart,
    lastAt: lastAt?.toISOString() ?? null,
    skippedAt: skippedAt?.toISOString() ?? null,
    next: comingOf({ ...row, dtstart }, now, row.onHoliday === 'skip' ? holidays : new Set()),
  }));
}

async function readHolidays(tx: Tx, now: Date): Promise<Set<string>> {
  const { rows } = await sql<{ day: string }>`
    select date::text as day from record.holiday where kind = 'holiday' and deleted_at is null and date >= ${now}::timestamptz::date - 1`.execute(
    tx,
  );
  return new Set(rows.map(({ day }) => day));
}

/** Some more than are shown, because a long holiday may hide a week of them. */
function comingOf(recurrence: Recurrence, now: Date, holidays: ReadonlySet<string>): string[] {
  const found = nextFew(recurrence, now, holidays.size === 0 ? shown : shown + 20);
  const coming = found.filter((at) => !holidays.has(dayIn(recurrence.zone, at)));
  return coming.slice(0, shown).map((at) => at.toISOString());
}

/** Of one that the person may act on. @throws AppError not_found, forbidden */
export async function assertMayManage(tx: Tx, table: 'schedule' | 'automatic_start', id: string): Promise<void> {
  const { rows } = await sql<{ may: boolean }>`
    select community_id in (select my_communities('automation.manage')) or may('automation.manage') as may
    from ${sql.table(table)} where id = ${id}`.execute(tx);
  const [row] = rows;
  if (row === undefined) throw new AppError('not_found', 404);
  if (!row.may) throw new AppError('forbidden', 403, { verb: 'automation.manage' });
}

interface StartFilter {
  state?: string;
  before?: string;
  limit: number;
}
type StartRow = Static<typeof StartPage>['items'][number];

/** Newest first, up to `limit + 1`. */
export async function listStarts(tx: Tx, { state, before, limit }: StartFilter): Promise<StartRow[]> {
  const { rows } = await sql<Omit<StartRow, 'createdAt' | 'endedAt'> & { createdAt: Date; endedAt: Date | null }>`
    select a.id, a.flow, f.title, a.starter, a."by", a.community_id as community, a.key, a.state, a.error, a.attempts,
      a.created_at as "createdAt", a.ended_at as "endedAt"
    from automatic_start a left join flow f on f.key = a.flow
    where (${state ?? null}::text is null or a.state = ${state ?? null})
      and (${before ?? null}::uuid is null or (a.created_at, a.id) < (select b.created_at, b.id from automatic_start b where b.id = ${before ?? null}::uuid))
    order by a.created_at desc, a.id desc limit ${limit + 1}`.execute(tx);
  return rows.map((row) => ({
    ...row,
    createdAt: row.createdAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
  }));
}
