import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApp } from '../app.ts';
import type { App } from '../http.ts';
import { asUser, buildTestApp, createPerson, setPassword, testConfig, type Ask } from '../testing/app.ts';
import { createTestDb, type TestDb } from '../testing/database.ts';

const password = '正确的密码 horse 42';
let test: TestDb;
let app: App;
let lin: string;

beforeAll(async () => {
  test = await createTestDb();
  app = await buildTestApp(test);
  await test.adminDb
    .insertInto('role')
    .values({
      key: 'clerk',
      title: '{"zh-CN":"文员","en":"Clerk"}',
      description: '{}',
      may: ['person.find', 'case.read'],
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  lin = await createPerson(test, { username: 'Lin', name: '林晓梅', roles: [{ role: 'clerk' }] });
  await setPassword(test, lin, password);
});
afterAll(async () => {
  await app.close();
  await test.drop();
});

function signIn(username = 'lin', typed = password, more: InjectOptions = {}): Promise<LightMyRequestResponse> {
  return app.inject({ method: 'POST', url: '/api/session', payload: { username, password: typed }, ...more });
}

/** What a browser holds after signing in. */
async function cookieOf(): Promise<string> {
  const [cookie] = (await signIn()).cookies;
  return `${cookie!.name}=${cookie!.value}`;
}

describe('signing in', () => {
  it('gives a cookie that scripts cannot read and says who it is', async () => {
    const answer = await signIn();

    expect(answer.statusCode).toBe(200);
    expect(answer.cookies[0]).toMatchObject({ name: 'guanjia', httpOnly: true, sameSite: 'Lax', path: '/' });
    expect(answer.json()).toMatchObject({
      me: {
        id: lin,
        name: '林晓梅',
        homes: ['inbox'],
        may: ['case.read', 'person.find'],
        demo: true,
        roles: [{ key: 'clerk' }],
      },
    });
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('keeps only the hash of the token', async () => {
    const { token } = (await signIn()).json<{ token: string }>();

    const rows = await test.adminDb.selectFrom('session').selectAll().execute();
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    expect(JSON.stringify(rows)).not.toContain(token);
    expect(rows.every((row) => row.token_hash.length === 32)).toBe(true);
  });

  it('uses the __Host- prefix and Secure where cookies are secure', async () => {
    const config = testConfig(test, { cookieSecure: true, mode: 'production' });
    const secure = await buildApp({ ...app.deps, config });
    const answer = await secure.inject({ method: 'POST', url: '/api/session', payload: { username: 'lin', password } });
    await secure.close();

    expect(answer.cookies[0]).toMatchObject({ name: '__Host-guanjia', secure: true, path: '/' });
    expect(answer.headers['strict-transport-security']).toMatch(/max-age=31536000/);
    expect(answer.json()).toMatchObject({ me: { demo: false } });
  });

  it('says the same for a wrong password and for nobody, after about the same time', async () => {
    const timed = async (username: string): Promise<{ body: string; ms: number }> => {
      const started = performance.now();
      const answer = await signIn(username, 'wrong');
      return { body: answer.payload, ms: performance.now() - started };
    };
    const known = await timed('lin');
    const unknown = await timed('nobody');

    expect(known.body).toBe(unknown.body);
    expect(known.body).toContain('invalid_credentials');
    // Without the hash an unknown name answers within a few milliseconds.
    expect(unknown.ms).toBeGreaterThan(known.ms / 4);
  });

  it('refuses a person who was disabled, signed in or not', async () => {
    const gone = await createPerson(test, { username: 'gone' });
    await setPassword(test, gone, password);
    const ask = await asUser(app, gone);
    expect((await ask({ url: '/api/me' })).statusCode).toBe(200);

    await test.adminDb.updateTable('person').set({ disabled_at: new Date() }).where('id', '=', gone).execute();

    expect((await ask({ url: '/api/me' })).statusCode).toBe(401);
    expect((await signIn('gone')).statusCode).toBe(401);
  });

  it('stops guessing, and tells when to try again', async () => {
    const target = await createPerson(test, { username: 'target' });
    await setPassword(test, target, password);
    const statuses: number[] = [];
    for (let i = 0; i < 10; i++) statuses.push((await signIn('TARGET', `guess ${i}`)).statusCode);
    const after = await signIn('target', password);
    const elsewhere = await signIn('target', password, { remoteAddress: '203.0.113.9' });

    expect(new Set(statuses)).toEqual(new Set([401]));
    expect(after.statusCode).toBe(429);
    expect(after.json()).toMatchObject({ code: 'rate_limited' });
    expect(Number(after.headers['retry-after'])).toBeGreaterThan(0);
    expect(elsewhere.statusCode).toBe(200);
  });

  it('counts a person once, however the name is spelt', async () => {
    const target = await createPerson(test, { username: 'kim.admin' });
    await setPassword(test, target, password);
    const spellings = ['kim.admin', 'KIM.ADMIN', 'kim.admİn', 'ｋｉｍ.admin', 'Kim.Admin'];
    const statuses: number[] = [];
    for (let i = 0; i < 10; i++) statuses.push((await signIn(spellings[i % 5], `guess ${i}`)).statusCode);

    expect(new Set(statuses)).toEqual(new Set([401]));
    for (const spelling of spellings) expect((await signIn(spelling, 'one more')).statusCode, spelling).toBe(429);
    expect((await signIn('ｋｉｍ.ＡＤＭİＮ', password, { remoteAddress: '203.0.113.19' })).statusCode).toBe(200);
  });

  it('does not let attempts at the same time slip through together', async () => {
    const target = await createPerson(test, { username: 'target2' });
    await setPassword(test, target, password);
    const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => signIn('target2', `guess ${i}`)));

    expect(answers.filter(({ statusCode }) => statusCode === 401)).toHaveLength(10);
  });

  it.each([
    [{ username: 'lin' }, '/password', 'required'],
    [{ username: 1, password: 'x' }, '/username', 'wrong_type'],
    [{ username: 'lin', password: 'x', admin: true }, '/admin', 'field_unknown'],
    [{ username: 'l'.repeat(81), password: 'x' }, '/username', 'too_long'],
  ])('refuses the body %j', async (payload, path, code) => {
    const answer = await app.inject({ method: 'POST', url: '/api/session', payload });

    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ errors: [{ path, code }] });
  });
});

describe('a session', () => {
  it('ends with signing out, for cookie and token alike', async () => {
    const cookie = await cookieOf();
    const out = await app.inject({ method: 'DELETE', url: '/api/session', headers: { cookie, 'x-guanjia': '1' } });
    const bearer = { authorization: `Bearer ${cookie.split('=')[1]!}` };

    expect(out.statusCode).toBe(204);
    expect(out.cookies[0]).toMatchObject({ name: 'guanjia', value: '' });
    expect((await app.inject({ url: '/api/me', headers: { cookie } })).statusCode).toBe(401);
    expect((await app.inject({ url: '/api/me', headers: bearer })).statusCode).toBe(401);
  });

  it('ends with all others of the person when they sign out everywhere', async () => {
    const [mine, other] = [await createPerson(test), await createPerson(test)];
    const [here, there, theirs] = [await asUser(app, mine), await asUser(app, mine), await asUser(app, other)];
    const ended: string[] = [];
    app.sessionEnds.on('ended', (tokens) => ended.push(...tokens));

    expect((await here({ method: 'DELETE', url: '/api/sessions' })).statusCode).toBe(204);
    expect(ended).toHaveLength(2);
    for (const ask of [here, there]) expect((await ask({ url: '/api/me' })).statusCode).toBe(401);
    expect((await theirs({ url: '/api/me' })).statusCode).toBe(200);
  });

  it('makes the oldest end where a person has more than twenty', async () => {
    const many = await createPerson(test, { username: 'many' });
    await setPassword(test, many, password);
    const tokens: string[] = [];
    for (let i = 0; i < 21; i++) tokens.push((await signIn('many')).json<{ token: string }>().token);
    const statusOf = async (token = ''): Promise<number> =>
      (await app.inject({ url: '/api/me', headers: { authorization: `Bearer ${token}` } })).statusCode;

    expect([await statusOf(tokens[0]), await statusOf(tokens[1]), await statusOf(tokens[20])]).toEqual([401, 200, 200]);
  });

  it('ends by its time', async () => {
    const ask = await asUser(app, lin);
    await test.adminDb
      .updateTable('session')
      .set({ expires_at: new Date(Date.now() - 1000) })
      .where('kind', '=', 'token')
      .execute();

    expect((await ask({ url: '/api/me' })).statusCode).toBe(401);
  });

  it('lives on while it is used, but not for ever', async () => {
    const ask = await asUser(app, lin);
    const day = 86_400_000;
    const madeAt = new Date(Date.now() - 88 * day);
    await test.adminDb
      .updateTable('session')
      .set({ last_seen_at: new Date(Date.now() - day), created_at: madeAt })
      .where('kind', '=', 'token')
      .where('expires_at', '>', new Date())
      .execute();
    await ask({ url: '/api/me' });

    const { expires_at } = await test.adminDb
      .selectFrom('session')
      .select('expires_at')
      .where('created_at', '=', madeAt)
      .executeTakeFirstOrThrow();
    expect(expires_at.getTime()).toBe(madeAt.getTime() + 90 * day);
  });

  it('is not found by a token that is none', async () => {
    for (const authorization of ['Bearer ', 'Bearer x', 'Basic bGluOng=', `Bearer ${'a'.repeat(5000)}`]) {
      expect((await app.inject({ url: '/api/me', headers: { authorization } })).statusCode).toBe(401);
    }
  });
});

describe('requests forged by another site', () => {
  const patch = (headers: Record<string, string>): Promise<LightMyRequestResponse> =>
    app.inject({ method: 'PATCH', url: '/api/me', payload: { locale: 'en' }, headers });

  it('need the header that only our pages can set', async () => {
    const cookie = await cookieOf();

    expect((await patch({ cookie })).json()).toMatchObject({ code: 'csrf', status: 403 });
    expect((await patch({ cookie, 'x-guanjia': '1' })).statusCode).toBe(200);
  });

  it.each([
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ])('are refused by what the browser says: %j', async (said) => {
    const cookie = await cookieOf();
    const answer = await patch({ cookie, 'x-guanjia': '1', ...said });

    expect(answer.json()).toMatchObject({ code: 'csrf' });
    expect((await signIn('lin', password, { headers: said as Record<string, string> })).json()).toMatchObject({
      code: 'csrf',
    });
  });

  it('are told from our own', async () => {
    const cookie = await cookieOf();
    const own = { 'x-guanjia': '1', 'sec-fetch-site': 'same-origin' };

    for (const host of ['127.0.0.1:3000', 'localhost:3000', '[::1]:3000']) {
      expect((await patch({ cookie, ...own, host, origin: `http://${host}` })).statusCode, host).toBe(200);
    }
  });

  it('are refused where somebody else made their name point here', async () => {
    const headers = { host: 'evil.example:3000', origin: 'http://evil.example:3000', 'sec-fetch-site': 'same-origin' };
    const config = testConfig(test, { publicUrl: 'https://wuye.test' });
    const known = await buildApp({ ...app.deps, config });
    const signInAt = (host: string): Promise<LightMyRequestResponse> =>
      known.inject({
        method: 'POST',
        url: '/api/session',
        payload: { username: 'lin', password },
        headers: { host, origin: `https://${host}` },
      });

    expect((await signIn('lin', password, { headers })).json()).toMatchObject({ code: 'csrf', status: 403 });
    expect((await signInAt('evil.example')).statusCode).toBe(403);
    expect((await signInAt('wuye.test')).statusCode).toBe(200);
    await known.close();
  });

  it('cannot hide behind a Bearer token that is none', async () => {
    const cookie = await cookieOf();

    expect((await patch({ cookie, authorization: 'Bearer x' })).statusCode).toBe(401);
  });

  it('do not concern programs with a token', async () => {
    const { token } = (await signIn()).json<{ token: string }>();

    expect((await patch({ authorization: `Bearer ${token}` })).statusCode).toBe(200);
  });
});

describe('my settings', () => {
  it('are kept, and choose the language of problems', async () => {
    const ask = await asUser(app, await createPerson(test, { locale: 'zh-CN' }));
    const patched = await ask({ method: 'PATCH', url: '/api/me', payload: { locale: 'en' } });
    const problem = await ask({ url: '/api/nothing', headers: { 'accept-language': 'zh' } });

    expect(patched.json()).toMatchObject({ locale: 'en' });
    expect(problem.json()).toMatchObject({ title: 'Not found, or you may not see it' });
    expect((await ask({ method: 'PATCH', url: '/api/me', payload: { locale: 'fr' } })).json()).toMatchObject({
      errors: [{ path: '/locale', code: 'not_a_choice' }],
    });
  });

  it.each([
    ['en', 'Not found, or you may not see it'],
    ['zh;q=0.2, en-GB;q=0.9', 'Not found, or you may not see it'],
    ['en;q=0.1, zh-TW', '没有找到，或者您无权查看'],
    ['fr', '没有找到，或者您无权查看'],
  ])('leave it to the browser while nothing is chosen: %s', async (accepted, title) => {
    const ask = await asUser(app, await createPerson(test));
    const answer = await ask({ url: '/api/nothing', headers: { 'accept-language': accepted } });

    expect(answer.json()).toMatchObject({ title });
  });

  it('let nobody change what is not theirs to change', async () => {
    const ask = await asUser(app, lin);
    const answer = await ask({ method: 'PATCH', url: '/api/me', payload: { username: 'root' } });

    expect(answer.json()).toMatchObject({
      code: 'invalid_request',
      errors: [{ path: '/username', code: 'field_unknown' }],
    });
  });

  it('have a password whose change ends all other sessions and is on record', async () => {
    const person = await createPerson(test, { username: 'changer' });
    await setPassword(test, person, password);
    const [here, there] = await Promise.all([asUser(app, person), asUser(app, person)]);
    const change = (current: string, next: string): Promise<LightMyRequestResponse> =>
      here({ method: 'POST', url: '/api/me/password', payload: { current, next } });

    expect((await change('wrong', 'a new password')).json()).toMatchObject({ code: 'wrong_password', status: 403 });
    expect((await change(password, 'short')).json()).toMatchObject({ errors: [{ path: '/next', code: 'too_short' }] });
    expect((await change(password, 'a new password')).statusCode).toBe(204);
    expect((await here({ url: '/api/me' })).statusCode).toBe(200);
    expect((await there({ url: '/api/me' })).statusCode).toBe(401);
    expect((await signIn('changer', password)).statusCode).toBe(401);
    expect((await signIn('changer', 'a new password')).statusCode).toBe(200);
    const audit = await test.adminDb.selectFrom('audit').select('act').where('person_id', '=', person).execute();
    expect(audit).toEqual([{ act: 'password_changed' }]);
  });
});

describe('where I am signed in', () => {
  interface Own {
    id: string;
    current: boolean;
    browser: string | null;
    system: string | null;
  }
  const phone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Safari/604.1';
  const from = async (username: string, userAgent: string): Promise<Ask> => {
    const answer = await signIn(username, password, { headers: { 'user-agent': userAgent } });
    const headers = { authorization: `Bearer ${answer.json<{ token: string }>().token}` };
    return (options) => app.inject({ ...options, headers });
  };
  const listed = async (ask: Ask): Promise<Own[]> =>
    (await ask({ url: '/api/me/sessions' })).json<{ items: Own[] }>().items;
  const isIn = async (ask: Ask): Promise<boolean> => (await ask({ url: '/api/me' })).statusCode === 200;
  let count = 0;
  const someone = async (): Promise<string> => {
    const username = `own${count++}`;
    await setPassword(test, await createPerson(test, { username }), password);
    return username;
  };

  it('names devices, this one first, and tells no token', async () => {
    const username = await someone();
    const here = await from(username, 'curl/8.5.0');
    await from(username, phone);
    const answer = await here({ url: '/api/me/sessions' });

    expect(answer.json<{ items: Own[] }>().items).toMatchObject([
      { current: true, browser: null, system: null },
      { current: false, browser: 'Safari', system: 'iPhone' },
    ]);
    expect(Object.keys(answer.json<{ items: Own[] }>().items[0]!).sort()).toEqual([
      'browser',
      'current',
      'id',
      'kind',
      'lastUsedAt',
      'signedInAt',
      'system',
    ]);
  });

  it('ends one of them, and tells open streams', async () => {
    const username = await someone();
    const [here, there] = [await from(username, 'a'), await from(username, phone)];
    const other = (await listed(here)).find(({ current }) => !current)!;
    const ended: string[] = [];
    app.sessionEnds.once('ended', (tokens) => ended.push(...tokens));

    expect((await here({ method: 'DELETE', url: `/api/me/sessions/${other.id}` })).statusCode).toBe(204);
    expect(ended).toHaveLength(1);
    expect([await isIn(here), await isIn(there)]).toEqual([true, false]);
    expect((await here({ method: 'DELETE', url: `/api/me/sessions/${other.id}` })).statusCode).toBe(404);
  });

  it('ends all others and keeps this one; on record', async () => {
    const username = await someone();
    const [here, one, two] = [await from(username, 'a'), await from(username, 'b'), await from(username, 'c')];

    expect((await here({ method: 'DELETE', url: '/api/me/sessions' })).statusCode).toBe(204);
    expect([await isIn(here), await isIn(one), await isIn(two)]).toEqual([true, false, false]);
    const audit = await test.adminDb
      .selectFrom('audit')
      .innerJoin('person', 'person.id', 'audit.person_id')
      .select(['audit.act', 'audit.detail'])
      .where('person.username', '=', username)
      .execute();
    expect(audit).toEqual([{ act: 'sessions_ended', detail: { sessions: 2 } }]);
  });

  it('shows and ends nothing of anybody else', async () => {
    const [mine, theirs] = [await from(await someone(), 'a'), await from(await someone(), 'b')];
    const [session] = await listed(theirs);

    expect((await listed(mine)).map(({ id }) => id)).not.toContain(session!.id);
    expect((await mine({ method: 'DELETE', url: `/api/me/sessions/${session!.id}` })).statusCode).toBe(404);
    expect(await isIn(theirs)).toBe(true);
  });
});

describe('the demo accounts', () => {
  it('are offered in demo mode only', async () => {
    const production = await buildApp({ ...app.deps, config: testConfig(test, { mode: 'production' }) });
    const there = await app.inject({ url: '/api/session/demo' });
    const notThere = await production.inject({ url: '/api/session/demo' });
    await production.close();

    expect(there.json<{ items: { username: string }[] }>().items.map(({ username }) => username)).toContain(
      'technician',
    );
    expect(there.json()).toMatchObject({ password: 'guanjia-demo' });
    expect(there.payload).not.toContain('"role"');
    expect(notThere.statusCode).toBe(404);
  });
});
