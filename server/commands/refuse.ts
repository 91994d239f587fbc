/**
 * A refused command, in one transaction (protocol.md rule 1): refused with the reason, the task open again where this command still
 * holds it, the input back in the draft, and a notification for whoever was told "later".
 */
import { sql } from 'kysely';
import type { Refusal } from '../../workflows/engine/types.ts';
import { inCase, type Tx } from '../db/as.ts';
import { sendHints } from '../db/hint.ts';
import type { Deps } from '../deps.ts';
import type { NotificationKind } from '../notifications/schemas.ts';
import { endOfRefused } from './calls/keep.ts';
import { stays } from './insert.ts';
import { closer } from './lost.ts';
import type { Driven, Job } from './types.ts';

const notGone: NotificationKind = 'command_refused';

interface Refused {
  actor: string | null;
  task: string | null;
  kind: string;
  toldLater: boolean;
  number: string;
  title: string;
  /** Who was first, where the task is closed. */
  first: { by: { id: string; name: string } | null; at: string | null; outcome: string | null } | null;
}

export function refuseCommand(
  deps: Pick<Deps, 'db'>,
  { command, caseId }: Pick<Job, 'command' | 'caseId'>,
  refusal: Refusal,
): Promise<Driven> {
  return inCase(deps.db, caseId, async (tx): Promise<Driven> => {
    const refused = await markRefused(tx, command, refusal);
    if (refused === undefined) return endedOtherwise(tx, command);
    const told: Refusal = { code: refusal.code, params: { ...refusal.params, ...refused.first } };
    await giveBack(tx, command, { refused, told, caseId });
    const { actor, task } = refused;
    const persons = actor === null ? [] : [actor];
    sendHints(tx, [{ kind: 'task', caseId, taskId: task, persons, pools: [] }]);
    return { state: 'refused', refusal: told };
  });
}

async function markRefused(tx: Tx, command: string, refusal: Refusal): Promise<Refused | undefined> {
  const { rows } = await sql<Refused>`
    update command m set state = 'refused', refusal = ${JSON.stringify(refusal)}::jsonb, ended_at = now(), lease_until = null
    from "case" c where m.id = ${command} and m.state = 'pending' and c.id = m.case_id
    returning m.actor, m.task_id as task, m.kind, m.told_later as "toldLater", c.number, c.title,
      (select json_build_object('at', t.closed_at, 'outcome', t.outcome,
          'by', (select json_build_object('id', p.id, 'name', p.display_name) from person p where p.id = ${closer}))
        from task t where t.id = m.task_id and t.state in ('done', 'cancelled')) as first`.execute(tx);
  return rows[0];
}

/** Another driver was first: its word counts. */
async function endedOtherwise(tx: Tx, command: string): Promise<Driven> {
  const { rows } = await sql<{
    state: string;
    refusal: Refusal | null;
  }>`select state, refusal from command where id = ${command}`.execute(tx);
  const [row] = rows;
  return row?.refusal ? { state: 'refused', refusal: row.refusal } : { state: 'done', answer: null };
}

async function giveBack(
  tx: Tx,
  command: string,
  given: { refused: Refused; told: Refusal; caseId: string },
): Promise<void> {
  const { refused, told, caseId } = given;
  const params = { number: refused.number, title: refused.title, kind: refused.kind, refusal: told };
  await sql`
    with r as (update command set refusal = ${JSON.stringify(told)}::jsonb where id = ${command}),
    t as (update task set state = 'open', command_id = null where command_id = ${command} and state = 'completing'),
    s as (update "case" set status = 'cancelled', outcome = 'refused', ended_at = now(), updated_at = now()
      where id = ${caseId} and status = 'starting' and ${refused.kind} = 'start'),
    k as (${endOfRefused(caseId, refused.kind)}),
    n as (
      insert into notification (person_id, case_id, task_id, kind, params, dedupe)
      select ${refused.actor}::uuid, ${caseId}, ${refused.task}, ${notGone}, ${JSON.stringify(params)}::jsonb, ${`refused:${command}`}
      where ${refused.toldLater} and ${refused.actor}::uuid is not null
      on conflict (dedupe) do nothing)
    insert into task_draft (task_id, person_id, fields, comment)
    select m.task_id, m.actor, (select coalesce(jsonb_object_agg(split_part(k, '/', 1), case when k like '%/%' then jsonb_build_array(v) else v end), '{}')
      from jsonb_each(m.patch) as p (k, v)), m.comment from command m
    where m.id = ${command} and m.task_id is not null and m.actor is not null and (m.patch is not null or m.comment is not null)
      and m.kind <> all (${stays}::text[])
    on conflict (task_id, person_id) do nothing`.execute(tx);
}
