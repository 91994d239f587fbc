/** A worker process that is killed in the middle of a service step: another one does the step. Real Postgres, Temporal, process and signal. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCaseStage, type CaseStage } from '../testing/cases.ts';
import { createTestDataDir } from '../testing/data-dir.ts';
import { beginCase, publishSteps } from '../testing/messages.ts';
import { openOutside, type Outside } from '../testing/outside.ts';
import { after, look } from '../testing/rules.ts';

let stage: CaseStage;
let outside: Outside;
let victim: ChildProcess;
beforeAll(async () => {
  outside = await openOutside();
  stage = await createCaseStage();
  stage.deps.config = { ...stage.deps.config, connectors: outside.settings };
  victim = startVictim();
  await once(victim.stdout!, 'data');
}, 60_000);
afterAll(async () => {
  victim.kill('SIGKILL');
  await stage.close();
  outside.close();
});

function startVictim(): ChildProcess {
  const { databaseUrl, databaseAdminUrl, temporalAddress, temporalTaskQueue, codecKeys } = stage.deps.config;
  const dataDir = createTestDataDir();
  const connectors = join(dataDir, 'connectors.json');
  writeFileSync(connectors, JSON.stringify({ hosts: outside.settings.hosts }));
  const program = ['--import', join(import.meta.dirname, '../testing/local-internet.ts')];
  return spawn(process.execPath, [...program, join(import.meta.dirname, '../main.ts'), '--role', 'worker'], {
    env: {
      PATH: process.env.PATH,
      GUANJIA_DATA_DIR: dataDir,
      DATABASE_URL: databaseUrl,
      DATABASE_ADMIN_URL: databaseAdminUrl,
      TEMPORAL_ADDRESS: temporalAddress,
      TEMPORAL_TASK_QUEUE: temporalTaskQueue,
      GUANJIA_CODEC_KEYS: codecKeys.map(({ id, key }) => `${id}:${key.toString('base64')}`).join(','),
      GUANJIA_CONNECTORS: connectors,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

const text = (en: string) => ({ 'zh-CN': en, en });
const ask = () => ({
  id: 'ask',
  kind: 'serviceTask' as const,
  title: text('Ask'),
  activity: 'http.request',
  again: 'run' as const,
  input: { method: '"POST"', url: `"${outside.url}"`, body: '{ number: note }' },
});

/** Heartbeats are due after 30 s, and a second is waited before the next attempt: without them it would be five minutes. */
const longestMs = 35_000;

it('is done again within half a minute, under the same key, and once', async () => {
  const begun = Promise.withResolvers<IncomingHttpHeaders>();
  outside.before = ({ headers }) => {
    begun.resolve(headers);
    return Promise.withResolvers<number>().promise;
  };
  const flow = await publishSteps(stage, [ask(), after]);
  const caseId = await beginCase(stage, { flow, note: 'K-1' });
  const first = await begun.promise;
  await stage.worker();

  outside.before = () => Promise.resolve(200);
  const killedAt = Date.now();
  victim.kill('SIGKILL');
  const second = await outside.whenAsked('K-1', 2);
  expect(Date.now() - killedAt).toBeLessThan(longestMs);

  await expect
    .poll(async () => (await look(stage, caseId)).tasks.map(({ step }) => step), { timeout: 10_000 })
    .toEqual(['after']);
  expect(second.headers['idempotency-key']).toBe(first['idempotency-key']);
  expect((await look(stage, caseId)).types).toEqual(['case_started', 'activity_done']);
}, 120_000);
