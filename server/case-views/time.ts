/**
 * Whose the time of tasks was, up to now: the stretches that are over, and the one that goes on. The engine counts what nobody was assigned
 * for the pool; who had taken it meanwhile stands in the claims, so that time goes to them here.
 */
import { sql, type RawBuilder } from 'kysely';
import type { Static } from 'typebox';
import type { Calendar } from '../../workflows/engine/calendar/calendar.gen.ts';
import { reckonerOf, type Reckoner } from '../../workflows/engine/calendar/reckoner.ts';
import { workingTimesOf } from '../../workflows/engine/calendar/working-times.ts';
import type { Tx } from '../db/as.ts';
import type { TaskTime } from '../tasks/time-schemas.ts';

type Time = Static<typeof TaskTime>;

/** Of a whole case, or of one of its tasks. */
interface Asked {
  caseId: string;
  taskId?: string | null;
}
interface Sum {
  party: Time['party'];
  seconds: number;
  /** Null: none of it has a calendar. */
  working: number | null;
}
/** What somebody had claimed of a pool's stretch. */
interface Claimed {
  /** Epoch ms. */
  from: number;
  to: number;
  /** That the stretch was counted by; null: by the clock on the wall. */
  calendar: string | null;
  version: number | null;
}

/**
 * Of all tasks of a case that the reader may see, or of one. A pool's task is the pool's until somebody takes it, then that person's;
 * what goes on is told by the clock on the wall alone.
 */
export async function readTime(tx: Tx, asked: Asked): Promise<Time[]> {
  const sums = new Map((await readSums(tx, asked)).map((sum) => [sum.party, sum]));
  const claimed = sums.has('pool') ? await readClaimed(tx, asked) : [];
  const reckoners = await readReckoners(tx, asked.caseId, claimed);
  for (const each of claimed) {
    const { from, to } = each;
    const working = reckoners.get(nameOf(each))?.between(from, to);
    move(sums, { seconds: (to - from) / 1000, working: working === undefined ? null : working / 1000 });
  }
  return [...sums.values()]
    .filter(({ seconds }) => Math.round(seconds * 1000) > 0)
    .sort((a, b) => b.seconds - a.seconds || (a.party < b.party ? -1 : 1))
    .map(({ party, seconds, working }) => ({
      party,
      minutes: Math.round(seconds / 60),
      workingMinutes: working === null ? null : Math.round(working / 60),
    }));
}

function stretches({ caseId, taskId = null }: Asked): RawBuilder<unknown> {
  return sql`
    select s.task_id, s.party, s.from_at, s.to_at, s.working_ms, s.calendar, s.calendar_version
    from task_time s where s.case_id = ${caseId} and (${taskId}::text is null or s.task_id = ${taskId})
    union all
    select t.id, case when k.status = 'suspended' then 'suspended' when t.waiting_for is not null then t.waiting_for
        when t.assignee is null then 'pool' else 'holder' end,
      coalesce((select max(s.to_at) from task_time s where s.task_id = t.id), t.opened_at), now(), null, null, null
    from task t join "case" k on k.id = t.case_id
    where t.case_id = ${caseId} and t.state in ('open', 'completing') and (${taskId}::text is null or t.id = ${taskId})`;
}

async function readSums(tx: Tx, asked: Asked): Promise<Sum[]> {
  const { rows } = await sql<Sum>`
    select party, sum(greatest(0, extract(epoch from to_at - from_at)))::float as seconds, sum(working_ms / 1000.0)::float as working
    from (${stretches(asked)}) s group by party`.execute(tx);
  return rows;
}

/** Where it is not known by which calendar a stretch was counted, all of it stays the pool's. */
async function readClaimed(tx: Tx, asked: Asked): Promise<Claimed[]> {
  const { rows } = await sql<Claimed>`
    select extract(epoch from x.from_at)::float * 1000 as from, extract(epoch from x.to_at)::float * 1000 as to, x.calendar, x.version
    from (
      select greatest(s.from_at, c.from_at) as from_at, least(s.to_at, c.to_at) as to_at, s.calendar, s.calendar_version as version
      from (${stretches(asked)}) s join task_claim c on c.task_id = s.task_id
      where s.party = 'pool' and (s.working_ms is null or s.calendar is not null)) x
    where x.from_at < x.to_at`.execute(tx);
  return rows;
}

/** The calendars as they were then, by name. */
async function readReckoners(tx: Tx, caseId: string, claimed: readonly Claimed[]): Promise<Map<string, Reckoner>> {
  const names = [...new Set(claimed.filter(({ calendar }) => calendar !== null).map(nameOf))];
  if (names.length === 0) return new Map();
  const { rows } = await sql<{ version: number; definition: Calendar; zone: string }>`
    select v.version, v.definition, community_zone(k.community_id) as zone from calendar_version v, "case" k
    where v.calendar || ' ' || v.version = any (${names}::text[]) and k.id = ${caseId}`.execute(tx);
  return new Map(
    rows.map(({ version, definition, zone }) => [
      nameOf({ calendar: definition.key, version }),
      reckonerOf(workingTimesOf(definition, version), zone),
    ]),
  );
}

function nameOf({ calendar, version }: Pick<Claimed, 'calendar' | 'version'>): string {
  return `${calendar} ${version}`;
}

/** From the pool to whoever held it. */
function move(sums: Map<Sum['party'], Sum>, { seconds, working }: Omit<Sum, 'party'>): void {
  const pool = sums.get('pool');
  if (pool === undefined) return;
  const holder = sums.get('holder') ?? { party: 'holder', seconds: 0, working: null };
  sums.set('holder', { ...holder, seconds: holder.seconds + seconds, working: plus(holder.working, working) });
  sums.set('pool', {
    ...pool,
    seconds: pool.seconds - seconds,
    working: plus(pool.working, working === null ? null : -working),
  });
}

function plus(sum: number | null, more: number | null): number | null {
  return more === null ? sum : (sum ?? 0) + more;
}
