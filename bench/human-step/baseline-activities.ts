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

const completed = { type: 'task_completed', why: 'holder' } as const;
/** What each step comes to. */
const moves = {
  start: {
    type: 'case_started',
    why: 'initiator',
    logged: null,
    outcome: null,
    opens: 'hand_out',
    notice: 'task_opened',
  },
  hand_out: { ...completed, logged: 'hand_out', outcome: 'handed_out', opens: 'run', notice: 'task_opened' },
  run: { ...completed, logged: 'run', outcome: 'done', opens: null, notice: 'case_completed' },
} as const;
const running = { status: 'running', outcome: null, endedAt: null };

export function createActivities(db: Db): BaselineActivities {
  return {
    writeRows: (write) =>
      asEngine(db, async (tx) => {
        if (write.step === 'start') await insertCase(tx, write);
        if (write.step === 'hand_out') await updateRecord(tx, write);
        return moveCase(tx, write);
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

async function updateRecord(tx: Tx, { caseId, assignee, actor }: Write): Promise<void> {
  await sql`update record.errand set note = 'soon', runner = ${assignee}, updated_by = ${actor} where id = ${caseId}`.execute(
    tx,
  );
}

/** Id of the task that is open now. */
async function moveCase(tx: Tx, write: Write): Promise<string | null> {
  const { caseId, command, actor, step, rev, at, assignee } = write;
  const { type, why, logged, outcome, opens, notice } = moves[step];
  const task = opens === null ? null : `${caseId}-${rev}`;
  const closes = logged === null ? null : `${caseId}-${rev - 1}`;
  const when = new Date(at);
  const after = opens === null ? { status: 'completed', outcome: 'completed', endedAt: when } : running;
  const said = JSON.stringify({ outcome });
  await sql`
    with c as (update "case" set status = ${after.status}, outcome = ${after.outcome}, ended_at = ${after.endedAt}, applied_rev = ${rev}, seen_rev = ${rev}, row_rev = ${rev}, last_n = ${rev},
        position = array_remove(array[${opens}::text], null), updated_at = now() where id = ${caseId}),
      d as (update task set state = 'done', closed_by = ${actor}, closed_at = ${when}, outcome = ${outcome}, rev = ${rev}
        where id = ${closes} and state = 'open' returning id, step, assignee, opened_at),
      s as (insert into task_time (task_id, rev, case_id, step, party, person_id, from_at, to_at)
        select id, ${rev}, ${caseId}, step, case when assignee is null then 'pool' else 'holder' end, assignee, opened_at, ${when} from d
        on conflict do nothing),
      t as (insert into task (id, case_id, flow, step, kind, state, assignee, pool, assignment, opened_at, opened_rev, rev)
        select ${task}, ${caseId}, 'errand', ${opens}, 'userTask', 'open', ${assignee}::uuid, ${assignee === null ? 'dispatcher' : null},
          1, ${when}, ${rev}, ${rev} where ${task}::text is not null on conflict do nothing),
      r as (insert into case_reader (case_id, person_id, why) values (${caseId}, ${actor}, ${why})
        on conflict do nothing),
      n as (insert into notification (person_id, case_id, task_id, kind, params, dedupe)
        select coalesce(${assignee}::uuid, initiator), id, ${task}, ${notice},
          jsonb_build_object('number', number, 'title', title, 'flow', flow, 'step', ${opens}::text), ${`${caseId}:${rev}`}
        from "case" where id = ${caseId} and (${assignee}::uuid is not null or ${task}::text is null) on conflict do nothing),
      m as (insert into command (id, case_id, n, kind, actor, idempotency_key, route, request_hash, task_id, args, patch, flow_version,
          state, ended_at)
        values (${command}, ${caseId}, ${rev}, ${step}, ${actor}, ${write.key}, 'bench', decode(${write.requestHash}, 'hex'), ${closes},
          ${said}::jsonb, ${patchOf(write)}::jsonb, 1, 'done', now()) on conflict do nothing)
    insert into case_event (case_id, rev, at, type, step, task_id, actor, command_id, data, entry, patch, flow_version, form_version)
    values (${caseId}, ${rev}, ${when}, ${type}, ${logged}, ${closes},
      ${actor}, ${command}, ${said}::jsonb, '{}', ${patchOf(write)}::jsonb, 1, 1)
    on conflict do nothing`.execute(tx);
  return task;
}

/** What was filled in, as JSON. */
function patchOf({ step, assignee }: Write): string | null {
  if (step === 'run') return null;
  return JSON.stringify(step === 'start' ? { what: 'Fetch' } : { note: 'soon', runner: assignee });
}
