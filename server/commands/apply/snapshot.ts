/**
 * Heals the rows of a case from the engine's own picture (protocol.md rule 5): tasks and the case row, never the log, never the record.
 * Guarded by rev like a delta, so that a snapshot that is already old changes nothing newer.
 */
import { sql, type RawBuilder } from 'kysely';
import type { Snapshot } from '../../../workflows/engine/types.ts';
import { inCase, type Db } from '../../db/as.ts';
import { sendHints } from '../../db/hint.ts';
import { keepAwaits } from '../messages/awaits.ts';

/** How many rows it changed. */
export function applySnapshot(db: Db, caseId: string, snapshot: Snapshot): Promise<number> {
  const { rev } = snapshot;
  const tasks = toRows(snapshot);
  const ids = tasks.map(({ id }) => id);
  return inCase(db, caseId, async (tx) => {
    const { rows } = await sql<{ id: string; holder: string | null; pool: string | null }>`
      with gone as (
        update task set state = 'cancelled', closed_at = now(), rev = ${rev}, command_id = null, paused_at = null, paused_until = null
        where case_id = ${caseId} and state in ('open', 'completing') and rev <= ${rev} and id <> all (${ids}::text[])
        returning id, holder, pool),
      back as (${openAgain(caseId, rev, tasks)}),
      readers as (
        insert into case_reader (case_id, person_id, why)
        select ${caseId}::uuid, x.assignee, 'holder' from json_to_recordset(${JSON.stringify(tasks)}::json) as x (assignee uuid)
        where x.assignee is not null on conflict do nothing),
      c as (
        update "case" set status = ${snapshot.case.status}, outcome = ${snapshot.case.outcome}, position = ${snapshot.case.position}::text[],
          incidents = ${JSON.stringify(snapshot.case.incidents)}::jsonb
            || coalesce((select jsonb_agg(i) from jsonb_array_elements(incidents) i where (i ->> 'id')::int < 0), '[]'),
          row_rev = ${rev}, flow_version = ${snapshot.flowVersion}, updated_at = now(),
          ended_at = case when ${snapshot.case.status} in ('completed', 'cancelled') then coalesce(ended_at, now()) end
        where id = ${caseId} and row_rev < ${rev})
      select * from gone union all select * from back`.execute(tx);
    if (snapshot.case.awaits !== undefined)
      await keepAwaits(tx, caseId, { awaits: snapshot.case.awaits, at: Date.now() });
    sendHints(
      tx,
      rows.map(({ id, holder, pool }) => ({
        kind: 'task',
        caseId,
        taskId: id,
        persons: holder === null ? [] : [holder],
        pools: pool === null ? [] : [{ role: pool, communityId: null }],
      })),
    );
    return rows.length;
  });
}

/** Rows that should be open, and are not or not as the engine has them. */
function openAgain(caseId: string, rev: number, tasks: ReturnType<typeof toRows>): RawBuilder<unknown> {
  return sql`
    insert into task as t (id, case_id, flow, step, kind, state, community_id, assignee, pool, assignment, due_at, opened_at, opened_rev,
      rev, returned_by, explanation, outcomes, paused_at, paused_until, waiting_for, due_by, never)
    select x.id, k.id, k.flow, x.step, x.kind, 'open', k.community_id, x.assignee, x.pool, x.assignment, x.due_at, now(), ${rev}, ${rev},
      x.returned_by, x.explanation, case when json_typeof(x.outcomes) = 'array' then array(select json_array_elements_text(x.outcomes)) end,
      x.paused_at, x.paused_until, x.waiting_for, x.due_by, array(select json_array_elements_text(x.never))::uuid[]
    from json_to_recordset(${JSON.stringify(tasks)}::json) as x (id text, step text, kind text, assignee uuid, pool text,
      assignment int, due_at timestamptz, returned_by uuid, explanation jsonb, outcomes json, paused_at timestamptz,
      paused_until timestamptz, waiting_for text, due_by jsonb, never json), "case" k where k.id = ${caseId}
    on conflict (id) do update set state = case when t.state = 'completing' then t.state else 'open' end, step = excluded.step,
      kind = excluded.kind, assignee = excluded.assignee, pool = excluded.pool, assignment = excluded.assignment,
      due_at = excluded.due_at, outcomes = excluded.outcomes, paused_at = excluded.paused_at,
      paused_until = excluded.paused_until, waiting_for = excluded.waiting_for, due_by = excluded.due_by, never = excluded.never, rev = excluded.rev, explanation = excluded.explanation, closed_at = null, closed_by = null, outcome = null,
      claimed_by = case when t.assignment = excluded.assignment then t.claimed_by end,
      claimed_at = case when t.assignment = excluded.assignment then t.claimed_at end
    where t.rev <= excluded.rev and (t.state not in ('open', 'completing') or t.assignment <> excluded.assignment
      or t.outcomes is distinct from excluded.outcomes or t.paused_until is distinct from excluded.paused_until
      or t.due_at is distinct from excluded.due_at or t.never <> excluded.never)
    returning id, holder, pool`;
}

function toRows({ tasks }: Snapshot) {
  return tasks.map(({ task, dueAt, pausedAt, pausedUntil, waitingFor, dueBy, ...rest }) => ({
    ...rest,
    id: task,
    due_at: instant(dueAt),
    paused_at: instant(pausedAt),
    paused_until: instant(pausedUntil),
    waiting_for: waitingFor ?? null,
    due_by: dueBy ?? null,
    returned_by: rest.returnedBy,
  }));
}

function instant(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
