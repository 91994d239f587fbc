import { Type } from 'typebox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { App } from './http.ts';
import { problems, readIdempotencyKey } from './http.ts';
import { asUser, buildTestApp, createPerson, type Ask } from './testing/app.ts';
import { createTestDb, type TestDb } from './testing/database.ts';

let test: TestDb;
let app: App;
let ask: Ask;

const Body = Type.Object(
  { count: Type.Integer({ minimum: 1 }), note: Type.Optional(Type.String({ maxLength: 5 })), on: Type.Boolean() },
  { additionalProperties: false },
);

beforeAll(async () => {
  test = await createTestDb();
  app = await buildTestApp(test);
  app.post(
    '/api/probe',
    { schema: { body: Body, response: { 200: Type.Object({ by: Type.String() }), ...problems(422) } } },
    (request) => ({
      by: request.person.name,
    }),
  );
  app.get('/api/probe', { schema: { querystring: Type.Object({ n: Type.Integer() }) } }, (request) => ({
    n: request.query.n + 1,
  }));
  app.put('/api/probe', (request) => ({ key: readIdempotencyKey(request) }));
  app.delete('/api/probe', () => {
    throw new TypeError('secret detail of the inside');
  });
  ask = await asUser(app, await createPerson(test, { name: '张三' }));
});
afterAll(async () => {
  await app.close();
  await test.drop();
});

const good = { count: 1, on: true };

describe('a route', () => {
  it('knows who asks', async () => {
    const answer = await ask({ method: 'POST', url: '/api/probe', payload: good });

    expect(answer.json()).toEqual({ by: '张三' });
    expect(answer.statusCode).toBe(200);
  });

  it('is closed to whoever is not signed in, by whatever spelling of its address', async () => {
    for (const url of ['/api/probe', '/%61pi/probe', '/api/nothing']) {
      const answer = await app.inject({ method: 'POST', url, payload: good });
      expect(answer.statusCode, url).toBe(401);
      expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
      expect(answer.headers['www-authenticate']).toBe('Bearer');
      expect(answer.json()).toMatchObject({
        code: 'unauthenticated',
        status: 401,
        type: 'urn:guanjia:problem:unauthenticated',
      });
    }
  });

  it('does not coerce bodies', async () => {
    const answer = await ask({ method: 'POST', url: '/api/probe', payload: { count: '1', on: 'true' } });

    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({
      code: 'invalid_request',
      errors: [
        { path: '/count', code: 'wrong_type', params: { type: 'integer' } },
        { path: '/on', code: 'wrong_type', params: { type: 'boolean' } },
      ],
    });
  });

  it('refuses unknown, missing and too long fields with their paths', async () => {
    const answer = await ask({ method: 'POST', url: '/api/probe', payload: { count: 0, 'a/b': 1, note: '123456' } });

    expect(answer.json<{ errors: unknown[] }>().errors).toEqual([
      { path: '/on', code: 'required' },
      { path: '/a~1b', code: 'field_unknown' },
      { path: '/count', code: 'too_small', params: { limit: 1 } },
      { path: '/note', code: 'too_long', params: { limit: 5 } },
    ]);
  });

  it('turns query strings into numbers, and says where they were wrong', async () => {
    const good = await ask({ url: '/api/probe?n=41' });
    const bad = await ask({ url: '/api/probe?n=x' });

    expect(good.json()).toEqual({ n: 42 });
    expect(bad.json()).toMatchObject({ errors: [{ path: '/n', code: 'wrong_type', params: { in: 'querystring' } }] });
  });

  it.each([
    ['broken JSON', '{"count":', 'application/json', 400, 'invalid_json'],
    ['a poisoned prototype', '{"__proto__":{"x":1},"count":1,"on":true}', 'application/json', 400, 'invalid_json'],
    ['an empty JSON body', '', 'application/json', 400, 'invalid_json'],
    ['text', 'hello', 'text/plain', 415, 'unsupported_media_type'],
    ['a form', 'count=1', 'application/x-www-form-urlencoded', 415, 'unsupported_media_type'],
    ['too much', JSON.stringify({ note: 'x'.repeat(1_100_000) }), 'application/json', 413, 'too_large'],
  ])('refuses %s', async (...[, payload, type, status, code]) => {
    const answer = await ask({ method: 'POST', url: '/api/probe', payload, headers: { 'content-type': type } });

    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toMatchObject({ code, status });
  });

  it('hides what it did not foresee, in the language asked for', async () => {
    const chinese = await ask({ method: 'DELETE', url: '/api/probe' });
    const english = await ask({
      method: 'DELETE',
      url: '/api/probe',
      headers: { 'accept-language': 'en-GB,en;q=0.9' },
    });

    expect(chinese.statusCode).toBe(500);
    expect(chinese.payload).not.toContain('secret');
    expect(chinese.json<{ title: string }>().title).toMatch(/^服务器出错/);
    expect(english.json<{ title: string }>().title).toMatch(/^The server failed/);
    expect(english.json<{ code: string; params: { requestId: string } }>().params.requestId).toMatch(/^[\da-f-]{36}$/);
  });

  it('reads the key of an intention', async () => {
    const key = '0190A0F0-1111-7111-8111-0123456789AB';
    const read = async (value?: string): Promise<unknown> =>
      (
        await ask({
          method: 'PUT',
          url: '/api/probe',
          headers: value === undefined ? {} : { 'idempotency-key': value },
        })
      ).json();

    expect(await read(key)).toEqual({ key: key.toLowerCase() });
    expect(await read()).toEqual({ key: null });
    expect(await read('once')).toMatchObject({ code: 'invalid_idempotency_key', status: 422 });
  });

  it('answers 404 for what is not there', async () => {
    const answer = await ask({ url: '/api/nothing' });

    expect(answer.json()).toMatchObject({ code: 'not_found', status: 404 });
  });
});
