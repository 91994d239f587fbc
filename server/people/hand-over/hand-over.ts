/**
 * 离职转办: all that somebody who leaves holds goes to others. First looked at, then done: what shall move is written down, each task moves by
 * a command of its own, and a run that stopped goes on where it was.
 */
import { sql } from 'kysely';
import { selectTaskItems, toTaskItems, type Language, type TaskItemRow } from '../../case-views/task-items.ts';
import { handOnAll, openTasksFor, type HeldTask } from '../../commands/hand-over.ts';
import { asPerson, type Db, type Tx } from '../../db/as.ts';
import { getFlow } from '../../definitions/published.ts';
import type { Deps } from '../../deps.ts';
import { AppError } from '../../errors.ts';
import { assertMayAnywhere } from '../../security/may.ts';
import type { Static } from 'typebox';
import type { HandOver, HandOverPreview } from './schemas.ts';

const all = { flows: null, communities: null };

/** @throws AppError forbidden, not_found */
export async function previewHandOver(
  deps: Deps,
  { by, person, language }: { by: string; person: string; language: Language },
): Promise<Static<typeof HandOverPreview>> {
  const held = await openTasksFor(deps.db, by, { person, ...all });
  return asPerson(deps.db, by, async (tx) => {
    await assertMayAnywhere(tx, 'task.reassign');
    const { rows } =
      await sql<TaskItemRow>`${selectTaskItems} where t.holder = ${person}::uuid and t.state in ('open', 'completing')
      order by t.opened_at, t.id`.execute(tx);
    const { rows: counts } = await sql<{ n: number }>`select count(*)::int as n from substitution s
      where s.ended_at is null and ${person}::uuid in (s.person_id, s.substitute_id)
        and coalesce(s.to_on, 'infinity') >= (now() at time zone community_zone(null))::date`.execute(tx);
    return {
      person: await findPerson(tx, person),
      tasks: await toTaskItems(deps.db, tx, rows, language),
      claimed: held.filter(({ claimed }) => claimed).map(({ id }) => id),
      substitutions: counts[0]?.n ?? 0,
      flows: await flowsNaming(deps.db, tx, person),
    };
  });
}

async function findPerson(tx: Tx, id: string): Promise<{ id: string; name: string }> {
  const row = await tx
    .selectFrom('person')
    .select(['id', 'display_name as name'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (row === undefined) throw new AppError('not_found', 404);
  return row;
}

/** Rules that name a person by id cannot be handed over: somebody has to change the flow. */
async function flowsNaming(db: Db, tx: Tx, person: string): Promise<Static<typeof HandOverPreview>['flows']> {
  const { rows } = await sql<{ key: string; version: number }>`
    select f.key, f.current_version as version from flow f join flow_version v on v.flow = f.key and v.version = f.current_version
    where strpos(v.definition::text, ${person}) > 0 order by f.key`.execute(tx);
  const found = [];
  for (const row of rows) found.push({ key: row.key, title: (await getFlow(db, row, tx)).definition.title });
  return found;
}

export interface HandOverWish {
  id: string;
  by: string;
  person: string;
  to: string | null;
  byFlow: Record<string, string>;
  byCommunity: Record<string, string>;
  claimedToPool: boolean;
}
interface Item extends HeldTask {
  flow: string;
  community: string | null;
}

/** Writes down what shall move, once, and moves it. @throws AppError forbidden, not_found, invalid_fields */
export async function startHandOver(deps: Deps, wish: HandOverWish): Promise<void> {
  await asPerson(deps.db, wish.by, async (tx) => {
    await assertMayAnywhere(tx, 'task.reassign');
    await findPerson(tx, wish.person);
    const { rows } =
      await sql`insert into hand_over (id, person_id, created_by) values (${wish.id}, ${wish.person}, ${wish.by})
      on conflict do nothing returning id`.execute(tx);
    if (rows.length === 0) return;
    const items = await itemsOf(tx, wish.person);
    for (const item of items) await plan(tx, wish, item);
    const detail = JSON.stringify({ person: wish.person, tasks: items.length });
    await tx
      .insertInto('audit')
      .values({ person_id: wish.by, act: 'task.handOver', subject: wish.id, detail })
      .execute();
  });
  await goOnHandOver(deps, wish);
}

async function itemsOf(tx: Tx, person: string): Promise<Item[]> {
  const { rows } = await sql<Item>`
    select t.id, t.assignment, t.claimed_by is not null as claimed, t.flow, t.community_id as community from task t
    where t.holder = ${person}::uuid and t.state in ('open', 'completing') order by t.opened_at, t.id`.execute(tx);
  return rows;
}

async function plan(tx: Tx, wish: HandOverWish, { id, claimed, flow, community }: Item): Promise<void> {
  const to = wish.byFlow[flow] ?? wish.byCommunity[community ?? ''] ?? wish.to;
  const isForPool = claimed && wish.claimedToPool;
  if (to === null && !isForPool)
    throw new AppError('invalid_fields', 422, {}, [{ path: '/to', code: 'required', params: { flow } }]);
  await sql`insert into hand_over_task (hand_over_id, task_id, to_person) values (${wish.id}, ${id}, ${isForPool ? null : to})`.execute(
    tx,
  );
}

/** Moves what is not moved yet. @throws AppError not_found */
export async function goOnHandOver(deps: Deps, { id, by }: Pick<HandOverWish, 'id' | 'by'>): Promise<void> {
  const { person, items } = await readHandOver(deps.db, { id, by });
  const held = await openTasksFor(deps.db, by, { person: person.id, ...all });
  const waiting = items.filter(({ state }) => state !== 'done');
  const found = waiting.flatMap((item) => {
    const task = held.find((each) => each.id === item.task);
    return task === undefined ? [] : [{ item, task }];
  });
  const gone = waiting.filter((item) => !held.some((each) => each.id === item.task));
  for (const { task } of gone) await mark(deps.db, { id, by }, { task, state: 'done', code: null });
  for (const { item, task } of found.filter(({ item: { to } }) => to === null)) {
    const released = await release(deps.db, by, { task, person: person.id });
    await mark(
      deps.db,
      { id, by },
      { task: item.task, state: released ? 'done' : 'failed', code: released ? null : 'task_busy' },
    );
  }
  const moves = found.flatMap(({ item: { to }, task }) => (to === null ? [] : [{ task, to: to.id }]));
  await handOnAll(deps, { by, run: id, as: 'handOver', moves, onMoved: (moved) => mark(deps.db, { id, by }, moved) });
}

/** Back to the pool it was taken from. */
function release(db: Db, by: string, { task, person }: { task: HeldTask; person: string }): Promise<boolean> {
  return asPerson(db, by, async (tx) => {
    const { numAffectedRows = 0n } = await sql`update task set claimed_by = null, claimed_at = null
      where id = ${task.id} and claimed_by = ${person}::uuid and state = 'open'`.execute(tx);
    return numAffectedRows > 0n;
  });
}

interface Mark {
  task: string;
  state: 'done' | 'failed';
  code: string | null;
}

async function mark(db: Db, { id, by }: Pick<HandOverWish, 'id' | 'by'>, { task, state, code }: Mark): Promise<void> {
  await asPerson(db, by, (tx) =>
    sql`update hand_over_task set state = ${state}, code = ${code} where hand_over_id = ${id} and task_id = ${task}`.execute(
      tx,
    ),
  );
}

/** @throws AppError not_found */
export function readHandOver(db: Db, { id, by }: Pick<HandOverWish, 'id' | 'by'>): Promise<Static<typeof HandOver>> {
  return asPerson(db, by, async (tx) => {
    const { rows } = await sql<{ person: string; at: Date }>`select person_id as person, created_at as at from hand_over
      where id = ${id}`.execute(tx);
    const [found] = rows;
    if (found === undefined) throw new AppError('not_found', 404);
    const { rows: items } = await sql<Static<typeof HandOver>['items'][number]>`
      select h.task_id as task, h.state, h.code, case when p.id is not null then json_build_object('id', p.id, 'name', p.display_name) end as "to"
      from hand_over_task h left join person p on p.id = h.to_person where h.hand_over_id = ${id} order by h.task_id`.execute(
      tx,
    );
    return { id, person: await findPerson(tx, found.person), createdAt: found.at.toISOString(), items };
  });
}
