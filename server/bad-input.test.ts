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
  ['GET', '/api/cases?flow=%00', undefined],
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
