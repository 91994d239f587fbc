/** A database of its own for a test file: a copy of the migrated template, reached through the roles the product uses. */
import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import { inject } from 'vitest';
import { asSuperuser, withDatabase, withUser } from '../db/bootstrap.ts';
import { createDb } from '../db/client.ts';
import type { Database } from '../db/tables/index.ts';

export const templateDatabase = 'guanjia_template';
export const testPasswords = { owner: 'test-owner', app: 'test-app' };

export interface TestDb {
  /** As guanjia_app, as the server has it. */
  db: Kysely<Database>;
  /** As guanjia_owner. */
  adminDb: Kysely<Database>;
  databaseUrl: string;
  databaseAdminUrl: string;
  /** Closes the connections and removes the database; call it in `afterAll`. */
  drop(): Promise<void>;
}

/** With migrations and built-in content, without demo data. */
export async function createTestDb(): Promise<TestDb> {
  const superUrl = inject('postgresUrl');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asSuperuser(superUrl, async (client) => {
    // Postgres copies one template at a time: other test files wait here instead of failing.
    await client.query('select pg_advisory_lock(7203117)');
    await client.query(`create database ${name} template ${templateDatabase} owner guanjia_owner strategy file_copy`);
    await client.query(`grant connect on database ${name} to guanjia_app`);
  });
  const url = withDatabase(superUrl, name);
  const databaseUrl = withUser(url, 'guanjia_app', testPasswords.app);
  const databaseAdminUrl = withUser(url, 'guanjia_owner', testPasswords.owner);
  const db = createDb(databaseUrl, { max: 5 });
  const adminDb = createDb(databaseAdminUrl, { max: 3 });
  const drop = async (): Promise<void> => {
    await Promise.all([db.destroy(), adminDb.destroy()]);
    await asSuperuser(superUrl, (client) => client.query(`drop database if exists ${name} with (force)`));
  };
  return { db, adminDb, databaseUrl, databaseAdminUrl, drop };
}
