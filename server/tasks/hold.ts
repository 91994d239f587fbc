/** What stays in Postgres and never reaches the engine: claims, releases, drafts. Each asks the one authorisation function. */
import { sql } from 'kysely';
import type { Static } from 'typebox';
import { validateAct } from '../../forms/validate.ts';
import { permissionsOf } from '../commands/access.ts';
import { lockTask, type Facts } from '../commands/facts.ts';
import { authorise } from '../commands/task-ticket.ts';
import { findSaid, sayOnce } from '../comments.ts';
import { asPerson, type Tx } from '../db/as.ts';
import { sendHints } from '../db/hint.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import type { Draft } from './schemas.ts';

const noKey = { key: null, route: '' };

export interface HoldAct {
  person: string;
  taskId: string;
  assignment: number;
}

/** Repeating a claim of one's own changes nothing. Gives the case. @throws AppError not_found, task_taken, task_closed, assignment_changed */
export function claimTask(deps: Deps, act: HoldAct): Promise<string> {
  return asPerson(deps.db, act.person, async (tx) => {
    const facts = await lockTask(tx, act.person, { taskId: act.taskId, key: noKey });
    const isMine =
      facts?.task.claimedBy === act.person && facts.task.state === 'open' && facts.task.assignment === act.assignment;
    if (isMine) return facts.case.id;
    const found = await authorise(tx, { deps, facts, act, kind: 'claim' });
    await sql`update task set claimed_by = ${act.person}, claimed_at = now() where id = ${act.taskId}`.execute(tx);
    // Whoever claims keeps sight of the case: the pool's right to read it ends with the claim.
    await sql`select set_config('role', 'guanjia_engine', true)`.execute(tx);
    await sql`insert into case_reader (case_id, person_id, why) values (${found.facts.case.id}, ${act.person}, 'holder')
      on conflict do nothing`.execute(tx);
    tell(tx, found.facts, act);
    return found.facts.case.id;
  });
}

export interface ReleaseAct extends HoldAct {
  comment: string;
  key: string | null;
}

/** Back to the pool, with the reason in the case's discussion; the same request again changes nothing. */
export function releaseTask(deps: Deps, act: ReleaseAct): Promise<string> {
  return asPerson(deps.db, act.person, async (tx) => {
    const facts = await lockTask(tx, act.person, { taskId: act.taskId, key: noKey });
    const saying = { caseId: facts?.case.id ?? '', author: act.person, body: act.comment, key: act.key };
    if ((await findSaid(tx, saying)) !== undefined) return saying.caseId;
    const found = await authorise(tx, { deps, facts, act, kind: 'release' });
    const { caseId } = saying;
    await sayOnce(tx, saying);
    await sql`update task set claimed_by = null, claimed_at = null where id = ${act.taskId}`.execute(tx);
    await forgetHolder(tx, caseId, act);
    tell(tx, found.facts, act);
    return caseId;
  });
}

/** Who gives back what they claimed no longer reads the case for it, unless another task of it was or is theirs. */
async function forgetHolder(tx: Tx, caseId: string, { person, taskId }: HoldAct): Promise<void> {
  await sql`select set_config('role', 'guanjia_engine', true)`.execute(tx);
  await sql`delete from case_reader where case_id = ${caseId} and person_id = ${person} and why = 'holder'
    and not exists (select from task t where t.case_id = ${caseId} and t.id <> ${taskId}
      and (t.holder = ${person} or t.closed_by = ${person}))`.execute(tx);
}

export interface DraftAct {
  person: string;
  taskId: string;
  fields: Record<string, unknown>;
  comment: string | null;
}

/** Keeps unfinished input: only fields the step may write, whatever else is missing. @throws AppError not_found, invalid_fields */
export function saveDraft(deps: Deps, act: DraftAct): Promise<Static<typeof Draft>> {
  return asPerson(deps.db, act.person, async (tx) => {
    const facts = await lockTask(tx, act.person, { taskId: act.taskId, key: noKey });
    const asked = { taskId: act.taskId, assignment: facts?.task.assignment ?? 0 };
    const { flow, step } = await authorise(tx, { deps, facts, act: asked, kind: 'draft' });
    // An action may open more fields than the step; a draft keeps what any of them may write.
    const permissions = Object.assign(
      permissionsOf(flow.form, step.fields),
      ...(step.actions ?? []).map((action) => writable(action.fields)),
    ) as ReturnType<typeof permissionsOf>;
    // A row of a table is filled cell by cell: what it still misses is no reason to lose the rest.
    const problems = validateAct(flow.form, { patch: act.fields, permissions, draft: true }).filter(
      ({ code }) => code !== 'required',
    );
    if (problems.length > 0) throw new AppError('invalid_fields', 422, {}, problems);
    const { rows } = await sql<{ updated_at: Date }>`
      insert into task_draft (task_id, person_id, fields, comment)
      values (${act.taskId}, ${act.person}, ${JSON.stringify(act.fields)}::jsonb, ${act.comment})
      on conflict (task_id, person_id) do update set fields = excluded.fields, comment = excluded.comment, updated_at = now()
      returning updated_at`.execute(tx);
    return { fields: act.fields, comment: act.comment, updatedAt: (rows[0]?.updated_at ?? new Date()).toISOString() };
  });
}

function writable(fields: Record<string, string> | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields ?? {}).filter(([, access]) => access === 'edit' || access === 'required'),
  );
}

function tell(tx: Tx, { case: c, task }: Facts, { person, taskId }: HoldAct): void {
  const pools = task.pool === null ? [] : [{ role: task.pool, communityId: task.communityId }];
  sendHints(tx, [
    { kind: 'task', caseId: c.id, taskId, persons: [person], pools },
    { kind: 'case', caseId: c.id, taskId: null, persons: [c.initiator, person], pools: [] },
  ]);
}
