/**
 * Brings the tables of what starts cases into line with the current versions of all flows: schedules in every community, triggers on the
 * tables of records. Publishing does it in its own transaction; a worker again and again, because communities come, go and move.
 */
import { sql } from 'kysely';
import { toColumn } from '../../forms/names.ts';
import type { Flow, Starter } from '../../workflows/engine/flow.gen.ts';
import { durationMs } from '../../workflows/engine/duration.ts';
import type { Db, Tx } from '../db/as.ts';
import { loadForm } from '../db/records/form-store.ts';
import { nextAfter } from './occurrences.ts';

interface Placed<By extends Starter['by']> {
  flow: Flow;
  starter: Extract<Starter, { by: By }>;
}
const lock = 7_203_120;
/** As flow.schema.json says. */
const usualCatchUp = 'P1D';

/** As guanjia_owner. */
export function reconcileAll(adminDb: Db, now = new Date()): Promise<void> {
  return adminDb.transaction().execute((tx) => reconcileStarts(tx, now));
}

export async function reconcileStarts(tx: Tx, now = new Date()): Promise<void> {
  await sql`select pg_advisory_xact_lock(${lock})`.execute(tx);
  const { rows } = await sql<{ definition: Flow }>`
    select v.definition from flow f join flow_version v on v.flow = f.key and v.version = f.current_version
    where v.definition #> '{start,on}' is not null order by f.key`.execute(tx);
  const flows = rows.map(({ definition }) => definition);
  await reconcileSchedules(tx, placed(flows, 'schedule'), now);
  await reconcileTriggers(tx, placed(flows, 'record'));
}

function placed<By extends Starter['by']>(flows: Flow[], by: By): Placed<By>[] {
  return flows.flatMap((flow) =>
    (flow.start.on ?? []).flatMap((starter) =>
      starter.by === by ? [{ flow, starter: starter as Extract<Starter, { by: By }> }] : [],
    ),
  );
}

interface Place {
  id: string | null;
  code: string | null;
  zone: string;
}

async function reconcileSchedules(tx: Tx, schedules: Placed<'schedule'>[], now: Date): Promise<void> {
  const wanted: { id: string }[] = [];
  const communities = schedules.length === 0 ? [] : await readCommunities(tx);
  for (const { flow, starter } of schedules)
    for (const place of await placesOf(tx, { flow, starter }, communities))
      wanted.push(await keepSchedule(tx, { flow, starter, place, now }));
  const kept = wanted.map(({ id }) => id);
  await sql`delete from schedule where id <> all (${kept}::uuid[])`.execute(tx);
}

async function readCommunities(tx: Tx): Promise<Place[]> {
  const { rows } = await sql<Place>`
    select id, code, time_zone as zone from record.community where deleted_at is null order by id`.execute(tx);
  return rows;
}

/** A form that belongs to no community is filled once, for the company. */
async function placesOf(tx: Tx, { flow, starter }: Placed<'schedule'>, communities: Place[]): Promise<Place[]> {
  const form = await loadForm(tx, flow.form);
  if (form.local !== true) return [{ id: null, code: null, zone: 'Asia/Shanghai' }];
  const { communities: codes } = starter;
  return codes === undefined ? communities : communities.filter(({ code }) => code !== null && codes.includes(code));
}

interface Keeping extends Placed<'schedule'> {
  place: Place;
  now: Date;
}

/** A rule that is as it was keeps its next occurrence: one that is due is not lost. */
async function keepSchedule(tx: Tx, { flow, starter, place, now }: Keeping): Promise<{ id: string }> {
  const { rrule, from, onHoliday = 'run', catchUp = usualCatchUp } = starter;
  const next = nextAfter({ rrule, dtstart: from, zone: place.zone }, now);
  const { rows } = await sql<{ id: string }>`
    insert into schedule as s (flow, starter, community_id, rrule, dtstart, zone, on_holiday, catch_up_seconds, next_at)
    values (${flow.key}, ${starter.id}, ${place.id}, ${rrule}, ${from}, ${place.zone}, ${onHoliday},
      ${Math.round(durationMs(catchUp) / 1000)}, ${next})
    on conflict (flow, starter, community_id) do update set rrule = excluded.rrule, dtstart = excluded.dtstart, zone = excluded.zone,
      on_holiday = excluded.on_holiday, catch_up_seconds = excluded.catch_up_seconds,
      next_at = case when (s.rrule, s.dtstart, s.zone) = (excluded.rrule, excluded.dtstart, excluded.zone) then s.next_at else excluded.next_at end
    returning id`.execute(tx);
  const [row] = rows;
  if (row === undefined) throw new Error('insert gave no id');
  return row;
}

async function reconcileTriggers(tx: Tx, starters: Placed<'record'>[]): Promise<void> {
  await sql`delete from record_starter`.execute(tx);
  for (const { flow, starter } of starters) {
    const form = await loadForm(tx, starter.form);
    const columns = starter.changes?.flatMap((name) =>
      (form.byName.get(name)?.columns ?? []).map((column) => column.name),
    );
    await sql`insert into record_starter (flow, starter, form, table_name, event, columns)
      values (${flow.key}, ${starter.id}, ${form.key}, ${toColumn(form.key)}, ${starter.event}, ${columns ?? null}::text[])`.execute(
      tx,
    );
  }
  await placeTriggers(tx);
}

/** Only where something changes: making one waits for whoever writes to the table. */
async function placeTriggers(tx: Tx): Promise<void> {
  const { rows } = await sql<{ table: string; wanted: boolean }>`
    select coalesce(s.table_name, t.relname) as table, s.table_name is not null as wanted
    from (select distinct table_name from record_starter) s
    full join (select c.relname from pg_trigger g join pg_class c on c.oid = g.tgrelid join pg_namespace n on n.oid = c.relnamespace
      where g.tgname = 'start_on_record' and n.nspname = 'record') t on t.relname = s.table_name
    where s.table_name is null or t.relname is null`.execute(tx);
  if (rows.length === 0) return;
  await sql`set local role guanjia_publisher`.execute(tx);
  for (const { table, wanted } of rows) {
    const on = sql.id('record', table);
    await (
      wanted
        ? sql`create trigger start_on_record after insert or update on ${on} for each row execute function public.start_on_record()`
        : sql`drop trigger start_on_record on ${on}`
    ).execute(tx);
  }
  await sql`set local role none`.execute(tx);
}
