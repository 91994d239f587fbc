/** Who gives which role to whom; it counts with the next request and in open event streams, and is on record. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadBuiltIn } from '../../content.ts';
import type { App } from '../../http.ts';
import { createLog } from '../../log.ts';
import { asUser, buildTestApp, createPerson, signInForTest, type Ask } from '../../testing/app.ts';
import { createTestDb, type TestDb } from '../../testing/database.ts';

interface Grant {
  id: string;
  person: { id: string; name: string };
  community: { id: string } | null;
}

let test: TestDb;
let app: App;
let admin: string;
let asAdmin: Ask;
let plain: string;

beforeAll(async () => {
  test = await createTestDb();
  await loadBuiltIn({ adminDb: test.adminDb, log: createLog('silent', () => undefined) });
  await test.adminDb
    .insertInto('role')
    .values({
      key: 'lead',
      title: '{"zh-CN":"组长","en":"Lead"}',
      description: 'null',
      may: ['role.grant', 'person.find'],
    })
    .execute();
  await test.adminDb
    .insertInto('role')
    .values({ key: 'visitor', title: '{"zh-CN":"访客","en":"Visitor"}', description: 'null', may: [] })
    .execute();
  app = await buildTestApp(test);
  admin = await createPerson(test, { name: '管理员', roles: [{ role: 'admin' }] });
  plain = await createPerson(test, { name: '林晓梅', roles: [{ role: 'staff' }] });
  asAdmin = await asUser(app, admin);
}, 60_000);
afterAll(async () => {
  await app.close();
  await test.drop();
});

const give = (ask: Ask, personId: string, role: string) =>
  ask({ method: 'POST', url: '/api/role-grants', payload: { personId, role, communityId: null } });
const take = (ask: Ask, id: string) => ask({ method: 'DELETE', url: `/api/role-grants/${id}` });

describe('who holds a role', () => {
  it('comes in pages by name, each grant once', async () => {
    const communityId = randomUUID();
    for (const name of ['周敏', '陈志强', '林晓梅', '林晓梅', '何雪'])
      await createPerson(test, { name, roles: [{ role: 'visitor', communityId }] });
    const pages: string[][] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const after: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const answer = await asAdmin({ url: `/api/role-grants?role=visitor&limit=2${after}` });
      const page = answer.json<{ items: Grant[]; next: string | null }>();
      pages.push(page.items.map(({ person }) => person.name));
      cursor = page.next;
    }

    expect(pages).toEqual([['陈志强', '何雪'], ['林晓梅', '林晓梅'], ['周敏']]);
    const wrong = await asAdmin({ url: '/api/role-grants?role=visitor&cursor=abc' });
    expect(wrong.json()).toMatchObject({ status: 422, code: 'invalid_cursor' });
  });
});

describe('the table of roles', () => {
  it('says what each may, in words, and how many hold it', async () => {
    const { roles, verbs } = (await asAdmin({ url: '/api/roles' })).json<{
      roles: { key: string; may: string[]; holders: number }[];
      verbs: { verb: string; title: object; about: object | null }[];
    }>();

    expect(roles.find(({ key }) => key === 'admin')).toMatchObject({ may: ['*'], holders: 1 });
    expect(verbs.find(({ verb }) => verb === 'record.write:employee')).toMatchObject({
      title: { 'zh-CN': '维护资料', en: 'Keep registers' },
      about: { 'zh-CN': '员工' },
    });
    expect(verbs.map(({ verb }) => verb)).toContain('role.grant');
  });

  it('is refused to everybody else', async () => {
    const ask = await asUser(app, plain);

    for (const url of ['/api/roles', '/api/role-grants?role=admin'])
      expect((await ask({ url })).json()).toMatchObject({ status: 403, code: 'forbidden' });
    expect((await give(ask, plain, 'admin')).statusCode).toBe(403);
  });
});

describe('giving and taking a role', () => {
  it('counts for a session that is open, once given and once taken, and is on record', async () => {
    const ask = await asUser(app, plain);
    const sees = async (): Promise<number> => (await ask({ url: '/api/overview' })).statusCode;
    expect(await sees()).toBe(403);

    const given = await give(asAdmin, plain, 'manager');
    const grant = given.json<Grant>();
    expect(given.statusCode).toBe(201);
    expect(await sees()).toBe(200);
    expect((await give(asAdmin, plain, 'manager')).json<Grant>().id).toBe(grant.id);
    const { items } = (await asAdmin({ url: '/api/role-grants?role=manager' })).json<{ items: Grant[] }>();
    expect(items).toMatchObject([{ person: { name: '林晓梅' }, community: null, grantedBy: { name: '管理员' } }]);

    expect((await take(asAdmin, grant.id)).statusCode).toBe(204);
    expect(await sees()).toBe(403);
    expect((await take(asAdmin, grant.id)).statusCode).toBe(404);
    const audit = await test.adminDb
      .selectFrom('audit')
      .select(['act', 'person_id', 'detail'])
      .where('subject', '=', `person:${plain}`)
      .orderBy('id')
      .execute();
    const detail = { role: 'manager', communityId: null };
    expect(audit).toEqual([
      { act: 'role_given', person_id: admin, detail },
      { act: 'role_taken', person_id: admin, detail },
    ]);
  });

  it('makes the pages of that person listen anew, for what they may hear now', async () => {
    const address = await app.listen({ port: 0, host: '127.0.0.1' });
    const token = await signInForTest(app, plain);
    const stream = await fetch(`${address}/api/events`, { headers: { authorization: `Bearer ${token}` } });
    const ended = new Promise<void>((resolve, reject) => {
      void stream.text().then(() => {
        resolve();
      }, reject);
    });

    expect((await give(asAdmin, plain, 'technician')).statusCode).toBe(201);
    await ended;
    expect((await fetch(`${address}/api/me`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
  }, 10_000);

  it('gives nobody more than the giver has, whatever the request says', async () => {
    const lead = await createPerson(test, { roles: [{ role: 'lead' }] });
    const ask = await asUser(app, lead);

    expect((await give(ask, lead, 'admin')).json()).toMatchObject({ status: 403, code: 'role_not_yours_to_give' });
    expect((await give(ask, plain, 'lead')).statusCode).toBe(201);
    const { items } = (await ask({ url: '/api/role-grants?role=admin' })).json<{ items: Grant[] }>();
    expect((await take(ask, items[0]!.id)).json()).toMatchObject({ code: 'role_not_yours_to_give' });
  });

  it('shows and counts only what is held where one gives roles, or everywhere', async () => {
    const [garden, tower] = [randomUUID(), randomUUID()];
    const ask = await asUser(app, await createPerson(test, { roles: [{ role: 'lead', communityId: garden }] }));
    for (const [name, communityId] of [
      ['园里', garden],
      ['别处', tower],
    ] as const)
      await createPerson(test, { name, roles: [{ role: 'owner', communityId }] });
    await createPerson(test, { name: '到处', roles: [{ role: 'owner' }] });
    const owners = async (who: Ask) => {
      const { items } = (await who({ url: '/api/role-grants?role=owner' })).json<{ items: Grant[] }>();
      const { roles } = (await who({ url: '/api/roles' })).json<{ roles: { key: string; holders: number }[] }>();
      return [items.map(({ person }) => person.name).sort(), roles.find(({ key }) => key === 'owner')?.holders];
    };

    expect(await owners(ask)).toEqual([['到处', '园里'], 2]);
    expect(await owners(asAdmin)).toEqual([['别处', '到处', '园里'], 3]);
  });

  it('is refused by the database too', async () => {
    const insert = test.db.transaction().execute(async (tx) => {
      await tx
        .selectNoFrom((eb) => eb.fn('set_config', [eb.val('guanjia.person'), eb.val(plain), eb.val(true)]).as('x'))
        .execute();
      await tx.insertInto('role_grant').values({ person_id: plain, role: 'admin', granted_by: plain }).execute();
    });

    await expect(insert).rejects.toThrow(/row-level security/);
  });

  it('knows the person, the role and the community', async () => {
    const nobody = '00000000-0000-7000-8000-000000000000';
    const there = await asAdmin({
      method: 'POST',
      url: '/api/role-grants',
      payload: { personId: plain, role: 'staff', communityId: nobody },
    });

    expect(there.statusCode).toBe(404);
    expect((await give(asAdmin, nobody, 'staff')).statusCode).toBe(404);
    expect((await give(asAdmin, plain, 'emperor')).statusCode).toBe(404);
  });

  it('leaves one administrator', async () => {
    const { items } = (await asAdmin({ url: '/api/role-grants?role=admin' })).json<{ items: Grant[] }>();

    expect(items).toHaveLength(1);
    expect((await take(asAdmin, items[0]!.id)).json()).toMatchObject({ status: 409, code: 'last_administrator' });
    expect((await asAdmin({ url: '/api/roles' })).statusCode).toBe(200);
  });
});
