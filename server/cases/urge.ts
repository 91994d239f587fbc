/**
 * 催办: a reader of the case asks its holders to hurry: once enough of the time of a task is used (half, unless the flow says otherwise), so
 * often a day a case and person (three times, unless the flow says otherwise), on record, and it reaches all who hold the case now.
 */
import { sql } from 'kysely';
import { isHumanStep } from '../commands/access.ts';
import { asPerson, type Db, type Tx } from '../db/as.ts';
import { sendHints } from '../db/hint.ts';
import { getFlow, type PublishedFlow } from '../definitions/published.ts';
import { AppError } from '../errors.ts';
import type { NotificationKind } from '../notifications/schemas.ts';

const defaults = { after: 0.5, perDay: 3 };
const urged: NotificationKind = 'urge';

interface Asking {
  caseId: string;
  person: string;
  flow: PublishedFlow;
}
interface Urgeable {
  id: string;
  step: string;
  holder: string | null;
  pool: string | null;
  /** When so much of its time is used; null: it has no budget. */
  from: number | null;
  perDay: number;
}
interface Row {
  id: string;
  step: string;
  holder: string | null;
  pool: string | null;
  opened_at: Date;
  due_at: Date | null;
}

export interface UrgeRight {
  may: boolean;
  /** ISO instant; null: now, or never while it waits where it does. */
  from: string | null;
}

/** From when the person may urge, so that a screen can say it instead of hiding the button. */
export async function urgeRight(tx: Tx, asking: Asking): Promise<UrgeRight> {
  const times = await findUrgeTimes(tx, asking);
  if (times.length === 0) return { may: false, from: null };
  const now = Date.now();
  const first = Math.min(...times.map((task) => task.from ?? now));
  const from = Math.max(first, (await whenQuotaFrees(tx, asking, mostADay(times))) ?? 0);
  return from > now ? { may: false, from: new Date(from).toISOString() } : { may: true, from: null };
}

export interface Urging {
  caseId: string;
  person: string;
  key: string | null;
}

/** How many were reached; the same request again reaches nobody. @throws AppError not_found, case_closed, urge_too_early, urge_too_often, key_reused */
export function urgeCase(db: Db, { caseId, person, key }: Urging): Promise<number> {
  return asPerson(db, person, async (tx) => {
    const { rows } = await sql<{
      flow: string;
      version: number;
      number: string;
      title: string;
      community: string | null;
      status: string;
    }>`
      select flow, flow_version as version, number, title, community_id as community, status from "case"
      where id = ${caseId} for no key update`.execute(tx);
    const [found] = rows;
    if (found === undefined) throw new AppError('not_found', 404);
    const before = await findUrging(tx, { caseId, person, key });
    if (before !== undefined) return before;
    refuseClosed(found.status);
    const asking = { caseId, person, flow: await getFlow(db, { key: found.flow, version: found.version }, tx) };
    const tasks = await findUrgeable(tx, asking);
    if (tasks.length === 0) throw new AppError('urge_too_early', 409);
    const today = await countToday(tx, asking);
    const limit = mostADay(tasks);
    if (today >= limit) throw new AppError('urge_too_often', 409, { limit });
    const reached = await findHolders(tx, tasks, found.community);
    const detail = JSON.stringify({ tasks: tasks.map(({ id }) => id), reached: reached.length });
    await tx
      .insertInto('audit')
      .values({ ...(key !== null && { id: key }), person_id: person, act: 'case.urge', subject: caseId, detail })
      .execute();
    await tell(tx, { caseId, person, reached, today, number: found.number, title: found.title });
    return reached.length;
  });
}

function refuseClosed(status: string): void {
  if (status === 'completed' || status === 'cancelled') throw new AppError('case_closed', 409, { status });
}

/** How many the same request reached before: its key is the id of what is on record of it. */
async function findUrging(tx: Tx, { caseId, person, key }: Urging): Promise<number | undefined> {
  if (key === null) return undefined;
  const row = await tx.selectFrom('audit').selectAll().where('id', '=', key).executeTakeFirst();
  if (row === undefined) return undefined;
  if (row.act !== 'case.urge' || row.subject !== caseId || row.person_id !== person)
    throw new AppError('key_reused', 422);
  return Number(row.detail.reached);
}

/** Of steps that wait side by side the most patient decides. */
function mostADay(tasks: readonly Urgeable[]): number {
  return Math.max(0, ...tasks.map(({ perDay }) => perDay));
}

/** Open tasks of which enough time is used, or that have no budget. */
async function findUrgeable(tx: Tx, asking: Asking): Promise<Urgeable[]> {
  const tasks = await findUrgeTimes(tx, asking);
  const now = Date.now();
  return tasks.filter(({ from }) => from === null || from <= now);
}

/** Open tasks of others, with the moment from which they may be urged; the flow may forbid it. */
async function findUrgeTimes(tx: Tx, { caseId, person, flow }: Asking): Promise<Urgeable[]> {
  const { rows } = await sql<Row>`
    select t.id, t.step, t.holder, t.pool, t.opened_at, t.due_at
    from task t where t.case_id = ${caseId} and t.state = 'open' and t.holder is distinct from ${person}`.execute(tx);
  return rows.flatMap(({ opened_at: opened, due_at: due, ...task }) => {
    const step = flow.steps.get(task.step)?.step;
    const urge = isHumanStep(step) ? (step.allow?.urge ?? true) : false;
    if (urge === false) return [];
    const { after, perDay } = { ...defaults, ...(urge === true ? {} : urge) };
    const from = due === null ? null : opened.getTime() + (due.getTime() - opened.getTime()) * after;
    return [{ ...task, from, perDay }];
  });
}

/** When the person may urge again who has used up their day; null: they have not. */
async function whenQuotaFrees(tx: Tx, { caseId, person }: Asking, perDay: number): Promise<number | null> {
  const { rows } = await sql<{ at: Date }>`
    select at + interval '1 day' as at from audit where act = 'case.urge' and subject = ${caseId} and person_id = ${person}
      and at > now() - interval '1 day' order by at desc offset ${perDay - 1} limit 1`.execute(tx);
  return rows[0]?.at.getTime() ?? null;
}

async function countToday(tx: Tx, { caseId, person }: Asking): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from audit where act = 'case.urge' and subject = ${caseId} and person_id = ${person}
      and at > now() - interval '1 day'`.execute(tx);
  return rows[0]?.n ?? 0;
}

interface Reached {
  task: string;
  person: string;
}

/** Whoever holds a task, or may take it from its pool. */
async function findHolders(tx: Tx, tasks: readonly Urgeable[], community: string | null): Promise<Reached[]> {
  const { rows } = await sql<Reached>`
    select x.id as task, p.id as person from json_to_recordset(${JSON.stringify(tasks)}::json) as x (id text, holder uuid, pool text)
    join person p on p.disabled_at is null and (p.id = x.holder or (x.holder is null and exists (select from role_grant g
      where g.person_id = p.id and g.role = x.pool and (g.community_id is null or g.community_id = ${community}::uuid))))
    join task t on t.id = x.id and not (p.id = any (t.never))`.execute(tx);
  return rows;
}

interface Telling {
  caseId: string;
  person: string;
  reached: readonly Reached[];
  today: number;
  number: string;
  title: string;
}

async function tell(tx: Tx, { caseId, person, reached, today, number, title }: Telling): Promise<void> {
  // Notifications of others are written by the engine role alone.
  await sql`select set_config('role', 'guanjia_engine', true)`.execute(tx);
  const day = new Date().toISOString().slice(0, 10);
  const params = JSON.stringify({ number, title, by: person });
  await sql`
    insert into notification (person_id, case_id, task_id, kind, params, dedupe)
    select x.person, ${caseId}, x.task, ${urged}, ${params}::jsonb, 'urge:' || x.task || ':' || ${`${person}:${day}:${today}`} || ':' || x.person
    from json_to_recordset(${JSON.stringify(reached)}::json) as x (task text, person uuid)
    on conflict (dedupe) do nothing`.execute(tx);
  const persons = reached.map((each) => each.person);
  sendHints(tx, [{ kind: 'notification', caseId, taskId: null, persons, pools: [] }]);
}
