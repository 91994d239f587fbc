/** What opens or ends a transaction is not waited for by itself; Postgres and whoever asks see no difference but the time. */
import type { Socket } from 'node:net';
import pg from 'pg';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createTestDb, type TestDb } from '../testing/database.ts';
import { asEngine, type Tx } from './as.ts';
import { andCommit, askBoth, PipeliningClient } from './pipelining-client.ts';

let test: TestDb;
let client: pg.Client;

beforeAll(async () => {
  test = await createTestDb();
  client = new PipeliningClient({ connectionString: test.databaseAdminUrl, pipeline: true });
  await client.connect();
  await client.query('create table public.note (text text unique)');
});
beforeEach(async () => {
  await client.query('delete from public.note');
});
afterAll(async () => {
  await client.end();
  await test.drop();
});

/** As whoever owns the table. */
const inTransaction = <T>(run: (tx: Tx) => Promise<T>): Promise<T> =>
  test.adminDb.transaction().execute((tx) => run(tx));
const insert = (text: string, mark = '') => client.query(`insert into public.note values ($1) ${mark}`, [text]);
const mark = '/* and commit */';
const notes = async () => (await client.query<{ text: string }>('select text from public.note order by text')).rows;

/** How often something is sent to Postgres while `run` goes on, after an answer to what was sent before. */
async function countTrips(run: () => Promise<unknown>): Promise<number> {
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
  let trips = 0;
  let hasAnswered = true;
  const hear = (): void => {
    hasAnswered = true;
  };
  stream.on('data', hear);
  stream.write = (...args: unknown[]) => {
    if (hasAnswered) trips += 1;
    hasAnswered = false;
    return write(...args);
  };
  await run();
  stream.off('data', hear);
  stream.write = write;
  return trips;
}

it('sends begin with the first statement and commit with the last', async () => {
  const trips = await countTrips(async () => {
    await client.query('begin; set local statement_timeout = 1000');
    await insert('one');
    await insert('two', mark);
    await client.query('commit');
  });

  expect(await notes()).toEqual([{ text: 'one' }, { text: 'two' }]);
  expect(trips).toBe(2);
});

it('takes along what is marked to go with the next statement, and tells its error there', async () => {
  const along = '/* with next */';
  const trips = await countTrips(async () => {
    await client.query('begin');
    await insert('one', along);
    await insert('two', along);
    await insert('three', mark);
    await client.query('commit');
  });

  await client.query('begin');
  await insert('three', along);
  await expect(insert('four', mark)).rejects.toThrow('unique');
  await client.query('rollback');

  expect(await notes()).toEqual([{ text: 'one' }, { text: 'three' }, { text: 'two' }]);
  expect(trips).toBe(1);
});

it('asks two questions in one trip, the second behind the first', async () => {
  const add = sql<{ text: string }>`insert into public.note values ('first') returning text`;
  const ask = (tx: Tx) => askBoth(tx, add, async () => (await sql`select text from public.note`.execute(tx)).rows);

  const both = await inTransaction((tx) => ask(tx));
  const trips = await countTrips(async () => {
    await client.query('begin');
    await insert('one', '/* answer later */');
    await insert('two');
    expect(await client.query('/* the later answer */')).toMatchObject({ rowCount: 1 });
  });

  expect(both).toEqual([[{ text: 'first' }], [{ text: 'first' }]]);
  expect(trips).toBe(1);
  expect(() => client.query('/* the later answer */')).toThrow('no answer');
  await client.query('rollback');
});

it('tells the error of the first of two questions, and goes on', async () => {
  const failing = inTransaction((tx) => askBoth(tx, sql`select 1 / 0`, () => sql`select 1`.execute(tx)));
  await expect(failing).rejects.toThrow('zero');
  const second = inTransaction((tx) => askBoth(tx, sql`select 1`, () => sql`select nothing`.execute(tx)));
  await expect(second).rejects.toThrow('nothing');

  expect(await inTransaction(async (tx) => (await sql`select 1 as n`.execute(tx)).rows)).toEqual([{ n: 1 }]);
});

it('tells the error of an opening by the statement behind it', async () => {
  await client.query('begin; set local role nobody_has_this');
  await expect(insert('lost')).rejects.toThrow('nobody_has_this');
  await client.query('rollback');

  expect(await notes()).toEqual([]);
});

it('tells the error of an opening that began nothing, though the statement behind it went well', async () => {
  await client.query('begin; nonsense');
  await expect(client.query('select 1')).rejects.toThrow('nonsense');
});

it('ends with an error where the connection breaks, and goes on with another', async () => {
  const kill = () =>
    sql`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'guanjia_app' and datname = current_database()`.execute(
      test.adminDb,
    );
  const broken = (): Promise<unknown> =>
    asEngine(test.db, async (tx) => {
      await sql`select 1`.execute(tx);
      await kill();
      await sql`select 2 ${andCommit}`.execute(tx);
    });

  await expect(broken()).rejects.toThrow();
  expect(await asEngine(test.db, async (tx) => (await sql`select 1 as n`.execute(tx)).rows)).toEqual([{ n: 1 }]);
});

it('commits nothing when the last statement fails, and goes on working', async () => {
  await client.query('begin');
  await insert('twin');
  await expect(insert('twin', mark)).rejects.toThrow('unique');
  await client.query('rollback');
  await client.query('begin');
  await client.query('savepoint a');
  await insert('kept');
  await client.query('commit');

  expect(await notes()).toEqual([{ text: 'kept' }]);
});

it('ends a transaction of as.ts that asks nothing, and one whose last statement fails', async () => {
  await asEngine(test.db, () => Promise.resolve());
  await expect(asEngine(test.db, (tx) => sql`select 1 / 0 ${andCommit}`.execute(tx))).rejects.toThrow('zero');

  expect(await asEngine(test.db, async (tx) => (await sql`select 1 as n`.execute(tx)).rows)).toEqual([{ n: 1 }]);
});
