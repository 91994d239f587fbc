/** Why an act on a task cannot be: who was first and when, or that there is no such task for this person. */
import { sql } from 'kysely';
import type { Tx } from '../db/as.ts';
import { AppError } from '../errors.ts';

interface Loss {
  state: 'open' | 'completing' | 'done' | 'cancelled';
  assignment: number;
  outcome: string | null;
  at: Date | null;
  by: { id: string; name: string } | null;
  holder: { id: string; name: string } | null;
}

/** Who ended a task `t`: whoever decided it, or whose act closed it from outside: a sibling's decision, a return (rule 24). */
export const closer = sql`coalesce(t.closed_by, case when t.state = 'cancelled' then
  (select e.actor from case_event e where e.case_id = t.case_id and e.rev = t.rev) end)`;

/**
 * Always throws. Only a task that row security shows to the person is explained.
 * @throws AppError not_found, task_closed, assignment_changed, not_yours
 */
export async function explainTask(tx: Tx, taskId: string, seenAssignment: number | null): Promise<never> {
  const { rows: visible } = await sql`select from task where id = ${taskId}`.execute(tx);
  if (visible.length === 0) throw new AppError('not_found', 404);
  // Who was first may be told to whoever knows of the task, but lies in rows only the engine role sees.
  await sql`select set_config('role', 'guanjia_engine', true)`.execute(tx);
  const { rows } = await sql<Loss>`
    select t.state, t.assignment, t.outcome, coalesce(t.closed_at, m.created_at) as at,
      (select json_build_object('id', p.id, 'name', p.display_name) from person p where p.id = coalesce(${closer}, m.actor)) as by,
      (select json_build_object('id', p.id, 'name', p.display_name) from person p where p.id = t.holder) as holder
    from task t left join command m on m.id = t.command_id where t.id = ${taskId}`.execute(tx);
  const [loss] = rows;
  if (loss === undefined) throw new AppError('not_found', 404);
  if (loss.state !== 'open') {
    throw new AppError('task_closed', 409, {
      by: loss.by,
      at: loss.at?.toISOString() ?? null,
      state: loss.state,
      outcome: loss.outcome,
    });
  }
  if (loss.assignment !== seenAssignment && seenAssignment !== null) {
    throw new AppError('assignment_changed', 409, { holder: loss.holder, assignment: loss.assignment });
  }
  if (loss.holder !== null) throw new AppError('task_taken', 409, { by: loss.holder });
  throw new AppError('not_yours', 403);
}
