/**
 * lock_task, lock_case and number_command pass row security by, because it is dear of one row: they must let a person act on exactly what
 * it would. Every kind of person is tried on every kind of task, by the function and by a plain statement under the policies.
 */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDb, type TestDb } from '../testing/database.ts';
import { asEngine, asPerson, type Tx } from './as.ts';
import { insertRecord, loadForm } from './records/index.ts';

let test: TestDb;
const people = new Map<string, string>();
const cases = new Map<string, string>();
const tasks = new Map<string, string>();

beforeAll(async () => {
  test = await createTestDb();
  await sql`insert into role (key, title, may) values ('looks', '{}', '{case.read}'), ('moves', '{}', '{task.reassign}'), ('works', '{}', '{}')`.execute(
    test.adminDb,
  );
  const [here, there] = [await aCommunity('A'), await aCommunity('B')];
  await addPeople(here, there);
  await addCases({ here, there, company: null });
});
afterAll(async () => {
  await test.drop();
});

async function aCommunity(code: string): Promise<string> {
  const form = await loadForm(test.db, 'community');
  const fields = { code, name: code, address: code, timeZone: 'Asia/Shanghai' };
  const { id } = await asEngine(test.db, (tx) => insertRecord(tx, form, { communityId: null, fields, by: null }));
  return id;
}

async function addPeople(here: string, there: string): Promise<void> {
  const grants: [string, string | null][] = ['looks', 'moves', 'works'].flatMap((role) =>
    [here, there, null].map((community): [string, string | null] => [role, community]),
  );
  for (const [role, community] of grants) {
    const where = community === null ? 'everywhere' : community === here ? 'here' : 'there';
    await addPerson(`${role} ${where}`, [[role, community]]);
  }
  await addPerson('looks and moves here', [['looks', here], ['moves', here]]); // prettier-ignore
  for (const name of ['initiator', 'reader', 'holder', 'claimer', 'stranger']) await addPerson(name, []);
  for (const name of ['reader who moves', 'closer who moves']) await addPerson(name, [['moves', here]]);
}

async function addPerson(name: string, grants: [string, string | null][]): Promise<void> {
  const { id } = await test.adminDb
    .insertInto('person')
    .values({ username: name, display_name: name })
    .returning('id')
    .executeTakeFirstOrThrow();
  people.set(name, id);
  for (const [role, community] of grants)
    await test.adminDb.insertInto('role_grant').values({ person_id: id, role, community_id: community }).execute();
}

async function addCases(places: Record<string, string | null>): Promise<void> {
  for (const [place, community] of Object.entries(places)) {
    const id = randomUUID();
    cases.set(place, id);
    await sql`insert into "case" (id, number, flow, flow_version, form, form_version, community_id, initiator, title, status)
      select ${id}, ${place}, v.flow, v.version, f.form, v.form_version, ${community}, ${people.get('initiator')}, '', 'running'
      from flow_version v join flow f on f.key = v.flow limit 1`.execute(test.adminDb);
    for (const name of ['reader', 'reader who moves', 'holder', 'closer who moves']) await addReader(name, id);
    await addTask(`held ${place}`, id, { assignee: 'holder' });
    await addTask(`closed ${place}`, id, { assignee: 'holder', closedBy: 'closer who moves' });
  }
  // Of a case of its own: what waits in a pool opens the case to the role.
  for (const [place, community] of Object.entries(places)) {
    const id = randomUUID();
    cases.set(`pool ${place}`, id);
    await sql`insert into "case" (id, number, flow, flow_version, form, form_version, community_id, initiator, title, status)
      select ${id}, ${`pool ${place}`}, c.flow, c.flow_version, c.form, c.form_version, ${community}, ${people.get('initiator')}, '', 'running'
      from "case" c limit 1`.execute(test.adminDb);
    await addTask(`pooled ${place}`, id, { pool: 'works' });
    await addTask(`claimed ${place}`, id, { pool: 'works', claimedBy: 'claimer' });
    await addReader('claimer', id);
  }
}

async function addReader(name: string, caseId: string): Promise<void> {
  await sql`insert into case_reader (case_id, person_id, why) values (${caseId}, ${people.get(name)}, 'cc')`.execute(
    test.adminDb,
  );
}

interface Task {
  assignee?: string;
  pool?: string;
  claimedBy?: string;
  closedBy?: string;
}

async function addTask(name: string, caseId: string, task: Task): Promise<void> {
  const id = `${caseId}-${tasks.size}`;
  tasks.set(name, id);
  const who = (each?: string): string | null => (each === undefined ? null : (people.get(each) ?? null));
  await sql`insert into task (id, case_id, flow, step, kind, state, community_id, assignee, pool, claimed_by, closed_by, assignment, opened_at,
      opened_rev, rev)
    select ${id}, c.id, c.flow, 'step', 'userTask', ${task.closedBy === undefined ? 'open' : 'done'}, c.community_id, ${who(task.assignee)}::uuid,
      ${task.pool ?? null}, ${who(task.claimedBy)}::uuid, ${who(task.closedBy)}::uuid, 1, now(), 1, 1
    from "case" c where c.id = ${caseId}`.execute(test.adminDb);
}

/** Names of the pairs that the question answers with a row. */
async function pairs(
  things: ReadonlyMap<string, string>,
  ask: (tx: Tx, id: string, person: string) => Promise<boolean>,
): Promise<string[]> {
  const found: string[] = [];
  for (const [name, person] of people)
    await asPerson(test.db, person, async (tx) => {
      for (const [thing, id] of things) if (await ask(tx, id, person)) found.push(`${name}: ${thing}`);
    });
  return found;
}

function byRowSecurity(tx: Tx, id: string): Promise<boolean> {
  return isThere(
    tx,
    sql`select from "case" c join task t on t.case_id = c.id where t.id = ${id} for no key update of c, t`,
  );
}

async function isThere(tx: Tx, query: ReturnType<typeof sql>): Promise<boolean> {
  return (await query.execute(tx)).rows.length > 0;
}

describe('acting as a person', () => {
  it('locks the tasks that row security lets the person act on, and no other', async () => {
    const expected = await pairs(tasks, byRowSecurity);
    const locked = await pairs(tasks, (tx, id) => isThere(tx, sql`select from lock_task(${id})`));

    expect(locked).toEqual(expected);
    // Both kinds are among them, so that neither way says yes or no to all.
    expect(locked).toContain('works here: pooled here');
    expect(locked).toContain('holder: held there');
    expect(locked).not.toContain('works there: pooled here');
    expect(locked).not.toContain('moves here: held here');
    expect(locked.filter((pair) => pair.startsWith('stranger'))).toEqual([]);
  });

  it('locks the cases that row security shows the person, and no other', async () => {
    const expected = await pairs(cases, (tx, id) =>
      isThere(tx, sql`select from "case" where id = ${id} for no key update`),
    );
    const locked = await pairs(cases, (tx, id) => isThere(tx, sql`select from lock_case(${id})`));

    expect(locked).toEqual(expected);
    expect(locked).toContain('looks everywhere: company');
    expect(locked).not.toContain('looks here: company');
    expect(locked).not.toContain('claimer: here');
  });

  it('numbers a command, and gives it the task, where row security would', async () => {
    const take = async (tx: Tx, query: ReturnType<typeof sql>, id: string): Promise<boolean> => {
      await sql`savepoint taken`.execute(tx);
      await query.execute(tx);
      await sql`set local role guanjia_engine`.execute(tx);
      const taken = await isThere(tx, sql`select from task where id = ${id} and state = 'completing'`);
      await sql`rollback to savepoint taken`.execute(tx);
      return taken;
    };
    const expected = await pairs(tasks, (tx, id) =>
      take(
        tx,
        sql`with c as (update "case" set last_n = last_n + 1 where id = ${id.slice(0, 36)} returning last_n)
          update task set state = 'completing', command_id = ${randomUUID()} where id = ${id} and exists (select from c)`,
        id,
      ),
    );
    const taken = await pairs(tasks, (tx, id) =>
      take(tx, sql`select from number_command(${randomUUID()}, ${id.slice(0, 36)}, ${id}, 8)`, id),
    );

    expect(taken).toEqual(expected);
    expect(taken).toContain('claimer: claimed company');
  });

  it('asks nothing again of the task that was locked, and spares no other the question', async () => {
    const [claimer = '', stranger = ''] = ['claimer', 'stranger'].map((name) => people.get(name));
    const [locked = '', beside = '', elsewhere = ''] = ['claimed here', 'pooled here', 'held there'].map((name) =>
      tasks.get(name),
    );
    const number = (tx: Tx, id: string, task: string | null = id): Promise<boolean> =>
      isThere(tx, sql`select from number_command(${randomUUID()}, ${id.slice(0, 36)}, ${task}, 8)`);
    const found = await asPerson(test.db, claimer, async (tx) => {
      await sql`savepoint locked`.execute(tx);
      await sql`select from lock_task(${locked})`.execute(tx);
      const others = [await number(tx, elsewhere), await number(tx, elsewhere, null)];
      await number(tx, beside);
      await number(tx, locked);
      // Whoever acts from here on has locked nothing.
      await sql`select set_config('guanjia.person', ${stranger}, true)`.execute(tx);
      const theirs = await number(tx, locked);
      await sql`set local role guanjia_engine`.execute(tx);
      const { rows } = await sql<{ id: string }>`select id from task where state = 'completing'`.execute(tx);
      await sql`rollback to savepoint locked`.execute(tx);
      return { others, theirs, taken: rows.map(({ id }) => id) };
    });

    expect(found).toEqual({ others: [false, false], theirs: false, taken: [locked] });
  });

  it('finds nothing where there is nothing, even for who may read all', async () => {
    const all = people.get('looks everywhere') ?? '';
    const found = await asPerson(test.db, all, async (tx) => [
      await isThere(tx, sql`select from lock_task(${`${randomUUID()}-1`})`),
      await isThere(tx, sql`select from lock_case(${randomUUID()})`),
    ]);

    expect(found).toEqual([false, false]);
  });
});
