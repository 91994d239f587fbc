/** After the drills: where each case stands, and how often whatever happened by itself took effect. */
import { sql } from 'kysely';
import type { Db } from '../../server/db/as.ts';
import type { PlannedEnd } from './drills.ts';

/** What the rows say of every case, in the shape of the plans' ends. */
export async function readEnds(adminDb: Db): Promise<PlannedEnd[]> {
  const { rows } = await sql<PlannedEnd>`
    select c.id as "caseId", c.status, c.outcome,
      array(select step from task t where t.case_id = c.id and t.state = 'open' order by step) as open,
      coalesce((select json_object_agg(type, n) from (
        select type, count(*)::int as n from case_event e where e.case_id = c.id and e.command_id is null
          and type not in ('people_resolved') group by type) x), '{}') as happened,
      coalesce((select json_object_agg(kind, n) from (
        select kind, count(*)::int as n from record.drill_mark m join record.drill r on r.note = m.what
         where r.id = c.id group by kind) x), '{}') as marks
    from "case" c`.execute(adminDb);
  return rows.sort(byCase);
}

export const byCase = (a: { caseId: string }, b: { caseId: string }): number => (a.caseId < b.caseId ? -1 : 1);

/** Messages and signals by what became of them and how many cases took them. */
export async function readMessages(adminDb: Db, kind: 'message' | 'signal'): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; became: string }>`
    select m.id, m.state || ' by ' || (select count(*) from message_delivery d
      where d.message_id = m.id and d.state = 'taken') as became from message m where kind = ${kind}`.execute(adminDb);
  return new Map(rows.map(({ id, became }) => [id, became]));
}

/** Called cases that are over, but did not tell their end exactly once to a case that waits, or told more than one. */
export async function findUntold(adminDb: Db): Promise<unknown[]> {
  const { rows } = await sql`
    select l.child, k.status, (select count(*)::int from call_notice n where n.child = l.child and n.kind = 'ended') as told,
      (select count(*)::int from case_event e where e.case_id = l.parent and e.type = 'child_ended'
        and (e.data ->> 'effect')::int = l.effect) as heard
    from case_call l left join "case" k on k.id = l.child
    where k.id is null
      or (select count(*) from call_notice n where n.child = l.child and n.kind = 'ended')
        <> case when k.status in ('completed', 'cancelled') then 1 else 0 end
      or (select count(*) from case_event e where e.case_id = l.parent and e.type = 'child_ended'
        and (e.data ->> 'effect')::int = l.effect) <> case when k.status = 'completed' then 1 else 0 end`.execute(
    adminDb,
  );
  return rows;
}
