/**
 * Occurrences that have come: each puts one start into the table under an id of its own (flow, start, community, instant) and moves its
 * schedule on, in one transaction, so that it starts exactly one case in any number of workers. Those that are older than the schedule may
 * catch up, and those on a holiday where the flow says so, are skipped and counted.
 */
import { sql } from 'kysely';
import { asEngine, type Db, type Tx } from '../db/as.ts';
import { dayIn, nextAfter, type Recurrence } from './occurrences.ts';
import { startId } from './start-id.ts';

interface Due extends Recurrence {
  id: string;
  flow: string;
  starter: string;
  communityId: string | null;
  onHoliday: 'run' | 'skip';
  catchUpSeconds: number;
  nextAt: Date;
}
const atOnce = 50;

/** Gives how many occurrences were handled. */
export function runSchedules(db: Db, now = new Date()): Promise<number> {
  return asEngine(db, async (tx) => {
    const { rows } = await sql<Due>`
      select id, flow, starter, community_id as "communityId", rrule, dtstart, zone, on_holiday as "onHoliday",
        catch_up_seconds as "catchUpSeconds", next_at as "nextAt"
      from schedule where next_at <= ${now} and not paused order by next_at limit ${atOnce} for update skip locked`.execute(
      tx,
    );
    for (const due of rows) await handle(tx, due, now);
    return rows.length;
  });
}

async function handle(tx: Tx, due: Due, now: Date): Promise<void> {
  const isLate = now.getTime() - due.nextAt.getTime() > due.catchUpSeconds * 1000;
  const isSkipped = isLate || (due.onHoliday === 'skip' && (await isHoliday(tx, dayIn(due.zone, due.nextAt))));
  if (!isSkipped) await addOccurrence(tx, due, due.nextAt);
  // After a long stop the occurrences that are too late are not gone through one by one.
  const from = isLate ? new Date(now.getTime() - due.catchUpSeconds * 1000 - 1) : due.nextAt;
  await sql`update schedule set next_at = ${nextAfter(due, from)},
      last_at = case when ${isSkipped} then last_at else next_at end, skipped = skipped + ${isSkipped ? 1 : 0}::int,
      skipped_at = case when ${isSkipped} then next_at else skipped_at end where id = ${due.id}`.execute(tx);
}

async function isHoliday(tx: Tx, day: string): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`
    select exists (select from record.holiday where date = ${day}::date and kind = 'holiday' and deleted_at is null) as found`.execute(
    tx,
  );
  return rows[0]?.found === true;
}

type Occurring = Pick<Due, 'flow' | 'starter' | 'communityId' | 'zone'>;

/** Gives the id of the case it starts. */
async function addOccurrence(tx: Tx, { flow, starter, communityId, zone }: Occurring, at: Date): Promise<string> {
  const id = startId([flow, starter, communityId ?? '', at.toISOString()]);
  await sql`insert into automatic_start (id, flow, starter, "by", source, community_id)
    values (${id}, ${flow}, ${starter}, 'schedule', ${JSON.stringify({ at: at.toISOString(), zone })}::jsonb, ${communityId})
    on conflict (id) do nothing`.execute(tx);
  return id;
}
