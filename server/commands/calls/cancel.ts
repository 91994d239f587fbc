/**
 * Cancels called cases that nobody waits for any more: one command each, written in the transaction that notes it, and driven like any other.
 * One that is about to begin gets it behind its start; one that somebody cancels already is left to that.
 */
import { sql } from 'kysely';
import { asEngine, type Db } from '../../db/as.ts';

const atOnce = 50;

/** The sweep drives what this writes. Gives how many cases are cancelled. */
export function cancelGivenUp(db: Db): Promise<number> {
  return asEngine(db, async (tx) => {
    const { rows } = await sql<{ count: number }>`
      with x as materialized (
        select l.child from case_call l join "case" k on k.id = l.child
        where l.cancel_at is not null and l.cancelled_at is null and k.status <> 'cancelling'
        order by l.cancel_at limit ${atOnce} for no key update of l, k skip locked),
      c as (
        update "case" k set last_n = last_n + 1 from x where k.id = x.child and k.status in ('starting', 'running', 'suspended')
        returning k.id, k.last_n, k.flow_version),
      m as (
        insert into command (case_id, n, kind, actor, args, flow_version)
        select id, last_n, 'cancel', null, '{}', flow_version from c returning case_id),
      d as (update case_call l set cancelled_at = now() from x where l.child = x.child)
      select count(*)::int as count from m`.execute(tx);
    return rows[0]?.count ?? 0;
  });
}
