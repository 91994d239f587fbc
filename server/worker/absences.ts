/**
 * Nobody who is away, or has left, holds a task in silence. When an absence begins while a task is open, whoever stands in gets it, once;
 * where nobody does, those who manage the work are told, once. Work that the flow lets wait for its holder waits.
 */
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { hasSubstitutes } from '../../workflows/engine/tree.ts';
import type { People } from '../../workflows/engine/flow.gen.ts';
import { isHumanStep } from '../commands/access.ts';
import { sha256 } from '../commands/canonical.ts';
import { handOnTask } from '../commands/task-acts.ts';
import { asEngine, type Tx } from '../db/as.ts';
import { sendHints } from '../db/hint.ts';
import { getFlow } from '../definitions/published.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { findPresence } from './presence.ts';
import { standIns } from './stand-ins.ts';

interface Held {
  id: string;
  assignment: number;
  holder: string;
  step: string;
  never: string[];
  caseId: string;
  flow: string;
  version: number;
  community: string | null;
  initiator: string;
  number: string;
  title: string;
  gone: boolean;
}
/** `to` null: nobody stands in. */
interface Found {
  task: Held;
  people: People;
  to: string | null;
}

const kind = 'holder_absent';
const mostTasks = 200;

/** How many tasks went to somebody else, and how many people were told. */
export async function relieveAbsent(deps: Deps): Promise<{ moved: number; told: number }> {
  const found = await asEngine(deps.db, async (tx) => {
    const each = [];
    for (const task of await heldByAbsent(tx)) each.push(...(await look(deps, tx, task)));
    return each;
  });
  let moved = 0;
  let told = 0;
  for (const { task, people, to } of found) {
    if (to !== null && (await handOn(deps, task, to))) moved += 1;
    else told += await asEngine(deps.db, (tx) => tell(tx, task, people));
  }
  return { moved, told };
}

/** A substitution that began when it was made was asked then whether it takes what is open. */
async function heldByAbsent(tx: Tx): Promise<Held[]> {
  const { hasLeft, isOnLeave } = await findPresence(tx);
  const zone = sql`community_zone(t.community_id)`;
  const { rows } = await sql<Held>`
    select t.id, t.assignment, t.holder, t.step, t.never, c.id as "caseId", c.flow, c.flow_version as version, t.community_id as community,
      c.initiator, c.number, c.title, ${hasLeft} as gone
    from task t join "case" c on c.id = t.case_id join person p on p.id = t.holder
    where t.state = 'open' and c.status = 'running' and (${hasLeft} or ${isOnLeave} or exists (
      select from substitution s where s.person_id = p.id and s.ended_at is null
        and (now() at time zone ${zone})::date between s.from_on and coalesce(s.to_on, 'infinity')
        and (s.created_at at time zone ${zone})::date < s.from_on and (t.opened_at at time zone ${zone})::date < s.from_on
        and (s.flows is null or t.flow = any (s.flows)) and (s.communities is null or t.community_id = any (s.communities))))
      and not exists (select from command m where m.task_id = t.id and m.actor = t.holder and m.route = ${kind} and m.state <> 'refused')
    order by t.opened_at, t.id limit ${mostTasks}`.execute(tx);
  return rows;
}

/** None where it waits for its holder. */
async function look({ db }: Deps, tx: Tx, task: Held): Promise<Found[]> {
  const { flow, version, community, initiator, never, holder, gone } = task;
  const { steps } = await getFlow(db, { key: flow, version }, tx);
  const step = steps.get(task.step)?.step;
  if (!isHumanStep(step)) return [];
  const { people } = step;
  if (gone) return [{ task, people, to: null }];
  if (!hasSubstitutes(people)) return [];
  const place = { flow, community, initiator, never };
  const { persons } = await standIns(tx, [holder], { place, substitutes: true });
  const [to = null] = persons;
  return to === holder ? [] : [{ task, people, to }];
}

/** In the name of whoever is away: it is their substitute. False: it may not be. */
async function handOn(deps: Deps, { id, assignment, holder }: Held, to: string): Promise<boolean> {
  const intention = { person: holder, key: { key: keyOf(id), route: kind }, requestHash: sha256({ task: id }) };
  try {
    await handOnTask(deps, intention, { taskId: id, assignment, to, as: 'substitute' });
    return true;
  } catch (error) {
    if (!(error instanceof AppError) || error.status >= 500) throw error;
    return false;
  }
}

/** The same for a task each time: whoever gives it back to somebody who is away means it. */
function keyOf(task: string): string {
  const hex = createHash('sha256').update(`${kind}:${task}`).digest('hex').slice(0, 32);
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-5$3-8$4-$5');
}

/** Those to whom work goes that has nobody. */
async function tell(tx: Tx, task: Held, { whenEmpty }: People): Promise<number> {
  const role = typeof whenEmpty === 'object' ? whenEmpty.role : 'manager';
  const params = JSON.stringify({ number: task.number, title: task.title, flow: task.flow, step: task.step });
  const { rows } = await sql<{ person: string }>`
    insert into notification (person_id, case_id, task_id, kind, params, dedupe)
    select p.id, ${task.caseId}::uuid, ${task.id}, ${kind}, ${params}::jsonb, ${`${kind}:${task.id}:${task.assignment}:`} || p.id
    from person p where p.disabled_at is null and p.id <> ${task.holder}::uuid and exists (select from role_grant g
      where g.person_id = p.id and g.role = ${role} and (g.community_id is null or g.community_id = ${task.community}::uuid))
    on conflict (dedupe) do nothing returning person_id as person`.execute(tx);
  const persons = rows.map(({ person }) => person);
  if (persons.length > 0) sendHints(tx, [{ kind: 'notification', caseId: null, taskId: null, persons, pools: [] }]);
  return persons.length;
}
