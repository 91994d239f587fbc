/** Whose the time of tasks was, up to now: the stretches that are over, and the one that goes on. */
import { sql } from 'kysely';
import type { Static } from 'typebox';
import type { Tx } from '../db/as.ts';
import type { TaskTime } from '../tasks/time-schemas.ts';

type Time = Static<typeof TaskTime>;

/**
 * Of all tasks of a case that the reader may see, or of one. A pool's task is the pool's until somebody takes it, then that person's;
 * what goes on is told by the clock on the wall alone.
 */
export async function readTime(
  tx: Tx,
  { caseId, taskId = null }: { caseId: string; taskId?: string | null },
): Promise<Time[]> {
  const { rows } = await sql<{ party: Time['party']; seconds: number; working: number | null }>`
    with told as (
      select s.party, extract(epoch from s.to_at - s.from_at) as seconds, s.working_ms / 1000.0 as working
      from task_time s where s.case_id = ${caseId} and (${taskId}::text is null or s.task_id = ${taskId})
      union all
      select case when k.status = 'suspended' then 'suspended' when t.waiting_for is not null then t.waiting_for
          when t.holder is null then 'pool' else 'holder' end,
        greatest(0, extract(epoch from now() - coalesce((select max(s.to_at) from task_time s where s.task_id = t.id), t.opened_at))), null
      from task t join "case" k on k.id = t.case_id
      where t.case_id = ${caseId} and t.state in ('open', 'completing') and (${taskId}::text is null or t.id = ${taskId}))
    select party, sum(seconds)::float as seconds, sum(working)::float as working from told group by party
    having sum(seconds) > 0 order by sum(seconds) desc, party`.execute(tx);
  return rows.map(({ party, seconds, working }) => ({
    party,
    minutes: Math.round(seconds / 60),
    workingMinutes: working === null ? null : Math.round(working / 60),
  }));
}
