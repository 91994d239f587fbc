import { defaultPayloadConverter } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApp } from '../app.ts';
import { createCodec } from '../codec.ts';
import { createDb } from '../db/client.ts';
import type { App } from '../http.ts';
import { connectTemporal, type Temporal } from '../temporal.ts';
import { buildTestApp, testConfig } from '../testing/app.ts';
import { createTestDb, type TestDb } from '../testing/database.ts';
import { testTemporalAddress, uniqueTaskQueue } from '../testing/temporal.ts';

let test: TestDb;
let temporal: Temporal;
let app: App;

beforeAll(async () => {
  test = await createTestDb();
  const config = testConfig(test, { temporalAddress: testTemporalAddress(), temporalTaskQueue: uniqueTaskQueue() });
  temporal = connectTemporal(config);
  app = await buildTestApp(test, { config, temporal: temporal.client });
});
afterAll(async () => {
  await app.close();
  await temporal.close();
  await test.drop();
});

interface Readiness {
  ready: boolean;
  missing: { what: string; detail: string }[];
}

describe('health', () => {
  it('is alive whatever else is missing', async () => {
    expect((await app.inject({ url: '/healthz' })).json()).toEqual({ status: 'ok' });
  });

  it('is not ready while no worker asks for work, and says only that', async () => {
    const answer = await app.inject({ url: '/readyz' });

    expect(answer.statusCode).toBe(503);
    expect(answer.json<Readiness>().missing.map(({ what }) => what)).toEqual(['worker']);
  });

  it('rule 15: is not ready while a payload asks for a key that is missing', async () => {
    const lost = { id: 'lost', key: Buffer.alloc(32, 7) };
    const sealed = await createCodec([lost]).encode([defaultPayloadConverter.toPayload('closed')]);
    const { config } = app.deps;
    const other = connectTemporal(config);
    const readable = await buildTestApp(test, { config, temporal: other.client });
    const missing = async () => (await readable.inject({ url: '/readyz' })).json<Readiness>().missing;
    expect((await missing()).map(({ what }) => what)).toEqual(['worker']);
    await expect(other.codec.decode(sealed)).rejects.toThrow();

    // An answer is kept for a second.
    await expect
      .poll(missing, { timeout: 5000 })
      .toContainEqual({ what: 'codec_keys', detail: 'GUANJIA_CODEC_KEYS lacks lost' });
    await readable.close();
    await other.close();
  });

  it('is ready once a worker asks', async () => {
    const { config } = app.deps;
    const poll = temporal.client.connection.withDeadline(Date.now() + 3000, () =>
      temporal.client.workflowService.pollWorkflowTaskQueue({
        namespace: config.temporalNamespace,
        taskQueue: { name: config.temporalTaskQueue },
        identity: 'a worker',
      }),
    );
    const isOver = poll.catch(() => undefined);
    const end = Date.now() + 10_000;
    let answer = await app.inject({ url: '/readyz' });
    while (answer.statusCode !== 200 && Date.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      answer = await app.inject({ url: '/readyz' });
    }
    await isOver;

    expect(answer.json()).toEqual({ ready: true, missing: [] });
  });

  it('names Postgres and Temporal when they are away, without their addresses', async () => {
    const config = testConfig(test, { temporalAddress: '127.0.0.1:1' });
    const away = connectTemporal(config);
    const db = createDb('postgres://guanjia_app:hidden-password@127.0.0.1:1/none', { max: 1 });
    const lame = await buildApp({
      ...app.deps,
      db,
      temporal: away.client,
      config: { ...config, databaseUrl: 'postgres://127.0.0.1:1/none' },
    });
    const answer = await lame.inject({ url: '/readyz' });
    const login = await lame.inject({ method: 'POST', url: '/api/session', payload: { username: 'a', password: 'b' } });
    await lame.close();
    await Promise.all([db.destroy(), away.close()]);

    expect(answer.statusCode).toBe(503);
    expect(answer.json<Readiness>().missing.map(({ what }) => what)).toEqual(['postgres', 'temporal']);
    expect(answer.payload).not.toMatch(/hidden-password|127\.0\.0\.1/);
    expect(login.json()).toMatchObject({ code: 'unavailable', status: 503 });
    expect(login.headers['retry-after']).toBe('2');
  });

  it('misses migrations that were not run', async () => {
    await test.adminDb.deleteFrom('kysely_migration' as 'setting').execute();
    const fresh = await buildApp(app.deps);
    const answer = await fresh.inject({ url: '/readyz' });
    await fresh.close();

    expect(answer.json<Readiness>().missing[0]).toMatchObject({ what: 'migrations' });
  });
});

describe('metrics', () => {
  it('count by route pattern and hold no ids', async () => {
    await app.inject({ url: '/api/files/0190a0f0-1111-7111-8111-0123456789ab' });
    const { payload, statusCode } = await app.inject({ url: '/metrics' });

    expect(statusCode).toBe(200);
    expect(payload).toContain('guanjia_http_request_seconds_count{method="GET",route="/api/files/:id",status="401"} 1');
    expect(payload).not.toContain('0190a0f0');
    expect(payload).toMatch(/^guanjia_commands_pending 0$/m);
    expect(payload).toMatch(/^guanjia_sweeper_lag_seconds 0$/m);
    expect(payload).toMatch(/^guanjia_projection_gaps 0$/m);
    expect(payload).toContain('process_cpu_seconds_total');
  });

  it('are for this machine, or for who has the token', async () => {
    const guarded = await buildApp({ ...app.deps, config: { ...app.deps.config, metricsToken: 'prometheus-token' } });
    const ask = async (headers: Record<string, string>, remoteAddress = '203.0.113.7'): Promise<number> =>
      (await guarded.inject({ url: '/metrics', headers, remoteAddress })).statusCode;

    expect(await ask({})).toBe(403);
    expect(await ask({ authorization: 'Bearer guess' })).toBe(403);
    expect(await ask({ authorization: 'Bearer prometheus-token' })).toBe(200);
    expect(await ask({}, '::1')).toBe(200);
    expect(await ask({ 'x-forwarded-for': '203.0.113.7' }, '127.0.0.1')).toBe(403);
    await guarded.close();
  });
});
