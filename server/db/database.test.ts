import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createTestDb, testPasswords, type TestDb } from '../testing/database.ts';
import { asSuperuser, bootstrapDatabase, withDatabase } from './bootstrap.ts';
import { findPendingMigrations, migrate } from './migrate.ts';

let test: TestDb;

beforeAll(async () => {
  test = await createTestDb();
});

afterAll(async () => {
  await test.drop();
});

async function value(expression: string): Promise<unknown> {
  const { rows } = await sql.raw<{ value: unknown }>(`select ${expression} as value`).execute(test.db);
  return rows[0]?.value;
}

it('comes from a Postgres whose log names places and never values', async () => {
  expect(await value(`current_setting('log_error_verbosity')`)).toBe('terse');
  expect(await value(`current_setting('log_parameter_max_length_on_error')`)).toBe('0');
});

describe('createDb', () => {
  it('keeps money exact, also in arrays', async () => {
    expect(await value(`19.99::numeric(14,2)`)).toBe('19.99');
    expect(await value(`array[19.99, null]::numeric[]`)).toEqual(['19.99', null]);
  });

  it('keeps a day a day', async () => {
    expect(await value(`date '2026-03-01'`)).toBe('2026-03-01');
    expect(await value(`array[date '2026-03-01']`)).toEqual(['2026-03-01']);
    expect(await value(`timestamptz '2026-03-01T00:00:00+08'`)).toEqual(new Date('2026-02-28T16:00:00Z'));
  });

  it('gives bigint as a number and refuses what a number cannot hold', async () => {
    expect(await value('count(*)')).toBe(1);
    expect(await value(`'{}'::bigint[]`)).toEqual([]);
    await expect(value('9007199254740993::bigint')).rejects.toThrow('beyond 2^53');
  });
});

describe('bootstrap', () => {
  it('gives the app a role that owns nothing and cannot pass row security', async () => {
    const { rows } = await sql<{ rolbypassrls: boolean; rolsuper: boolean; owned: number }>`
      select rolbypassrls, rolsuper, (select count(*) from pg_class where relowner = r.oid) as owned
        from pg_roles r where rolname = current_user`.execute(test.db);

    expect(rows).toEqual([{ rolbypassrls: false, rolsuper: false, owned: 0 }]);
    await expect(sql`create table public.mine ()`.execute(test.db)).rejects.toThrow('permission denied');
    await expect(sql`create table record.mine ()`.execute(test.db)).rejects.toThrow('permission denied');
    await expect(sql`set role guanjia_owner`.execute(test.db)).rejects.toThrow('permission denied');
  });

  it('lets the app become the engine by asking, never by membership', async () => {
    expect(await value(`pg_has_role('guanjia_engine', 'usage')`)).toBe(false);
    expect(await value(`pg_has_role('guanjia_engine', 'set')`)).toBe(true);
  });

  it('lets the owner publish as guanjia_publisher', async () => {
    const owner = await test.adminDb.transaction().execute(async (tx) => {
      await sql`set local role guanjia_publisher`.execute(tx);
      await sql`create table record.probe ()`.execute(tx);
      const { rows } = await sql<{
        tableowner: string;
      }>`select tableowner from pg_tables where tablename = 'probe'`.execute(tx);
      return rows[0]?.tableowner;
    });

    expect(owner).toBe('guanjia_publisher');
  });

  it('finds Chinese by trigrams', async () => {
    expect(await value(`show_trgm('漏水报修')::text`)).not.toBe('{}');
  });

  it('can be run again without harm, and again sets the passwords', async () => {
    const name = new URL(test.databaseUrl).pathname.slice(1);
    await bootstrapDatabase(inject('postgresUrl'), name, testPasswords);

    expect(await value('current_user')).toBe('guanjia_app');
  });
});

describe('migrate', () => {
  it('has nothing to do on a migrated database', async () => {
    expect(await migrate(test.adminDb)).toEqual([]);
    expect(await findPendingMigrations(test.db)).toEqual([]);
  });

  it('runs each migration once when two processes start together', async () => {
    const url = inject('postgresUrl');
    const name = `twice_${Date.now().toString(36)}`;
    await bootstrapDatabase(url, name, testPasswords);
    const { createDb } = await import('./client.ts');
    const { withUser } = await import('./bootstrap.ts');
    const owner = withUser(withDatabase(url, name), 'guanjia_owner', testPasswords.owner);
    const [one, two] = [createDb(owner, { max: 2 }), createDb(owner, { max: 2 })];

    const runs = await Promise.all([migrate(one), migrate(two)]);
    await Promise.all([one.destroy(), two.destroy()]);
    await asSuperuser(url, (client) => client.query(`drop database ${name}`));

    expect(runs.map((run) => run.length).sort()).toEqual([0, runs.flat().length]);
    expect(runs.flat()).toContain('0001-core');
  });

  it('refuses a database that a newer version has migrated', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'guanjia-migrations-'));
    await writeFile(join(folder, '0001-older.ts'), 'export async function up() {}\n');

    await expect(migrate(test.adminDb, folder)).rejects.toMatchObject({
      code: 'database_newer_than_program',
      params: { migrations: expect.arrayContaining(['0001-core']) as unknown },
    });
    await rm(folder, { recursive: true });
  });

  it('names the migration that fails and leaves nothing of it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'guanjia-migrations-'));
    await writeFile(
      join(folder, '9999-broken.ts'),
      `import { sql } from '${createRequire(import.meta.url).resolve('kysely')}';
       export async function up(db: never) { await sql\`create table half ()\`.execute(db); await sql\`nonsense\`.execute(db); }\n`,
    );
    const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(test.db);
    await Promise.all(rows.map(({ name }) => writeFile(join(folder, `${name}.ts`), 'export async function up() {}\n')));

    await expect(migrate(test.adminDb, folder)).rejects.toMatchObject({
      code: 'migration_failed',
      params: { migration: '9999-broken' },
    });
    expect(await value(`to_regclass('public.half')`)).toBeNull();
    await rm(folder, { recursive: true });
  });
});
