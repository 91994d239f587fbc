/** The whole demo, loaded through the real API with a real worker: whole, once, in time, and also when it is killed in between. */
import type { InjectOptions } from 'fastify';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApp } from '../app.ts';
import type { Deps } from '../deps.ts';
import type { App } from '../http.ts';
import { createLog } from '../log.ts';
import { connectTemporal, type Temporal } from '../temporal.ts';
import { testConfig } from '../testing/app.ts';
import { createTestDb, type TestDb } from '../testing/database.ts';
import { testTemporalAddress, testWorkflowBundle, uniqueTaskQueue } from '../testing/temporal.ts';
import { startWorker, type RunningWorker } from '../worker/index.ts';
import { loadDemo } from './index.ts';
import { readScenarios } from './scenarios.ts';

interface Stage {
  test: TestDb;
  deps: Deps;
  app: App;
  temporal: Temporal;
  worker: RunningWorker;
}

const hourMs = 3_600_000;

async function openStage(): Promise<Stage> {
  const test = await createTestDb();
  const config = testConfig(test, { temporalAddress: testTemporalAddress(), temporalTaskQueue: uniqueTaskQueue() });
  const temporal = connectTemporal(config);
  const log = createLog('silent', () => undefined);
  const deps: Deps = { config, db: test.db, adminDb: test.adminDb, temporal: temporal.client, log };
  const worker = await startWorker(deps, { bundlePath: await testWorkflowBundle() });
  return { test, deps, app: await buildApp(deps), temporal, worker };
}

async function closeStage(stage: Stage): Promise<void> {
  await stage.app.close();
  await stage.worker.stop();
  await stage.temporal.close();
  await stage.test.drop();
}

async function countCases({ test }: Stage): Promise<Record<string, number>> {
  const { rows } = await sql<{ status: string; n: number }>`
    select status, count(*)::int as n from "case" group by status`.execute(test.adminDb);
  return Object.fromEntries(rows.map(({ status, n }) => [status, n]));
}

/** Open tasks by step. */
async function countTasks({ test }: Stage): Promise<Record<string, number>> {
  const { rows } = await sql<{ step: string; n: number }>`
    select step, count(*)::int as n from task where state = 'open' group by step`.execute(test.adminDb);
  return Object.fromEntries(rows.map(({ step, n }) => [step, n]));
}

const asPlanned = {
  dispatch: 5,
  accept_assigned: 3,
  accept_pool: 2,
  work: 6,
  accept_owner: 2,
  accept_public: 1,
  rate: 1,
};

describe('loading the demo', () => {
  let stage: Stage;
  let tookMs: number;
  let announced = 0;
  const load = (now?: Date): Promise<void> =>
    loadDemo(stage.deps, { app: stage.app, onStart: () => (announced += 1), ...(now && { now }) });

  beforeAll(async () => {
    stage = await openStage();
    const startedMs = performance.now();
    await load();
    tookMs = performance.now() - startedMs;
  }, 120_000);
  afterAll(() => closeStage(stage));

  it('takes no longer than people wait for a first start', () => {
    expect(tookMs).toBeLessThan(20_000);
  });

  it('leaves twenty repairs running in many states, and three closed', async () => {
    expect(await countCases(stage)).toEqual({ running: 20, completed: 2, cancelled: 1 });
    expect(await countTasks(stage)).toEqual(asPlanned);
  });

  it('lets nothing be overdue by the next morning but two', async () => {
    const tasks = await stage.test.adminDb
      .selectFrom('task')
      .select(['step', 'due_at'])
      .where('state', '=', 'open')
      .execute();
    // Loaded at midnight, nine o'clock of the next morning is 33 hours away.
    const morning = Date.now() + 33 * hourMs;
    const early = tasks.filter(({ due_at: dueAt }) => dueAt !== null && dueAt.getTime() < morning);

    expect(early.map(({ step }) => step)).toEqual(['accept_pool', 'accept_pool']);
    expect(tasks.every(({ due_at: dueAt }) => dueAt !== null && dueAt.getTime() > Date.now())).toBe(true);
  });

  it('shows photos with the repairs', async () => {
    const { rows } = await sql<{ n: number }>`select count(distinct record_id)::int as n from file_use`.execute(
      stage.test.adminDb,
    );

    expect(rows[0]!.n).toBeGreaterThan(10);
  });

  it('is done once: the next start finds it and says nothing', async () => {
    await load();

    expect(announced).toBe(1);
    expect(await countCases(stage)).toEqual({ running: 20, completed: 2, cancelled: 1 });
  });

  it('never happens in production', async () => {
    const deps = { ...stage.deps, config: { ...stage.deps.config, mode: 'production' as const } };

    await expect(loadDemo(deps, { app: stage.app })).rejects.toMatchObject({ code: 'demo_in_production' });
  });
});

describe('a load that is killed again and again', () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await openStage();
  }, 60_000);
  afterAll(() => closeStage(stage));

  it('is continued where it stopped, with nothing twice', async () => {
    let requests = 0;
    // The request is done and its answer lost: the worst moment to die.
    const dying = new Proxy(stage.app, {
      get: (app, name) =>
        name === 'inject'
          ? async (options: InjectOptions) => {
              const answer = await app.inject(options);
              requests += 1;
              if (requests % 23 === 0) throw new Error('killed');
              return answer;
            }
          : (Reflect.get(app, name) as unknown),
    });

    let deaths = 0;
    const start = async (): Promise<boolean> => {
      try {
        await loadDemo(stage.deps, { app: dying });
        return true;
      } catch (error) {
        expect(error).toMatchObject({ message: 'killed' });
        deaths += 1;
        return false;
      }
    };
    while (!(await start())) expect(deaths).toBeLessThan(60);

    expect(deaths).toBeGreaterThan(3);
    expect(await countCases(stage)).toEqual({ running: 20, completed: 2, cancelled: 1 });
    expect(await countTasks(stage)).toEqual(asPlanned);
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from command where state = 'done'`.execute(
      stage.test.adminDb,
    );
    const planned = readScenarios().flatMap(({ acts }) => ['start', ...acts.map((act) => act.do)]);
    expect(rows[0]!.n).toBe(planned.filter((act) => act !== 'claim').length);
  }, 120_000);
});
