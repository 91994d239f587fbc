/** Rule 15: a new key takes over while cases run, and the old one may go once nothing is left under it. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findMissing } from '../health/checks.ts';
import type { Deps } from '../deps.ts';
import { createCaseStage, complete, intend, openTask, startErrand, type CaseStage } from '../testing/cases.ts';
import { handOut } from '../testing/rules.ts';
import { connectTemporal, type Temporal } from '../temporal.ts';
import { recordStart } from '../upgrade/record.ts';
import { continueAll } from './continue-all.ts';
import { scanKeys } from './keys.ts';

const newKey = { id: '2027', key: randomBytes(32) };
let stage: CaseStage;
let deps: Deps;
let turned: Temporal;

beforeAll(async () => {
  stage = await createCaseStage();
  await recordStart(stage.deps);
  const config = { ...stage.deps.config, codecKeys: [newKey, ...stage.deps.config.codecKeys] };
  turned = connectTemporal(config);
  deps = { ...stage.deps, config, temporal: turned.client };
});
afterAll(async () => {
  await turned.close();
  await stage.close();
});

const progress: number[] = [];
const options = { patienceMs: 20_000, onProgress: ({ left }: { left: number }) => void progress.push(left) };
const use = async (): Promise<Record<string, number | null>> =>
  Object.fromEntries((await scanKeys(deps)).map(({ id, runningCases }) => [id, runningCases]));

it('rule 15: turns the key under running cases, and says when the old one may go', async () => {
  const old = await stage.worker();
  const cases = await Promise.all([startErrand(stage), startErrand(stage), startErrand(stage)]);
  const { caseId } = cases[0];
  await old.stop();

  // With the new key first: a checkpoint that nobody serves is broken off and goes on later.
  await recordStart(deps);
  const { codecKeys } = stage.deps.config;
  stage.deps.config.codecKeys = deps.config.codecKeys;
  const brokenOff = await continueAll(deps, { ...options, patienceMs: 1000 });
  await expect.poll(use, { timeout: 15_000 }).toEqual({ '2027': 0, test: 3 });
  const worker = await stage.worker();
  const later = await startErrand({ ...stage, deps });
  const continued = await continueAll(deps, options);
  await expect.poll(use, { timeout: 15_000 }).toEqual({ '2027': 4, test: 0 });
  stage.deps.config.codecKeys = codecKeys;

  expect(brokenOff).toMatchObject({ total: 3, left: 3 });
  expect(brokenOff.stuck).toHaveLength(3);
  expect(continued).toMatchObject({ total: 3, left: 0, startedAt: brokenOff.startedAt });
  expect(progress.at(-1)).toBe(0);
  const [current, retiring] = await scanKeys(deps);
  expect(current).toMatchObject({ id: '2027', isCurrent: true, retiresAt: null });
  const inADay = Date.now() + 86_400_000;
  expect(retiring!.retiresAt!.getTime()).toBeGreaterThan(inADay - 600_000);
  expect(retiring!.retiresAt!.getTime()).toBeLessThan(inADay + 600_000);

  // The cases went on as they were: with the new key alone they take commands.
  const task = await openTask(stage, caseId);
  const given = await complete({ ...stage, deps }, handOut(stage, task.id), intend(stage.cast.dispatcher));
  expect(given.state).toBe('done');
  expect(later.state).toBe('done');
  await worker.stop();
}, 90_000);

it('rule 15: /readyz misses a key that was never found unused, and heeds none that was', async () => {
  const missing = async (ids: string[]): Promise<(string | undefined)[]> => {
    const codecKeys = ids.map((id) => ({ id, key: randomBytes(32) }));
    const other = connectTemporal({ ...deps.config, codecKeys });
    const found = await findMissing({ ...deps, temporal: other.client, config: { ...deps.config, codecKeys } });
    await other.close();
    return found.filter(({ what }) => what === 'codec_keys').map(({ detail }) => detail);
  };

  expect(await missing(['2027'])).toEqual([]);
  expect(await missing(['2028', 'test'])).toEqual(['GUANJIA_CODEC_KEYS lacks 2027']);
  await sql`update codec_key set clear_since = null where id = 'test'`.execute(deps.adminDb);
  expect(await missing(['2027'])).toEqual(['GUANJIA_CODEC_KEYS lacks test']);
});

it('shows which interpreter a run has seen', async () => {
  const id = (await sql<{ id: string }>`select id from build`.execute(deps.adminDb)).rows[0]!.id;
  for (let tries = 0; ; tries += 1) {
    const { count } = await deps.temporal.workflow.count(
      `TaskQueue = "${deps.config.temporalTaskQueue}" AND BuildIds = "unversioned:${id}"`,
    );
    if (count > 0 || tries > 50) {
      expect(count).toBeGreaterThan(0);
      return;
    }
    await sleep(200);
  }
});
