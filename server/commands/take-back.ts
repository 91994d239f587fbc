/**
 * tx1 of taking a decision back (protocol.md rule 11): the case is locked, its log says which tasks the decision opened, and they are held
 * by the command, so that nobody begins one between here and the engine. Refused where somebody has: by a claim, a draft or a decision.
 */
import { sql } from 'kysely';
import { isClosed } from '../../workflows/engine/state.ts';
import { decidedAfter, openAfter, undoOf } from '../../workflows/engine/take-back.ts';
import type { Tx } from '../db/as.ts';
import { getFlow, type PublishedFlow } from '../definitions/published.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { isHumanStep } from './access.ts';
import { readCaseState } from './case-state.ts';
import { lockCase, lookAtTask, type Facts } from './facts.ts';
import { give, type Given, type Ticket } from './give.ts';
import { insertCommand } from './insert.ts';
import { toJob } from './load-job.ts';
import { mayDecide } from './may-decide.ts';
import { findNames, type PersonName } from './people.ts';
import type { Intention, Prepared } from './types.ts';
import { uuidv7 } from './uuid.ts';

export interface TakeBackAct {
  /** The task that the person decided. */
  taskId: string;
  comment: string | null;
}

/** Who has gone on from the decision, and how. */
interface Begun {
  how: 'claimed' | 'drafted' | 'decided';
  by: PersonName | null;
  at: string | null;
}

/** @throws AppError not_found, not_yours, act_not_allowed, case_busy, case_closed, take_back_too_late (with who) */
export function takeBackDecision(deps: Deps, intention: Intention, act: TakeBackAct): Promise<Given> {
  return give(deps, intention, async (tx): Promise<Ticket> => {
    const seen = await lookAtTask(tx, intention.person, act.taskId);
    if (seen === undefined) throw new AppError('not_found', 404);
    const facts = await lockCase(tx, intention.person, { caseId: seen.case.id, key: intention.key });
    if (facts === undefined) throw new AppError('not_found', 404);
    if (facts.prior !== undefined) return { prior: facts.prior };
    const flow = await getFlow(deps.db, { key: facts.case.flow, version: facts.case.flowVersion }, tx);
    const found = { ...facts, task: seen.task };
    assertTheirs(found, flow);
    const looked = await lookBack(tx, flow, { caseId: facts.case.id, task: seen.task.id, by: intention.person });
    if (looked.begun !== null) throw new AppError('take_back_too_late', 409, { ...looked.begun });
    return hold(tx, { intention, act, found, flow, opened: looked.opened });
  });
}

function assertTheirs({ case: { status }, person, task }: Facts, flow: PublishedFlow): void {
  if (status === 'completed' || status === 'cancelled') throw new AppError('case_closed', 409, { status });
  if (task.state === 'completing') throw new AppError('case_busy', 409);
  const step = flow.steps.get(task.step)?.step;
  const verdict = mayDecide(person, task, 'takeBack', isHumanStep(step) ? step.allow : undefined);
  if (verdict === 'not_yours') throw new AppError('not_yours', 403);
  if (verdict === 'not_here') throw new AppError('act_not_allowed', 403, { act: 'takeBack' });
}

interface Holding {
  intention: Intention;
  act: TakeBackAct;
  found: Facts;
  flow: PublishedFlow;
  opened: string[];
}

async function hold(tx: Tx, { intention, act, found, flow, opened }: Holding): Promise<Ticket> {
  const { person, case: c } = found;
  const id = uuidv7();
  await asEngineFor(tx, () =>
    sql`update task set state = 'completing', command_id = ${id} where id = any (${opened}::text[])`.execute(tx),
  );
  const prepared: Prepared = {
    ...{ id, person, case: c, kind: 'takeBack', task: null, args: { decided: act.taskId } },
    ...{ patch: null, comment: act.comment, readRev: null, deviceAt: null },
  };
  const inserted = await insertCommand(tx, prepared, intention);
  const row = { ...prepared, n: inserted.n, actor: intention.person, task: null };
  const place = { caseId: c.id, lowestPending: inserted.lowestPending, acked: c.appliedRev };
  return { job: toJob(row, flow, place), person: { decider: person, communityId: c.communityId } };
}

/** Which open tasks the decision led to, and who has gone on with them; only exact under the lock of the case. */
export async function lookBack(
  tx: Tx,
  flow: PublishedFlow,
  { caseId, task, by }: { caseId: string; task: string; by: string },
): Promise<{ opened: string[]; begun: Begun | null }> {
  const { compiled, state } = await readCaseState(tx, flow, caseId);
  const undo = isClosed(state) ? undefined : undoOf(compiled, state, { task, by });
  if (undo === undefined) {
    const next = decidedAfter(compiled, state, task);
    return { opened: [], begun: await decided(tx, next?.task ?? null) };
  }
  const opened = openAfter(compiled, state, undo);
  return { opened, begun: await findBegun(tx, opened) };
}

async function decided(tx: Tx, taskId: string | null): Promise<Begun> {
  const { rows } = await asEngineFor(tx, () =>
    sql<{ by: string | null; at: Date | null }>`
      select closed_by as by, closed_at as at from task where id = ${taskId}`.execute(tx),
  );
  const { by = null, at = null } = rows[0] ?? {};
  return { how: 'decided', by: await nameOf(tx, by), at: at?.toISOString() ?? null };
}

/** Claims and drafts are Postgres's alone; whose command is on its way has decided. */
async function findBegun(tx: Tx, opened: readonly string[]): Promise<Begun | null> {
  const { rows } = await asEngineFor(tx, () =>
    sql<{ how: Begun['how']; by: string | null; at: Date | null }>`
      select case when m.id is not null or t.state <> 'open' then 'decided' when t.claimed_by is not null then 'claimed'
          else 'drafted' end as how,
        coalesce(m.actor, t.claimed_by, d.person_id) as by, coalesce(m.created_at, t.claimed_at, d.updated_at) as at
      from task t left join command m on m.id = t.command_id left join task_draft d on d.task_id = t.id
      where t.id = any (${opened}::text[]) and (t.state <> 'open' or t.claimed_by is not null or d.task_id is not null)
      order by t.id limit 1`.execute(tx),
  );
  const [row] = rows;
  return row === undefined ? null : { how: row.how, by: await nameOf(tx, row.by), at: row.at?.toISOString() ?? null };
}

async function nameOf(tx: Tx, person: string | null): Promise<PersonName | null> {
  return (await findNames(tx, [person])).get(person ?? '') ?? null;
}

/** What others have begun lies in rows that the person may not see. Comes back as the role that called. */
async function asEngineFor<T>(tx: Tx, run: () => Promise<T>): Promise<T> {
  await sql`set local role guanjia_engine`.execute(tx);
  const result = await run();
  await sql`set local role none`.execute(tx);
  return result;
}
