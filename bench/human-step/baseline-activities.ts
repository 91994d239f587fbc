/**
 * The rows of one step, in one transaction, as Guanjia writes them: record, case, command, tasks with the time they took, log, readers,
 * notifications. Temporal may run an activity twice, so every insert does nothing the second time.
 */
import { sql } from 'kysely';
import { asEngine, type Db, type Tx } from '../../server/db/as.ts';

export interface Move {
  caseId: string;
  command: string;
  actor: string;
  step: 'start' | 'hand_out' | 'run';
  assignee: string | null;
  /** The request's Idempotency-Key and the hash that knows it again, in hexadecimal. */
  key: string;
  requestHash: string;
}
interface Write extends Move {
  rev: number;
  at: number;
}
export interface BaselineActivities {
  /** Id of the next task, null at the end. */
  writeRows(write: Write): Promise<string | null>;
}

const next = { start: 'hand_out', hand_out: 'run', run: null } as const;

export function createActivities(db: Db): BaselineActivities {
  return {
    writeRows: (write) =>
      asEngine(db, async (tx) => {
        const { caseId, command, actor, step, rev, at } = write;
        const opens = next[step];
        const task = opens === null ? null : `${caseId}-${rev}`;
        const when = new Date(at);
        if (step === 'start') await insertCase(tx, write);
        else if (step === 'hand_out')
          await sql`update record.errand set note = ${step}, runner = ${write.assignee}, updated_by = ${actor} where id = ${caseId}`.execute(
            tx,
          );
        await sql`
          with c as (update "case" set status = ${opens === null ? 'completed' : 'running'}, applied_rev = ${rev}, seen_rev = ${rev},
              row_rev = ${rev}, last_n = ${rev}, position = ${opens === null ? [] : [opens]}::text[], updated_at = now() where id = ${caseId}),
          d as (update task set state = 'done', closed_by = ${actor}, closed_at = ${when}, outcome = 'done', rev = ${rev}
            where case_id = ${caseId} and state = 'open' and opened_rev < ${rev} returning id, step, assignee, opened_at),
          s as (insert into task_time (task_id, rev, case_id, step, party, person_id, from_at, to_at)
            select id, ${rev}, ${caseId}, step, case when assignee is null then 'pool' else 'holder' end, assignee, opened_at, ${when} from d
            on conflict do nothing),
          t as (insert into task (id, case_id, flow, step, kind, state, assignee, pool, assignment, opened_at, opened_rev, rev)
            select ${task}, ${caseId}, 'errand', ${opens}, 'userTask', 'open', ${write.assignee}::uuid, ${write.assignee === null ? 'dispatcher' : null},
              1, ${when}, ${rev}, ${rev} where ${task}::text is not null on conflict do nothing),
          r as (insert into case_reader (case_id, person_id, why) values (${caseId}, ${actor}, 'holder') on conflict do nothing),
          n as (insert into notification (person_id, case_id, task_id, kind, dedupe)
            select ${write.assignee}::uuid, ${caseId}, ${task}, 'task_opened', ${`${caseId}:${rev}`} where ${write.assignee}::uuid is not null
            union all
            select initiator, id, null, 'case_completed', ${`${caseId}:${rev}`} from "case" where id = ${caseId} and ${task}::text is null
            on conflict do nothing),
          m as (insert into command (id, case_id, n, kind, actor, idempotency_key, route, request_hash, args, flow_version, state)
            values (${command}, ${caseId}, ${rev}, ${step}, ${actor}, ${write.key}, 'bench', decode(${write.requestHash}, 'hex'), '{}', 1, 'done')
            on conflict do nothing)
          insert into case_event (case_id, rev, at, type, step, actor, command_id, data, entry, flow_version, form_version)
          values (${caseId}, ${rev}, ${when}, 'task_completed', ${step}, ${actor}, ${command}, '{}', '{}', 1, 1)
          on conflict do nothing`.execute(tx);
        return task;
      }),
  };
}

async function insertCase(tx: Tx, { caseId: id, actor: by }: Write): Promise<void> {
  await sql`
    with s as (insert into number_series as s (key, value) values ('bench', 1)
      on conflict (key) do update set value = s.value + 1 returning 'B-' || value as number),
    r as (insert into record.errand (id, form_version, created_by, updated_by, what, number)
      select ${id}::uuid, 1, ${by}::uuid, ${by}::uuid, 'Fetch', number from s on conflict do nothing)
    insert into "case" (id, number, flow, flow_version, form, form_version, initiator, title, status)
    select ${id}, number, 'errand', 1, 'errand', 1, ${by}, 'Fetch', 'running' from s on conflict do nothing`.execute(
    tx,
  );
}
