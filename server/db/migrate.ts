/**
 * Runs server/db/migrations/*.ts as guanjia_owner, each in the one transaction Kysely opens, under an advisory lock: any
 * number of processes may start at once. A database that a newer version migrated is refused, never touched.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { sql, type Kysely } from 'kysely';
import { Migrator, type Migration, type MigrationProvider } from 'kysely/migration';
import { AppError } from '../errors.ts';
import type { Database } from './tables/index.ts';

const migrationsDir = join(import.meta.dirname, 'migrations');

/** Any constant of our own; Kysely's lock is another one, and it alone would wait without saying what for. */
const lockKey = 7_203_116;

/**
 * Idempotent. Gives the names of the migrations that were run now.
 * @throws AppError database_newer_than_program, migration_failed
 */
export async function migrate(adminDb: Kysely<Database>, folder: string = migrationsDir): Promise<string[]> {
  return adminDb.connection().execute(async (connection) => {
    await sql`select pg_advisory_lock(${lockKey})`.execute(connection);
    try {
      const migrations = await readMigrations(folder);
      await refuseNewer(connection, Object.keys(migrations));
      return await runAll(connection, { getMigrations: () => Promise.resolve(migrations) });
    } finally {
      await sql`select pg_advisory_unlock(${lockKey})`.execute(connection);
    }
  });
}

/** Names of migrations still to be run; empty = up to date. For `/readyz`. */
export async function findPendingMigrations(db: Kysely<Database>, folder: string = migrationsDir): Promise<string[]> {
  const known = Object.keys(await readMigrations(folder));
  const done = new Set(await findExecuted(db));
  return known.filter((name) => !done.has(name)).sort();
}

async function runAll(connection: Kysely<Database>, provider: MigrationProvider): Promise<string[]> {
  const migrator = new Migrator({ db: connection, provider, nameComparator: (a, b) => (a < b ? -1 : a > b ? 1 : 0) });
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error !== undefined) {
    const failed = results.find(({ status }) => status === 'Error')?.migrationName;
    const failure = new AppError('migration_failed', 500, { migration: failed, cause: messageOf(error) });
    failure.cause = error;
    throw failure;
  }
  return results.map(({ migrationName }) => migrationName);
}

async function readMigrations(folder: string): Promise<Record<string, Migration>> {
  const files = (await readdir(folder)).filter((name) => /^\d{4}[\w-]*\.ts$/.test(name) && !name.endsWith('.test.ts'));
  const entries = files.sort().map(async (name): Promise<[string, Migration]> => {
    const migration = (await import(join(folder, name))) as Migration;
    return [name.replace(/\.ts$/, ''), migration];
  });
  return Object.fromEntries(await Promise.all(entries));
}

async function refuseNewer(connection: Kysely<Database>, known: string[]): Promise<void> {
  const unknown = (await findExecuted(connection)).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new AppError('database_newer_than_program', 500, { migrations: unknown });
}

async function findExecuted(db: Kysely<Database>): Promise<string[]> {
  const { rows: tables } = await sql<{
    present: boolean;
  }>`select to_regclass('public.kysely_migration') is not null as present`.execute(db);
  if (tables[0]?.present !== true) return [];
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  return rows.map(({ name }) => name);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
