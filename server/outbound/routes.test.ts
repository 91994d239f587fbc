import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { App } from '../http.ts';
import { asUser, buildTestApp, createPerson, type Ask } from '../testing/app.ts';
import { createTestDb, type TestDb } from '../testing/database.ts';
import { aCommunity, anEmployee, aRepair, aResident, tell } from './testing.ts';

let test: TestDb;
let app: App;
let garden: string;
let tower: string;
let lin: string;
let keeper: Ask;

beforeAll(async () => {
  test = await createTestDb();
  app = await buildTestApp(test);
  garden = await aCommunity(test);
  tower = await aCommunity(test);
  const role = (key: string, may: string[]) => ({ key, title: '{}', description: '{}', may });
  await test.adminDb
    .insertInto('role')
    .values([
      role('outbox-keeper', ['outbox.read', 'outbox.retry']),
      role('outbox-reader', ['outbox.read']),
      role('party-knower', ['record.unmask:party']),
    ])
    .execute();
  keeper = await asUser(app, await createPerson(test, { roles: [{ role: 'outbox-keeper', communityId: garden }] }));
});
beforeEach(async () => {
  await test.adminDb.deleteFrom('outbound').execute();
  lin = await aResident(test, { phone: '10000001804', email: 'lin@example.com' });
  const repair = await aRepair(test, { initiator: lin, communityId: garden });
  await tell(test, { person: lin, kind: 'case_completed', of: repair });
});
afterAll(async () => {
  await app.close();
  await test.drop();
});

interface Item {
  id: string;
  channel: string;
  address: string;
  state: string;
  text: string;
  title: { en: string };
  nextAt: string | null;
}
async function list(ask: Ask, query = ''): Promise<Item[]> {
  const answer = await ask({ url: `/api/outbound${query}` });
  expect(answer.statusCode, answer.payload).toBe(200);
  return answer.json<{ items: Item[] }>().items;
}
const setFailed = () =>
  test.adminDb
    .updateTable('outbound')
    .set({ state: 'failed', error: 'smtp_550', attempts: 8, ended_at: new Date() })
    .execute();

describe('the outbox', () => {
  it('lists what went out with masked addresses', async () => {
    const items = await list(keeper);

    expect(items.map(({ channel, address }) => [channel, address]).sort()).toEqual([
      ['mail', 'l***@example.com'],
      ['sms', '100****1804'],
    ]);
    expect(items[0]).toMatchObject({ state: 'queued', title: { en: 'What I started is done' } });
  });

  it('is filtered by person, channel, state and words, and counted by the same', async () => {
    const wang = await aResident(test, { phone: '10000000002', name: '王芳' });
    const repair = await aRepair(test, { initiator: wang, communityId: garden });
    await tell(test, { person: wang, kind: 'case_cancelled', of: repair });

    expect(await list(keeper, `?person=${wang}`)).toHaveLength(1);
    expect(await list(keeper, '?channel=mail')).toHaveLength(1);
    expect(await list(keeper, '?state=failed')).toHaveLength(0);
    expect(await list(keeper, `?q=${repair.number}`)).toHaveLength(1);
    expect(await list(keeper, `?q=${encodeURIComponent('王芳')}`)).toHaveLength(1);
    expect(await list(keeper, '?q=%25')).toHaveLength(0);
    expect((await keeper({ url: '/api/outbound/counts?channel=sms' })).json()).toMatchObject({ queued: 2, failed: 0 });
  });

  it('goes page by page', async () => {
    const first = (await keeper({ url: '/api/outbound?limit=1' })).json<{ items: Item[]; next: string }>();
    const second = (await keeper({ url: `/api/outbound?limit=1&cursor=${first.next}` })).json<{
      items: Item[];
      next: null;
    }>();

    expect(new Set([first.items[0]!.id, second.items[0]!.id]).size).toBe(2);
    expect(second.next).toBeNull();
  });

  it('shows only communities in which one may look, and nothing to who may nowhere', async () => {
    const there = await asUser(
      app,
      await createPerson(test, { roles: [{ role: 'outbox-keeper', communityId: tower }] }),
    );
    const [mail] = await list(keeper);

    expect(await list(there)).toEqual([]);
    for (const act of ['retry', 'unmask']) {
      const answer = await there({
        method: 'POST',
        url: `/api/outbound/${mail!.id}/${act}`,
        payload: { reason: '核对号码' },
      });
      expect(answer.statusCode, act).toBe(404);
    }
    expect((await (await asUser(app, lin))({ url: '/api/outbound' })).statusCode).toBe(403);
  });

  it('lets the app itself read no address', async () => {
    await expect(test.db.selectFrom('outbound').select('address').execute()).rejects.toThrow('permission denied');
  });
});

describe('trying again', () => {
  it('begins anew with what failed, and is on record', async () => {
    await setFailed();
    const [first] = await list(keeper);
    const answer = await keeper({ method: 'POST', url: `/api/outbound/${first!.id}/retry` });
    expect(answer.statusCode, answer.payload).toBe(204);

    const row = await test.adminDb
      .selectFrom('outbound')
      .selectAll()
      .where('id', '=', first!.id)
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({ state: 'queued', attempts: 0, error: null });
    const acts = await test.adminDb
      .selectFrom('audit')
      .select('act')
      .where('subject', '=', `outbound/${first!.id}`)
      .execute();
    expect(acts).toEqual([{ act: 'outbox.retry' }]);
  });

  it('is refused for what has not failed, and to who may only read', async () => {
    const [first] = await list(keeper);
    expect((await keeper({ method: 'POST', url: `/api/outbound/${first!.id}/retry` })).json()).toMatchObject({
      code: 'not_failed',
      status: 409,
    });
    await setFailed();
    const reader = await asUser(
      app,
      await createPerson(test, { roles: [{ role: 'outbox-reader', communityId: garden }] }),
    );
    expect((await reader({ method: 'POST', url: `/api/outbound/${first!.id}/retry` })).statusCode).toBe(403);
  });
});

describe('an address in full', () => {
  const reveal = async (ask: Ask, id: string) =>
    ask({ method: 'POST', url: `/api/outbound/${id}/unmask`, payload: { reason: '客户说没收到' } });

  it('is for who may unmask the record of that person, with a reason on record', async () => {
    const [sms] = await list(keeper, '?channel=sms');
    expect((await reveal(keeper, sms!.id)).statusCode).toBe(403);

    const knower = await createPerson(test, { roles: [{ role: 'outbox-reader' }, { role: 'party-knower' }] });
    const ask = await asUser(app, knower);
    expect((await reveal(ask, sms!.id)).json()).toEqual({ address: '10000001804' });
    const { detail } = await test.adminDb
      .selectFrom('audit')
      .select('detail')
      .where('person_id', '=', knower)
      .executeTakeFirstOrThrow();
    expect(detail).toEqual({ reason: '客户说没收到' });
  });

  it('of an employee asks for the right to employees', async () => {
    const chen = await anEmployee(test, { phone: '10000000077' });
    await tell(test, {
      person: chen,
      kind: 'escalation',
      of: await aRepair(test, { initiator: chen, communityId: garden }),
    });
    const ask = await asUser(
      app,
      await createPerson(test, { roles: [{ role: 'outbox-reader' }, { role: 'party-knower' }] }),
    );
    const [sms] = await list(ask, `?person=${chen}`);

    expect((await reveal(ask, sms!.id)).statusCode).toBe(403);
  });
});

describe('the own choice', () => {
  it('is kept a channel, and shows where one is reached', async () => {
    const ask = await asUser(app, lin);
    expect((await ask({ url: '/api/me/notices' })).json()).toMatchObject({
      channels: [
        { channel: 'mail', wanted: true, address: 'l***@example.com' },
        { channel: 'sms', wanted: true, address: '100****1804' },
      ],
    });
    expect((await ask({ url: '/api/me/notices' })).json<{ required: { en: string }[] }>().required).toEqual([
      { 'zh-CN': '我发起的事项取消', en: 'What I started was cancelled' },
    ]);
    const put = (wanted: boolean) =>
      ask({ method: 'PUT', url: '/api/me/notices', payload: { channel: 'sms', wanted } });
    await put(true);

    expect((await put(false)).json()).toMatchObject({ channels: [{ wanted: true }, { wanted: false }] });
    const stranger = await asUser(app, await createPerson(test));
    expect((await stranger({ url: '/api/me/notices' })).json()).toMatchObject({
      channels: [
        { wanted: true, address: null },
        { wanted: true, address: null },
      ],
    });
  });
});
