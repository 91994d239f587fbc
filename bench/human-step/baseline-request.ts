/**
 * What any server in front of such a workflow does with a request before it sends the Update: knows a repetition by its key, asks whether
 * the person may do this now (as that person, under row security), and checks the fields. One transaction that only reads.
 */
import { sql } from 'kysely';
import { validateAct } from '../../forms/validate.ts';
import { permissionsOf } from '../../server/commands/access.ts';
import { holdsRole, mayDecide, type DecidedTask, type Grant } from '../../server/commands/may-decide.ts';
import { asActor, type Db } from '../../server/db/as.ts';
import type { PublishedFlow } from '../../server/definitions/published.ts';
import type { Move } from './baseline-activities.ts';

interface Facts {
  grants: Grant[];
  task: (DecidedTask & { state: string }) | null;
  prior: string | null;
}

interface Request {
  move: Move;
  task: string | null;
  fields: Record<string, unknown>;
}

/** @throws Error when the request is refused */
export async function admit(db: Db, flow: PublishedFlow, { move, task, fields }: Request): Promise<void> {
  const facts = await readFacts(db, move, task);
  if (facts?.prior !== null || !isTheirs(move, task, facts)) throw new Error(`${move.step} is refused`);
  const step = flow.steps.get(move.step)?.step;
  const own = step?.kind === 'userTask' ? step.fields : flow.definition.start.fields;
  const problems = validateAct(flow.form, { patch: fields, permissions: permissionsOf(flow.form, own) });
  if (problems.length > 0) throw new Error(`${move.step} has bad fields`);
}

function readFacts(db: Db, { actor, key }: Move, task: string | null): Promise<Facts | undefined> {
  return asActor(db, actor, async (tx) => {
    const { rows } = await sql<Facts>`
      select coalesce((select json_agg(json_build_object('role', g.role, 'community', g.community_id, 'may', r.may))
          from role_grant g join role r on r.key = g.role where g.person_id = current_person()), '[]') as grants,
        (select json_build_object('state', t.state, 'assignee', t.assignee, 'claimedBy', t.claimed_by, 'pool', t.pool,
          'communityId', t.community_id, 'never', t.never) from task t where t.id = ${task}) as task,
        (select m.id from command m where m.actor = current_person() and m.route = 'bench' and m.idempotency_key = ${key}) as prior`.execute(
      tx,
    );
    return rows[0];
  });
}

function isTheirs({ actor }: Move, id: string | null, { grants, task }: Facts): boolean {
  const person = { id: actor, grants };
  if (id === null) return holdsRole(person, 'staff', null);
  return task?.state === 'open' && mayDecide(person, task, 'complete', undefined) === 'yes';
}
