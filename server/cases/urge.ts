/**
 * 催办: a reader of the case asks its holders to hurry: once half the budget of a task is used, at most three times a day a case and person,
 * on record, and it reaches all who hold the case now.
 */
import { sql } from 'kysely';
import { isHumanStep } from '../commands/access.ts';
import { asPerson, type Db, type Tx } from '../db/as.ts';
import { sendHints } from '../db/hint.ts';
import { getFlow, type PublishedFlow } from '../definitions/published.ts';
import { AppError } from '../errors.ts';
import type { NotificationKind } from '../notifications/schemas.ts';

const mostADay = 3;
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
  is_half: boolean;
}

export async function mayUrge(tx: Tx, asking: Asking): Promise<boolean> {
  const [tasks, today] = [await findUrgeable(tx, asking), await countToday(tx, asking)];
  return tasks.length > 0 && today < mostADay;
}

/** How many persons were reached. @throws AppError not_found, urge_too_early, urge_too_often */
export function urgeCase(db: Db, { caseId, person }: { caseId: string; person: string }): Promise<number> {
  return asPerson(db, person, async (tx) => {
    const { rows } = await sql<{
      flow: string;
      version: number;
      number: string;
      title: string;
      community: string | null;
    }>`
      select flow, flow_version as version, number, title, community_id as community from "case"
      where id = ${caseId} and status = 'running' for no key update`.execute(tx);
    const [found] = rows;
    if (found === undefined) throw new AppError('not_found', 404);
    const asking = { caseId, person, flow: await getFlow(db, { key: found.flow, version: found.version }, tx) };
    const tasks = await findUrgeable(tx, asking);
    if (tasks.length === 0) throw new AppError('urge_too_early', 409);
    const today = await countToday(tx, asking);
    if (today >= mostADay) throw new AppError('urge_too_often', 409, { limit: mostADay });
    await tx
      .insertInto('audit')
      .values({
        person_id: person,
        act: 'case.urge',
        subject: caseId,
        detail: JSON.stringify({ tasks: tasks.map(({ id }) => id) }),
      })
      .execute();
    return tell(tx, { ...asking, tasks, today, number: found.number, title: found.title, community: found.community });
  });
}

/** Open tasks of which half the time is used, or that have no budget; the flow may forbid it. */
async function findUrgeable(tx: Tx, { caseId, person, flow }: Asking): Promise<Urgeable[]> {
  const { rows } = await sql<Urgeable>`
    select t.id, t.step, t.holder, t.pool, t.due_at is null or now() >= t.opened_at + (t.due_at - t.opened_at) / 2 as is_half
    from task t where t.case_id = ${caseId} and t.state = 'open' and t.holder is distinct from ${person}`.execute(tx);
  return rows.filter(({ step, is_half }) => {
    const found = flow.steps.get(step)?.step;
    return is_half && isHumanStep(found) && found.allow?.urge !== false;
  });
}

async function countToday(tx: Tx, { caseId, person }: Asking): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from audit where act = 'case.urge' and subject = ${caseId} and person_id = ${person}
      and at > now() - interval '1 day'`.execute(tx);
  return rows[0]?.n ?? 0;
}

interface Telling extends Asking {
  tasks: Urgeable[];
  today: number;
  number: string;
  title: string;
  community: string | null;
}

async function tell(tx: Tx, { caseId, person, tasks, today, number, title, community }: Telling): Promise<number> {
  // Notifications of others are written by the engine role alone.
  await sql`select set_config('role', 'guanjia_engine', true)`.execute(tx);
  const day = new Date().toISOString().slice(0, 10);
  const params = JSON.stringify({ number, title, by: person });
  const { rows } = await sql<{ id: string }>`
    insert into notification (person_id, case_id, task_id, kind, params, dedupe)
    select p.id, ${caseId}, x.id, ${urged}, ${params}::jsonb, 'urge:' || x.id || ':' || ${`${person}:${day}:${today}`} || ':' || p.id
    from json_to_recordset(${JSON.stringify(tasks)}::json) as x (id text, holder uuid, pool text)
    join person p on p.disabled_at is null and (p.id = x.holder or (x.holder is null and exists (select from role_grant g
      where g.person_id = p.id and g.role = x.pool and (g.community_id is null or g.community_id = ${community}::uuid))))
    on conflict (dedupe) do nothing returning person_id as id`.execute(tx);
  const persons = rows.map(({ id }) => id);
  sendHints(tx, [{ kind: 'notification', caseId, taskId: null, persons, pools: [] }]);
  return persons.length;
}
