import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { App } from '../http.ts';
import { asUser, buildTestApp, createPerson, testConfig } from '../testing/app.ts';
import { complete, createCaseStage, intend, openTask, startErrand, type CaseStage } from '../testing/cases.ts';
import { connectTemporal } from '../temporal.ts';
import { recordStart } from './record.ts';

interface Answer {
  versions: Record<string, string | null>;
  migrations: { name: string; at: string | null }[];
  runningCases: number | null;
  interpreters: { isCurrent: boolean; runningCases: number | null }[];
  codecKeys: object[];
  checkpoint: object | null;
  lastBackup: { bytes: number } | null;
}

let stage: CaseStage;
let app: App;
let admin: string;

beforeAll(async () => {
  stage = await createCaseStage();
  await recordStart(stage.deps);
  app = await buildTestApp(stage.test, stage.deps);
  admin = await createPerson(stage.test, { roles: [{ role: 'admin' }] });
});
afterAll(async () => {
  await app.close();
  await stage.close();
});

it('tells who runs the server what an upgrade meets', async () => {
  await sql`insert into build (id, version, node, last_started_at) values ('older', '0.0.9', 'v24.0.0', now() - interval '1 day')`.execute(
    stage.deps.adminDb,
  );
  await sql`insert into backup (at, parts, bytes) values ('2026-11-01T18:00:00Z', '[]', 1), ('2026-11-02T18:00:00Z', '[{"what":"files","bytes":5000000000}]', 5000000000)`.execute(
    stage.deps.adminDb,
  );
  await sql`insert into setting (key, value) values ('checkpoint', '{"startedAt":"2026-11-01T00:00:00.000Z","total":7}')`.execute(
    stage.deps.adminDb,
  );
  const ask = await asUser(app, admin);
  const read = async (): Promise<Answer> => (await ask({ url: '/api/upgrade' })).json<Answer>();
  const counts = async (): Promise<unknown> => (await read()).interpreters.map(({ runningCases }) => runningCases);
  const older = await stage.worker({ interpreter: 'older' });
  const moved = await startErrand(stage);
  await startErrand(stage);
  await expect.poll(counts, { timeout: 15_000 }).toEqual([0, 2]);
  await older.stop();
  // Whatever happens to a case from now on the newer one interprets; the case has run on both then.
  const worker = await stage.worker();
  const task = await openTask(stage, moved.caseId);
  await complete(
    stage,
    { taskId: task.id, outcome: 'handed_out', fields: { runner: stage.cast.runner } },
    intend(stage.cast.dispatcher),
  );
  await expect.poll(counts, { timeout: 15_000 }).toEqual([1, 1]);
  await worker.stop();
  const answer = await read();

  expect(answer).toMatchObject({
    versions: { guanjia: '0.1.0', node: process.version },
    runningCases: 2,
    interpreters: [
      { isCurrent: true, runningCases: 1, version: '0.1.0' },
      { isCurrent: false, runningCases: 1, version: '0.0.9' },
    ],
    codecKeys: [{ id: 'test', isCurrent: true, isConfigured: true, runningCases: null, retiresAt: null }],
    checkpoint: { startedAt: '2026-11-01T00:00:00.000Z', total: 7, left: 0 },
    lastBackup: { at: '2026-11-02T18:00:00.000Z', bytes: 5_000_000_000 },
  });
  expect(answer.versions.postgres).toMatch(/^18/);
  expect(answer.versions.temporal).toMatch(/^1\./);
  expect(answer.migrations[0]?.name).toBe('0001-core');
  expect(answer.migrations.every(({ at }) => at !== null)).toBe(true);
});

it('still answers while Temporal is away', async () => {
  const config = testConfig(stage.test, { temporalAddress: '127.0.0.1:1' });
  const away = connectTemporal(config);
  const lame = await buildTestApp(stage.test, { config, temporal: away.client });
  const answer = await (await asUser(lame, admin))({ url: '/api/upgrade' });
  await lame.close();
  await away.close();

  expect(answer.statusCode).toBe(200);
  expect(answer.json<Answer>()).toMatchObject({ runningCases: null, versions: { temporal: null } });
});

it('is for whoever holds the right in the whole company', async () => {
  const ofOne = await createPerson(stage.test, { roles: [{ role: 'admin', communityId: randomUUID() }] });

  for (const person of [stage.cast.manager, ofOne])
    expect((await (await asUser(app, person))({ url: '/api/upgrade' })).json()).toMatchObject({
      code: 'forbidden',
      status: 403,
    });
  expect((await app.inject({ url: '/api/upgrade' })).statusCode).toBe(401);
});
