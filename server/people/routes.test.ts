import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../http.ts';
import { asUser, buildTestApp, createPerson, type Ask } from '../testing/app.ts';
import { createTestDb, type TestDb } from '../testing/database.ts';

const [garden, tower] = [randomUUID(), randomUUID()];
let test: TestDb;
let app: App;
let everywhere: Ask;
let inGarden: Ask;

beforeAll(async () => {
  test = await createTestDb();
  app = await buildTestApp(test);
  const role = (key: string, may: string[]): { key: string; title: string; description: string; may: string[] } => {
    const title = JSON.stringify({ 'zh-CN': key, en: key });
    return { key, title, description: title, may };
  };
  await test.adminDb
    .insertInto('role')
    .values([role('finder', ['person.find']), role('fixer', []), role('owner', []), role('tenant', [])])
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  everywhere = await asUser(app, await createPerson(test, { username: 'aa', name: '甲', roles: [{ role: 'finder' }] }));
  inGarden = await asUser(
    app,
    await createPerson(test, { username: 'bb', name: '乙', roles: [{ role: 'finder', communityId: garden }] }),
  );
  await createPerson(test, { username: 'wanglei', name: '王磊', roles: [{ role: 'fixer', communityId: garden }] });
  await createPerson(test, {
    name: '王芳_%',
    roles: [
      { role: 'fixer', communityId: tower },
      { role: 'finder', communityId: tower },
    ],
  });
  await createPerson(test, { name: '王业主', roles: [{ role: 'owner', communityId: garden }] });
  const gone = await createPerson(test, { name: '王离职', roles: [{ role: 'fixer' }] });
  await test.adminDb.updateTable('person').set({ disabled_at: new Date() }).where('id', '=', gone).execute();
});
afterAll(async () => {
  await app.close();
  await test.drop();
});

interface Page {
  items: { name: string; department: string | null; roles: { en: string }[] }[];
  next: string | null;
}

async function names(ask: Ask, query: string): Promise<string[]> {
  const answer = await ask({ url: `/api/people?${query}` });
  expect(answer.statusCode, answer.payload).toBe(200);
  return answer.json<Page>().items.map(({ name }) => name);
}

describe('finding people', () => {
  it('shows who works here, with their roles; no owners, nobody who left', async () => {
    const page = (await everywhere({ url: `/api/people?q=${encodeURIComponent('王')}` })).json<Page>();

    expect(page.items.map(({ name }) => name)).toEqual(['王芳_%', '王磊']);
    const fang = page.items.find(({ name }) => name === '王芳_%')!;
    expect(fang.roles.map(({ en }) => en).sort()).toEqual(['finder', 'fixer']);
    expect(fang.department).toBeNull();
  });

  it('shows only people of the communities in which one may look', async () => {
    expect(await names(inGarden, `q=${encodeURIComponent('王')}`)).toEqual(['王磊']);
  });

  it('narrows by role, community and username', async () => {
    expect(await names(everywhere, 'role=fixer&q=wang')).toEqual(['王磊']);
    expect(await names(everywhere, `community=${tower}&role=fixer`)).toEqual(['王芳_%']);
  });

  it('takes what is typed as text, not as a pattern', async () => {
    expect(await names(everywhere, 'q=%25')).toEqual(['王芳_%']);
    expect(await names(everywhere, 'q=__')).toEqual([]);
    expect(await names(everywhere, `q=${encodeURIComponent("' or 1=1 --")}`)).toEqual([]);
  });

  it('goes by pinyin, page by page, without missing or repeating anyone', async () => {
    const seen: string[] = [];
    let cursor = '';
    do {
      const page = (await everywhere({ url: `/api/people?limit=1${cursor}` })).json<Page>();
      seen.push(...page.items.map(({ name }) => name));
      cursor = page.next === null ? '' : `&cursor=${page.next}`;
    } while (cursor !== '');

    expect(seen).toEqual(['甲', '王芳_%', '王磊', '乙']);
  });

  it('finds everybody who can sign in for whoever gives roles, and for nobody else', async () => {
    await createPerson(test, { name: '王新人' });
    const title = JSON.stringify({ 'zh-CN': 'g', en: 'g' });
    await test.adminDb
      .insertInto('role')
      .values({ key: 'giver', title, description: title, may: ['role.grant'] })
      .execute();
    const giver = await asUser(app, await createPerson(test, { name: '丙', roles: [{ role: 'giver' }] }));
    const query = `everybody=true&q=${encodeURIComponent('王')}`;

    expect((await names(giver, query)).sort()).toEqual(['王业主', '王新人', '王磊', '王芳_%']);
    expect((await everywhere({ url: `/api/people?${query}` })).statusCode).toBe(403);
  });

  it('finds nobody of another community for whoever gives roles in one only', async () => {
    await createPerson(test, { name: '王住户', roles: [{ role: 'owner', communityId: tower }] });
    const leader = await createPerson(test, { name: '丁', roles: [{ role: 'giver', communityId: garden }] });
    const query = `everybody=true&q=${encodeURIComponent('王')}`;

    expect((await names(await asUser(app, leader), query)).sort()).toEqual(['王业主', '王新人', '王磊']);
  });

  it('narrows everybody by role too', async () => {
    const giver = await asUser(app, await createPerson(test, { name: '戊', roles: [{ role: 'giver' }] }));

    expect(await names(giver, 'everybody=true&role=tenant')).toEqual([]);
    expect(await names(giver, `everybody=true&role=owner&community=${garden}`)).toEqual(['王业主']);
  });

  it('is refused to who may not, and with a cursor that is none', async () => {
    const owner = await asUser(app, await createPerson(test, { roles: [{ role: 'owner', communityId: garden }] }));

    expect((await owner({ url: '/api/people' })).json()).toMatchObject({ code: 'forbidden', status: 403 });
    expect((await app.inject({ url: '/api/people' })).statusCode).toBe(401);
    for (const cursor of ['x', 'W10', Buffer.from('["a","b"]').toString('base64url')]) {
      expect((await everywhere({ url: `/api/people?cursor=${cursor}` })).json()).toMatchObject({
        code: 'invalid_cursor',
      });
    }
    for (const bad of ['limit=0', 'limit=x', 'community=1', 'nonsense=1']) {
      expect((await everywhere({ url: `/api/people?${bad}` })).statusCode, bad).toBe(422);
    }
  });
});
