/** What one person's uploads may cost the others: turns at drawing, pixels, bytes a day. */
import type { LightMyRequestResponse } from 'fastify';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildApp } from '../app.ts';
import type { App } from '../http.ts';
import { asUser, buildTestApp, createPerson, testConfig, type Ask } from '../testing/app.ts';
import { createTestDb, type TestDb } from '../testing/database.ts';

let test: TestDb;
let app: App;
let dataDir: string;

beforeAll(async () => {
  test = await createTestDb();
  dataDir = await mkdtemp(join(tmpdir(), 'guanjia-limits-'));
  app = await buildTestApp(test, { config: testConfig(test, { dataDir }) });
});
afterAll(async () => {
  await app.close();
  await test.drop();
  await rm(dataDir, { recursive: true, force: true });
});

const blank = (width: number, height: number): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: '#ccc' } })
    .png()
    .toBuffer();

function upload(as: Ask, bytes: Buffer): Promise<LightMyRequestResponse> {
  const form = new FormData();
  form.append('file', new Blob([new Uint8Array(bytes)], { type: 'image/png' }), 'a.png');
  return as({ method: 'POST', url: '/api/files', payload: form });
}

it('lets few photos of one person wait, and draws those of others in between', async () => {
  const big = await blank(4000, 3000);
  const greedy = await asUser(app, await createPerson(test));
  const other = await asUser(app, await createPerson(test));

  const many = Promise.all(Array.from({ length: 20 }, () => upload(greedy, big)));
  const one = await upload(other, await blank(10, 10));
  const answers = await many;
  const refused = answers.filter(({ statusCode }) => statusCode === 429);

  expect(one.statusCode).toBe(201);
  expect(answers.filter(({ statusCode }) => statusCode === 201).length).toBeGreaterThanOrEqual(5);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused[0]!.json()).toMatchObject({ code: 'rate_limited' });
  expect(Number(refused[0]!.headers['retry-after'])).toBeGreaterThan(0);
  expect((await upload(greedy, await blank(10, 10))).statusCode).toBe(201);
}, 60_000);

it('refuses a small file that unpacks to more than a phone photographs', async () => {
  const ask = await asUser(app, await createPerson(test));
  const answer = await upload(ask, await blank(8000, 6500));

  expect(answer.json()).toMatchObject({ code: 'unsupported_file', status: 415 });
});

it('keeps so many bytes of a person a day, and no more', async () => {
  const config = testConfig(test, { dataDir, uploadMegabytesADay: 0.0002 });
  const small = await buildApp({ ...app.deps, config });
  const [one, two] = [await createPerson(test), await createPerson(test)];
  const ask = await asUser(small, one);

  expect((await upload(ask, await blank(100, 100))).statusCode).toBe(201);
  const over = await upload(ask, await blank(100, 100));
  expect([over.statusCode, over.json()]).toMatchObject([429, { code: 'upload_quota' }]);
  expect(over.headers['retry-after']).toBeDefined();
  expect((await upload(await asUser(small, two), await blank(100, 100))).statusCode).toBe(201);
  await test.adminDb
    .updateTable('file')
    .set({ created_at: new Date(Date.now() - 25 * 3_600_000) })
    .where('created_by', '=', one)
    .execute();
  expect((await upload(ask, await blank(100, 100))).statusCode).toBe(201);
  await small.close();
});
