/**
 * The views of the inbox. Each is one query with a condition and an order of its own, and the counts use the very same conditions, so
 * that a number always equals its list. `started` and `cc` have one row a case.
 */
import { sql, type RawBuilder } from 'kysely';
import type { Static } from 'typebox';
import { pauseReason, selectTaskItems, type TaskItemRow } from '../case-views/task-items.ts';
import { decodeCursor, isInstant, isText, orNull } from '../cursor.ts';
import type { Tx } from '../db/as.ts';
import type { TaskCounts, TaskView } from './schemas.ts';

export type View = Static<typeof TaskView>;

export interface ListFilter {
  view: View;
  community: string | null;
  cursor: string | undefined;
  limit: number;
}

const isMine = sql`t.holder = current_person() and t.state in ('open', 'completing')`;
const isPooled = sql`t.holder is null and not (current_person() = any (t.never)) and t.state in ('open', 'completing') and exists (select from my_roles() m
  where m.role = t.pool and (m.community_id is null or m.community_id = t.community_id))`;
const isDueToday = sql`(t.due_at at time zone community_zone(t.community_id))::date = (now() at time zone community_zone(t.community_id))::date`;
const conditions: Record<Exclude<View, 'started' | 'cc'>, RawBuilder<unknown>> = {
  mine: isMine,
  pool: isPooled,
  today: sql`${isMine} and ${isDueToday}`,
  overdue: sql`${isMine} and t.due_at < now()`,
  done: sql`t.closed_by = current_person() and t.state = 'done'`,
};

/** Up to `limit + 1` rows. @throws AppError invalid_cursor */
export async function findTasks(tx: Tx, filter: ListFilter): Promise<TaskItemRow[]> {
  const { rows } = await queryOf(filter).execute(tx);
  return rows;
}

/** Sort values of a row, for the cursor. */
export function cursorOf(view: View, row: TaskItemRow): [at: string | null, id: string] {
  if (view === 'done') return [row.closed_at?.toISOString() ?? null, row.id];
  if (view === 'started' || view === 'cc') return [row.opened_at.toISOString(), row.id];
  return [row.due_at?.toISOString() ?? null, row.id];
}

function queryOf({ view, community, cursor, limit }: ListFilter): RawBuilder<TaskItemRow> {
  const after = cursor === undefined ? undefined : readCursor(cursor);
  const here = community === null ? sql`true` : sql`c.community_id = ${community}`;
  switch (view) {
    case 'mine':
    case 'pool':
    case 'today':
    case 'overdue':
      return byDue(sql`${conditions[view]} and ${here}`, after, limit);
    case 'done':
      return sql<TaskItemRow>`${selectTaskItems} where ${conditions.done} and ${here}
        and ${before(sql`t.closed_at, t.id`, after)} order by t.closed_at desc, t.id desc limit ${limit + 1}`;
    case 'started':
      return sql<TaskItemRow>`${selectCases(sql`c.started_at`, sql`false`)} where c.initiator = current_person() and ${here}
        and ${before(sql`c.started_at, c.id::text`, after)} order by c.started_at desc, c.id desc limit ${limit + 1}`;
    case 'cc':
      return sql<TaskItemRow>`${selectCases(sql`q.added_at`, sql`q.read_at is null`)}
        join case_reader q on q.case_id = c.id and q.person_id = current_person() and q.why = 'cc' where ${here}
        and ${before(sql`q.added_at, c.id::text`, after)} order by q.added_at desc, c.id desc limit ${limit + 1}`;
    default:
      return view;
  }
}

interface After {
  at: string | null;
  id: string;
}

/** What has no due time comes last. */
function byDue(where: RawBuilder<unknown>, after: After | undefined, limit: number): RawBuilder<TaskItemRow> {
  const next =
    after === undefined
      ? sql`true`
      : sql`(coalesce(t.due_at, 'infinity'), t.id) > (${after.at ?? 'infinity'}::timestamptz, ${after.id})`;
  return sql<TaskItemRow>`${selectTaskItems} where ${where} and ${next} order by coalesce(t.due_at, 'infinity'), t.id limit ${limit + 1}`;
}

/** Newest first: what lies behind the cursor. */
function before(key: RawBuilder<unknown>, after: After | undefined): RawBuilder<unknown> {
  return after === undefined ? sql`true` : sql`(${key}) < (${after.at}::timestamptz, ${after.id})`;
}

/** A row that stands for a case: its first waiting step, and who holds it. */
function selectCases(at: RawBuilder<unknown>, unread: RawBuilder<unknown>): RawBuilder<TaskItemRow> {
  return sql<TaskItemRow>`
    select c.id::text as id, c.id as case_id, c.number, c.title as case_title, c.summary, c.flow, c.flow_version, c.position[1] as step, null as item_label,
      case when c.status = 'completed' then 'done' when c.status = 'cancelled' then 'cancelled' else 'open' end as state, c.initiator,
      i.display_name as initiator_name, w.holder, w.name as holder_name, w.pool, w.pool_title, c.community_id, ${at} as opened_at, w.due_at,
      c.ended_at as closed_at, c.outcome, false as returned, null as policy, null::uuid as for_id, null as for_name,
        ${unread} as unread,
      w.paused_at, w.paused_until, w.pause_reason, w.waiting_for, w.due_by, c.status = 'suspended' as suspended,
      (select k.title from calendar k where k.key = w.due_by ->> 'calendar') as calendar_title
    from "case" c join person i on i.id = c.initiator left join lateral (
      select t.holder, h.display_name as name, case when t.holder is null then t.pool end as pool,
        case when t.holder is null then r.title end as pool_title, t.due_at, t.paused_at, t.paused_until,
        ${pauseReason} as pause_reason, t.waiting_for, t.due_by
      from task t left join person h on h.id = t.holder left join role r on r.key = t.pool
      where t.case_id = c.id and t.state in ('open', 'completing') order by t.due_at, t.id limit 1) w on true`;
}

/** What the rail shows; `community` as in the lists. */
export async function countTasks(tx: Tx, community: string | null): Promise<Static<typeof TaskCounts>> {
  const here = community === null ? sql`true` : sql`t.community_id = ${community}`;
  // A copy's case is always visible, so only where the community matters is it looked at: row security makes that dear.
  const copiedHere =
    community === null ? sql`true` : sql`(select c.community_id from "case" c where c.id = q.case_id) = ${community}`;
  const count = (condition: RawBuilder<unknown>): RawBuilder<number> =>
    sql<number>`(select count(*)::int from task t where ${condition} and ${here})`;
  const { rows } = await sql<Static<typeof TaskCounts>>`
    select ${count(conditions.mine)} as mine, ${count(conditions.pool)} as pool, ${count(conditions.today)} as today,
      ${count(conditions.overdue)} as overdue,
      (select count(*)::int from case_reader q
        where q.person_id = current_person() and q.why = 'cc' and q.read_at is null and ${copiedHere}) as cc`.execute(
    tx,
  );
  const [counts] = rows;
  if (counts === undefined) throw new Error('counting gave no row');
  return counts;
}

function readCursor(cursor: string): After {
  const [at, id] = decodeCursor(cursor, orNull(isInstant), isText);
  return { at, id };
}
