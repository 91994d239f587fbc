/** What no screen sends and anybody can: text Postgres cannot keep, cursors that were made up, addresses that are none. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildApp } from './app.ts';
import type { App } from './http.ts';
import { asUser, type Ask } from './testing/app.ts';
import { createCaseStage, type CaseStage } from './testing/cases.ts';

let stage: CaseStage;
let app: App;
let ask: Ask;

beforeAll(async () => {
  stage = await createCaseStage();
  app = await buildApp(stage.deps);
  ask = await asUser(app, stage.cast.manager);
});
afterAll(async () => {
  await app.close();
  await stage.close();
});

const id = '0190a0f0-1111-7111-8111-0123456789ab';
const cursor = (...values: unknown[]): string => Buffer.from(JSON.stringify(values)).toString('base64url');

it.each([
  ['POST', '/api/session', { username: 'a\0', password: 'x' }],
  ['GET', '/api/tasks/a%00b', undefined],
  ['POST', '/api/tasks/a%00b/read', undefined],
  ['POST', '/api/tasks/a%00b/claim', { assignment: 1 }],
  ['GET', '/api/people?q=%00', undefined],
  ['GET', '/api/people?role=%00', undefined],
  ['GET', '/api/people?task=%00', undefined],
  ['GET', '/api/outbound?q=%00', undefined],
  ['GET', '/api/cases?flow=%00', undefined],
  ['GET', '/api/cases/search?stage=%00', undefined],
  // Postgres has no year 0.
  ['GET', '/api/cases/search?from=0000-01-01', undefined],
  ['GET', '/api/flows/%00/start', undefined],
  ['POST', '/api/flows/%00/cases', { fields: {} }],
  ['POST', '/api/flows/errand/cases', { fields: { what: 'a\0b' } }],
  ['GET', '/api/forms/%00', undefined],
  ['POST', `/api/cases/${id}/withdraw`, { comment: '\0' }],
] as const)('refuses what Postgres cannot keep: %s %s', async (method, url, payload) => {
  const answer = await ask({ method, url, ...(payload !== undefined && { payload }) });
  expect(answer.statusCode, answer.payload).toBeGreaterThanOrEqual(400);
  expect(answer.statusCode, answer.payload).toBeLessThan(500);
  expect(answer.json()).toMatchObject({ status: answer.statusCode });
});

it.each([
  ['/api/tasks?view=mine', ['1', `${id}-1`]],
  ['/api/tasks?view=done', ['yesterday', `${id}-1`]],
  ['/api/tasks?view=done', ['2026-02-31T25:00:00Z', `${id}-1`]],
  ['/api/tasks?view=started', ['1', id]],
  ['/api/cases?view=all', ['1', id]],
  ['/api/cases?view=all', ['2026-01-01T00:00:00.000Z', '-'.repeat(36)]],
  ['/api/cases?view=all', [null, id]],
  ['/api/cases?view=all', ['2026-02-31T00:00:00Z', id]],
  ['/api/cases/search?limit=1', ['0000-01-01T00:00:00.000Z', id]],
  ['/api/cases/search?limit=1', ['2026-01-01T24:00:00Z', id]],
  ['/api/people?', ['x', '-'.repeat(36)]],
  ['/api/people?', ['x\0', id]],
  ['/api/notifications?', ['-'.repeat(36)]],
  ['/api/notifications?', [1]],
  ['/api/tasks?view=mine', ['a']],
])('refuses a cursor that was made up: %s %j', async (url, values) => {
  const answer = await ask({ url: `${url}&cursor=${cursor(...values)}` });
  expect(answer.statusCode, answer.payload).toBe(422);
  expect(answer.json()).toMatchObject({ code: 'invalid_cursor', errors: [{ path: '/cursor' }] });
});

it.each(['/api/tasks/%zz', '/%c0%ae', `/api/tasks/${'x'.repeat(5000)}`, '/api/cases/none', '//api'])(
  'answers a problem document at %s',
  async (url) => {
    const answer = await ask({ url });
    expect(answer.headers['content-type'], answer.payload).toMatch(/problem\+json/);
    expect(answer.statusCode).toBeLessThan(500);
  },
);

const nested = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;

it('refuses JSON of more levels than any form has, before anything reads it', async () => {
  const post = (levels: number) =>
    ask({
      method: 'POST',
      url: '/api/flows/errand/cases',
      headers: { 'content-type': 'application/json', 'idempotency-key': id },
      payload: `{"fields":{"what":${nested(levels)}}}`,
    });

  for (const levels of [40, 20_000]) {
    const answer = await post(levels);
    expect(answer.json()).toMatchObject({ status: 422, errors: [{ code: 'too_deep', params: { limit: 32 } }] });
  }
  expect((await post(20)).json()).toMatchObject({ code: 'forbidden' });
});

it('refuses half of a surrogate pair where it stands, in names too', async () => {
  const post = (url: string, payload: string) =>
    ask({ method: 'POST', url, headers: { 'content-type': 'application/json' }, payload });

  const body = await post('/api/flows/errand/cases', '{"fields":{"what":"a\\ud83d","rows":[{"x":"\\udc00"}]}}');
  expect(
    body
      .json<{ errors: { path: string }[] }>()
      .errors.map(({ path }) => path)
      .sort(),
  ).toEqual(['/fields/rows/0/x', '/fields/what']);
  const name = await post('/api/flows/errand/cases', '{"fields":{"\\ud800":1}}');
  expect(name.json()).toMatchObject({ status: 422, errors: [{ path: '/fields', code: 'text_invalid' }] });
  const comment = await post(`/api/cases/${id}/comment`, '{"body":"\\udfff"}');
  expect(comment.json()).toMatchObject({ status: 422, errors: [{ path: '/body', code: 'text_invalid' }] });
});

it.each([
  ['GET', `/api/cases/urn:uuid:${id}`, undefined, '/id'],
  ['GET', `/api/forms/errand/records/urn:uuid:${id}`, undefined, '/id'],
  ['GET', `/api/forms/errand/records?community=urn:uuid:${id}`, undefined, '/community'],
  ['GET', '/api/forms/errand?version=2147483648', undefined, '/version'],
  ['POST', `/api/cases/${id}/retry`, { incident: 2_147_483_648 }, '/incident'],
  ['POST', `/api/tasks/${id}-1/complete`, { outcome: 'x', fields: {}, assignment: 2 ** 31, version: 0 }, '/assignment'],
  ['POST', `/api/tasks/${id}-1/complete`, { outcome: 'x', fields: {}, assignment: 0, version: 2 ** 31 }, '/version'],
  ['PATCH', `/api/forms/errand/records/${id}`, { version: 2 ** 31, fields: {} }, '/version'],
  ['DELETE', `/api/forms/errand/records/${id}?version=2147483648`, undefined, '/version'],
] as const)('refuses an id or a count that no column takes: %s %s', async (method, url, payload, path) => {
  const answer = await ask({ method, url, ...(payload !== undefined && { payload }) });
  expect(answer.json()).toMatchObject({ status: 422, code: 'invalid_request', errors: [{ path }] });
});
