import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadForm } from '../db/records/form-store.ts';
import { asPerson } from '../db/as.ts';
import { createTestDb, type TestDb } from '../testing/database.ts';
import { verifyPassword } from '../security/passwords.ts';
import { demoId } from './random.ts';
import { loadRegisters } from './index.ts';
import { readDemoAccounts } from './sources.ts';

let test: TestDb;
let tookMs: number;

beforeAll(async () => {
  test = await createTestDb();
  const startedMs = performance.now();
  await loadRegisters(test, new Date());
  tookMs = performance.now() - startedMs;
});
afterAll(() => test.drop());

async function count(table: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from ${sql.id('record', table)}`.execute(
    test.adminDb,
  );
  return rows[0]!.n;
}

describe('the demo registers in the tables', () => {
  it('take a few seconds at most', () => {
    expect(tookMs).toBeLessThan(5000);
  });

  it('are all there', async () => {
    expect(await count('unit')).toBe(864);
    expect(await count('entrance')).toBe(12);
    expect(await count('employee')).toBe(30);
    expect(await count('ownership')).toBeGreaterThan(864);
  });

  it('belong to the community, with the version of their form', async () => {
    const { version } = await loadForm(test.db, 'unit');
    const { rows } = await sql<{ n: number }>`
      select count(*)::int as n from record.unit where community_id = ${demoId('community', 'CHHY')} and form_version = ${version}`.execute(
      test.adminDb,
    );

    expect(rows[0]!.n).toBe(864);
  });

  it('let the demo owner see two homes, and nobody else’s', async () => {
    const owner = demoId('person', 'owner');
    const labels = await asPerson(test.db, owner, async (tx) => {
      const { rows } = await sql<{ number: string }>`select number from record.unit order by number`.execute(tx);
      return rows.map(({ number }) => number);
    });

    expect(labels).toEqual(['0602', '1201']);
  });

  it('let every demo account in with the one password', async () => {
    const { password, items } = readDemoAccounts();
    const rows = await test.adminDb
      .selectFrom('credential')
      .innerJoin('person', 'person.id', 'credential.person_id')
      .select(['username', 'password_hash'])
      .where(
        'username',
        'in',
        items.map(({ username }) => username),
      )
      .execute();

    expect(rows).toHaveLength(items.length);
    expect(await verifyPassword(password, rows[0]!.password_hash)).toBe(true);
    expect(new Set(rows.map((row) => row.password_hash)).size).toBe(1);
  });

  it('are loaded whole or not at all', async () => {
    await expect(loadRegisters(test, new Date())).rejects.toThrow(/duplicate key/);
    expect(await count('unit')).toBe(864);
  });
});
