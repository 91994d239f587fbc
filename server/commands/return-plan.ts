/** What a return would do, before it is done: the case itself is asked (a query leaves no history), with the authority of the return. */
import { sql } from 'kysely';
import type { Static } from 'typebox';
import type { Text } from '../../workflows/engine/flow.gen.ts';
import {
  modifyPlanQuery,
  returnPlanQuery,
  type ModifyWish,
  type ReturnPlan as Planned,
} from '../../workflows/messages.ts';
import { findCaseRow } from '../case-views/case-items.ts';
import { stepTitle } from '../case-views/task-items.ts';
import { asReader, type Tx } from '../db/as.ts';
import { getFlow, type PublishedFlow } from '../definitions/published.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import type { PlannedTask, ReturnPlan } from '../tasks/returns/schemas.ts';
import { labelsOfPlaces } from './apply/item-labels.ts';
import { lookAtTask, readDecider } from './facts.ts';
import { mayIn } from './may-decide.ts';
import { findNames, type PersonName } from './people.ts';
import { authorise } from './task-ticket.ts';

export interface PlanAsked {
  person: string;
  taskId: string;
  to: string;
  items?: string[];
  mode: 'redo' | 'straightBack';
}

type Plan = Static<typeof ReturnPlan>;

/** How long a case may take to answer. */
const deadlineMs = 3000;

/** What a move by an operator would do. @throws AppError not_found, forbidden, modify_invalid, unavailable */
export async function planModifyOf(
  deps: Deps,
  { person, caseId, ...moves }: { person: string; caseId: string } & Omit<ModifyWish, 'actor'>,
): Promise<Plan> {
  const flow = await asReader(deps.db, person, async (tx) => {
    const row = await findCaseRow(tx, caseId);
    if (row === undefined) throw new AppError('not_found', 404);
    if (!mayIn(await readDecider(tx, person), 'case.operate', row.community_id)) throw new AppError('forbidden', 403);
    return getFlow(deps.db, { key: row.flow, version: row.flow_version }, tx);
  });
  const planned = await ask(deps, caseId, (handle) => handle.query(modifyPlanQuery, { actor: person, ...moves }));
  if ('refusal' in planned) throw new AppError(planned.refusal.code, 409, planned.refusal.params);
  return asReader(deps.db, person, (tx) => toPlan(tx, { flow, caseId }, planned));
}

/** @throws AppError not_found, task_closed, act_not_allowed, return_target_invalid, … as the return itself; unavailable */
export async function planReturnOf(deps: Deps, { person, taskId, to, items, mode }: PlanAsked): Promise<Plan> {
  const { caseId, flow, assignment } = await asReader(deps.db, person, async (tx) => {
    const facts = await lookAtTask(tx, person, taskId);
    const act = { taskId, assignment: facts?.task.assignment ?? 0 };
    const found = await authorise(tx, { deps, facts, act, kind: 'return' });
    return { caseId: found.facts.case.id, flow: found.flow, assignment: act.assignment };
  });
  const wish = { actor: person, task: taskId, assignment, to, ...(items ? { items } : {}), mode };
  const planned = await ask(deps, caseId, (handle) => handle.query(returnPlanQuery, wish));
  if ('refusal' in planned) throw new AppError(planned.refusal.code, 409, planned.refusal.params);
  return asReader(deps.db, person, (tx) => toPlan(tx, { flow, caseId }, planned));
}

type Handle = ReturnType<Deps['temporal']['workflow']['getHandle']>;

async function ask(
  { temporal, log }: Deps,
  caseId: string,
  query: (handle: Handle) => Promise<Planned>,
): Promise<Planned> {
  try {
    const handle = temporal.workflow.getHandle(caseId);
    return await temporal.withDeadline(Date.now() + deadlineMs, () => query(handle));
  } catch (err) {
    log.warn({ err, caseId }, 'the case does not answer');
    throw new AppError('unavailable', 503, { retryAfterSeconds: 2 });
  }
}

interface Row {
  id: string;
  step: string;
  label: string | null;
  holder: string | null;
  pool: Text | null;
}

interface Of {
  flow: PublishedFlow;
  caseId: string;
}

async function toPlan(tx: Tx, { flow, caseId }: Of, plan: Exclude<Planned, { refusal: unknown }>): Promise<Plan> {
  const { rows } = await sql<Row>`
    select t.id, t.step, t.item_label as label, t.holder, r.title as pool from task t left join role r on r.key = t.pool
    where t.id = any (${[...plan.cancels, ...plan.stays]}::text[]) order by t.opened_rev, t.id`.execute(tx);
  const names = await findNames(tx, [...rows.map(({ holder }) => holder), ...plan.opens.map((each) => each.assignee)]);
  const pools = await poolTitles(tx, plan.opens);
  const labels = await labelsOfPlaces(tx, { flow, caseId, places: [...plan.compensates, ...plan.opens] });
  const of = (ids: readonly string[]): Static<typeof PlannedTask>[] =>
    rows.filter(({ id }) => ids.includes(id)).map((row) => toPlanned(flow, names, row));
  return {
    cancels: of(plan.cancels),
    stays: of(plan.stays),
    compensates: plan.compensates.map(({ step }, index) => ({
      step,
      title: stepTitle(flow, step),
      item: labels[index] ?? null,
    })),
    opens: plan.opens.map(({ step, assignee, pool }, index) => {
      const label = labels[plan.compensates.length + index] ?? null;
      return toPlanned(flow, names, { step, label, holder: assignee, pool: pools.get(pool ?? '') ?? null });
    }),
  };
}

function toPlanned(
  flow: PublishedFlow,
  names: ReadonlyMap<string, PersonName>,
  { step, label, holder, pool }: Omit<Row, 'id'>,
): Static<typeof PlannedTask> {
  return {
    step,
    title: stepTitle(flow, step),
    item: label,
    holder: names.get(holder ?? '') ?? null,
    pool: holder === null ? pool : null,
  };
}

async function poolTitles(tx: Tx, opens: readonly { pool: string | null }[]): Promise<Map<string, Text>> {
  const keys = opens.flatMap(({ pool }) => pool ?? []);
  const { rows } = await sql<{ key: string; title: Text }>`
    select key, title from role where key = any (${keys}::text[])`.execute(tx);
  return new Map(rows.map(({ key, title }) => [key, title]));
}
