/** The first account of an installation. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { App } from '../http.ts';
import { buildTestApp } from '../testing/app.ts';
import { createTestDb, type TestDb } from '../testing/database.ts';
import { makeAccount } from './account.ts';

const wanted = { username: 'wang', name: '王工', role: 'keeper', password: 'made up for this one' };
let test: TestDb;
let app: App;

beforeAll(async () => {
  test = await createTestDb();
  app = await buildTestApp(test);
  const title = '{"zh-CN":"管理员","en":"Keeper"}';
  await test.adminDb
    .insertInto('role')
    .values({ key: 'keeper', title, description: title, may: ['*'] })
    .execute();
});
afterAll(async () => {
  await app.close();
  await test.drop();
});

it('may sign in and do what its role may everywhere', async () => {
  await makeAccount(test.adminDb, wanted);

  const { username, password } = wanted;
  const answer = await app.inject({ method: 'POST', url: '/api/session', payload: { username, password } });
  expect(answer.statusCode, answer.payload).toBe(200);
  expect(answer.json()).toMatchObject({
    me: { name: '王工', homes: ['inbox'], may: ['*'], roles: [{ key: 'keeper', communityId: null }] },
  });
});

it('refuses a name that is taken, however it is written, and a role that is none, and leaves nothing behind', async () => {
  await expect(makeAccount(test.adminDb, { ...wanted, username: 'WANG' })).rejects.toMatchObject({
    key: 'account_exists',
  });
  await expect(makeAccount(test.adminDb, { ...wanted, username: 'li', role: 'emperor' })).rejects.toMatchObject({
    key: 'account_role',
  });
  expect(
    await test.adminDb.selectFrom('person').select('username').where('username', 'in', ['li', 'WANG']).execute(),
  ).toEqual([]);
});
