/** The rows of one step, in one transaction, as Guanjia writes them: record, case, command, tasks, log, readers, notification. */
import { sql } from 'kysely';
import type { Db } from '../../server/db/as.ts';

export interface Move {
  caseId: string;
  command: string;
  actor: string;
  step: 'start' | 'hand_out' | 'run';
  assignee: string | null;
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
      db.transaction().execute(async (tx) => {
        const { caseId, command, actor, step, rev, at } = write;
        const opens = next[step];
        const task = opens === null ? null : `${caseId}-${rev}`;
        const when = new Date(at);
        await sql`select set_config('role', 'guanjia_engine', true)`.execute(tx);
        if (step === 'start') await insertCase(write);
        else await sql`update record.errand set note = ${step}, updated_by = ${actor} where id = ${caseId}`.execute(tx);
        await sql`
          with c as (update "case" set status = ${opens === null ? 'completed' : 'running'}, applied_rev = ${rev}, seen_rev = ${rev},
              row_rev = ${rev}, last_n = ${rev}, position = ${opens === null ? [] : [opens]}::text[], updated_at = now() where id = ${caseId}),
          d as (update task set state = 'done', closed_by = ${actor}, closed_at = ${when}, outcome = 'done', rev = ${rev}
            where case_id = ${caseId} and state = 'open'),
          t as (insert into task (id, case_id, flow, step, kind, state, assignee, pool, assignment, opened_at, opened_rev, rev)
            select ${task}, ${caseId}, 'errand', ${opens}, 'userTask', 'open', ${write.assignee}::uuid, ${write.assignee === null ? 'dispatcher' : null},
              1, ${when}, ${rev}, ${rev} where ${task}::text is not null),
          r as (insert into case_reader (case_id, person_id, why) values (${caseId}, ${actor}, 'holder') on conflict do nothing),
          n as (insert into notification (person_id, case_id, task_id, kind, dedupe)
            select ${write.assignee}::uuid, ${caseId}, ${task}, 'task_opened', ${`${caseId}:${rev}`} where ${write.assignee}::uuid is not null
            on conflict do nothing),
          m as (insert into command (id, case_id, n, kind, actor, args, flow_version, state)
            values (${command}, ${caseId}, ${rev}, ${step}, ${actor}, '{}', 1, 'done') on conflict do nothing)
          insert into case_event (case_id, rev, at, type, step, actor, command_id, data, entry, flow_version, form_version)
          values (${caseId}, ${rev}, ${when}, 'task_completed', ${step}, ${actor}, ${command}, '{}', '{}', 1, 1)
          on conflict do nothing`.execute(tx);
        return task;

        async function insertCase({ caseId: id, actor: by }: Write): Promise<void> {
          await sql`insert into record.errand (id, form_version, created_by, updated_by, what, number)
            values (${id}, 1, ${by}, ${by}, 'Fetch', ${id}) on conflict do nothing`.execute(tx);
          await sql`insert into "case" (id, number, flow, flow_version, form, form_version, initiator, title, status)
            values (${id}, ${id}, 'errand', 1, 'errand', 1, ${by}, 'Fetch', 'running') on conflict do nothing`.execute(
            tx,
          );
        }
      }),
  };
}
