/**
 * Who may be handed a task: whoever gets it sees what belongs to it, so only the staff of the case's community. Of a pool's task, whoever
 * could have taken it from the pool, or may hand out tasks. The dialogue of a transfer finds exactly those whom the act accepts.
 */
import { sql, type RawBuilder } from 'kysely';
import type { Tx } from '../db/as.ts';
import { holdsStaffRole } from '../db/staff.ts';
import { getFlow } from '../definitions/published.ts';
import type { Deps } from '../deps.ts';
import { AppError, type FieldError } from '../errors.ts';
import { isHumanStep } from './access.ts';
import { lookAtTask, type TaskFacts } from './facts.ts';
import { mayDecide, type TaskAct } from './may-decide.ts';

/** The acts that bring somebody else to a task. */
const handsOn: readonly TaskAct[] = ['transfer', 'delegate', 'addSigners'];

/** A condition over `p`, a person. */
function mayReceive({ communityId, pool, never }: TaskFacts): RawBuilder<boolean> {
  const isAnyStaff = holdsStaffRole(sql`p.id`, { roles: null, communityId });
  const isStaff = sql<boolean>`(${isAnyStaff} and p.id <> all (${[...never]}::uuid[]))`;
  if (pool === null) return isStaff;
  return sql<boolean>`(${isStaff} and exists (select from role_grant tg join role tr on tr.key = tg.role
    where tg.person_id = p.id and (tg.community_id is null or tg.community_id = ${communityId}::uuid)
      and (tg.role = ${pool} or verb_matches(tr.may, 'task.reassign'))))`;
}

/** @throws AppError invalid_fields at `path` */
export async function checkReceiver(tx: Tx, task: TaskFacts, to: string, path = '/to'): Promise<void> {
  if (to === holderOf(task)) throw invalid(path, 'same_person');
  const { rows } = await sql<{ may: boolean }>`
    select ${mayReceive(task)} as may from person p where p.id = ${to} and p.disabled_at is null`.execute(tx);
  if (rows[0] === undefined) throw invalid(path, 'ref_not_found');
  if (!rows[0].may) throw invalid(path, 'not_a_choice');
}

/**
 * A condition over `p`: whom the asking person may hand this task to.
 * @throws AppError not_found: no open task of theirs to hand on
 */
export async function receiversOf(
  deps: Deps,
  tx: Tx,
  asking: { personId: string; taskId: string },
): Promise<RawBuilder<boolean>> {
  const facts = await lookAtTask(tx, asking.personId, asking.taskId);
  if (facts?.task.state !== 'open') throw new AppError('not_found', 404);
  const { flow: key, flowVersion: version } = facts.case;
  const step = (await getFlow(deps.db, { key, version }, tx)).steps.get(facts.task.step)?.step;
  const allow = isHumanStep(step) ? step.allow : undefined;
  const mayHandOn = handsOn.some((act) => mayDecide(facts.person, facts.task, act, allow) === 'yes');
  if (!mayHandOn) throw new AppError('not_found', 404);
  return sql<boolean>`(p.id is distinct from ${holderOf(facts.task)}::uuid and ${mayReceive(facts.task)})`;
}

function holderOf({ claimedBy, assignee }: TaskFacts): string | null {
  return claimedBy ?? assignee;
}

function invalid(path: string, code: string): AppError {
  const error: FieldError = { path, code };
  return new AppError('invalid_fields', 422, {}, [error]);
}
