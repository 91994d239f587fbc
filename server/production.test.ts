/** Databases that production does not start on. */
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { saveLoad } from './demo/progress.ts';
import { refuseUnfitDatabase } from './production.ts';
import { createPerson, setPassword, testConfig } from './testing/app.ts';
import { createTestDb, type TestDb } from './testing/database.ts';

let test: TestDb;

beforeAll(async () => {
  test = await createTestDb();
});
afterAll(() => test.drop());
beforeEach(async () => {
  await sql`delete from setting where key = 'demo'`.execute(test.adminDb);
  await sql`delete from credential`.execute(test.adminDb);
});

function start(mode: 'demo' | 'production', changes: Partial<TestDb> = {}): Promise<void> {
  const { db, adminDb } = { ...test, ...changes };
  return refuseUnfitDatabase({ config: testConfig(test, { mode }), db, adminDb });
}

it('starts on a database with accounts of its own', async () => {
  await setPassword(test, await createPerson(test, { username: 'wang' }), 'a long one of my own');
  await expect(start('production')).resolves.toBeUndefined();
});

it('refuses a database that the demo was loaded into, finished or not', async () => {
  for (const state of ['registers', 'done'] as const) {
    await saveLoad(test.adminDb, { loadedAt: new Date().toISOString(), state });
    await expect(start('production')).rejects.toMatchObject({ key: 'demo_in_production' });
    await expect(start('demo')).resolves.toBeUndefined();
  }
});

it('refuses the well-known password of an account of the demo, whose mark somebody removed', async () => {
  await setPassword(test, await createPerson(test, { username: 'dispatcher' }), 'guanjia-demo');
  await expect(start('production')).rejects.toMatchObject({ key: 'demo_in_production' });
});

it('refuses it of accounts that were renamed', async () => {
  for (const username of ['one', 'two'])
    await setPassword(test, await createPerson(test, { username }), 'guanjia-demo');
  const { password_hash } = await test.adminDb
    .selectFrom('credential')
    .select('password_hash')
    .limit(1)
    .executeTakeFirstOrThrow();
  await test.adminDb.updateTable('credential').set({ password_hash }).execute();
  await expect(start('production')).rejects.toMatchObject({ key: 'demo_in_production' });
});

it('refuses to work as a role that row security does not hold', async () => {
  await expect(start('production', { db: test.adminDb })).rejects.toMatchObject({
    key: 'role_unheld',
    params: { role: 'guanjia_owner' },
  });
});
