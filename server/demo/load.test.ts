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
import { readPayloads } from '../testing/payloads.ts';
import { testTemporalAddress, testWorkflowBundle, uniqueTaskQueue } from '../testing/temporal.ts';
import { startWorker, type RunningWorker } from '../worker/index.ts';
import { addDays, todayIn } from './days.ts';
import { loadDemo } from './index.ts';
import { readScenarios } from './scenarios.ts';
import { instantOf } from './values.ts';

interface Stage {
  test: TestDb;
  deps: Deps;
  app: App;
  temporal: Temporal;
  worker: RunningWorker;
}

/** Nine o'clock of the day after, where the community is. */
function nextMorning(): number {
  return Date.parse(instantOf(addDays(todayIn('Asia/Shanghai', new Date()), 1), '09:00', 'Asia/Shanghai'));
}

/** `2026-11-28` has as many digits as a phone number. */
function isDay(word: string): boolean {
  return /^\d{4}-\d\d-\d\d/.test(word);
}

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

/** Cases by flow, status and outcome. */
async function countCases({ test }: Stage): Promise<Record<string, number>> {
  const { rows } = await sql<{ kind: string; n: number }>`
    select concat_ws(' ', flow, status, outcome) as kind, count(*)::int as n from "case" group by 1`.execute(
    test.adminDb,
  );
  return Object.fromEntries(rows.map(({ kind, n }) => [kind, n]));
}

/** Open tasks by step. */
async function countTasks({ test }: Stage): Promise<Record<string, number>> {
  const { rows } = await sql<{ step: string; n: number }>`
    select step, count(*)::int as n from task where state = 'open' group by step`.execute(test.adminDb);
  return Object.fromEntries(rows.map(({ step, n }) => [step, n]));
}

const patience = { timeout: 20_000, interval: 100 };
const asPlanned = {
  dispatch_urgent: 2,
  dispatch: 3,
  accept_assigned: 3,
  accept_pool: 2,
  arrive: 1,
  quote: 1,
  consent: 1,
  work: 3,
  accept_owner: 1,
  accept_public: 1,
  rate: 1,
  return_visit: 1,
  cover_confirm: 1,
  hr: 1,
  on_leave: 1,
};
const casesAsPlanned = {
  'repair running': 20,
  'repair completed completed': 1,
  'repair completed rejected': 1,
  'repair completed linked': 2,
  'repair completed duplicate': 1,
  'repair cancelled withdrawn': 1,
  'leave running': 3,
};

describe('loading the demo', () => {
  let stage: Stage;
  let announced = 0;
  const load = (now?: Date): Promise<void> =>
    loadDemo(stage.deps, { app: stage.app, onStart: () => (announced += 1), ...(now && { now }) });

  beforeAll(async () => {
    stage = await openStage();
    await load();
  }, 120_000);
  afterAll(() => closeStage(stage));

  it('leaves twenty repairs and three leaves running in many states, and six repairs closed', async () => {
    expect(await countCases(stage)).toEqual(casesAsPlanned);
    // The ledger is written by an activity, after the answer.
    await expect.poll(() => countTasks(stage), patience).toEqual(asPlanned);
  });

  it('lets nothing be overdue by the next morning but two', async () => {
    const tasks = await stage.test.adminDb
      .selectFrom('task')
      .select(['step', 'due_at'])
      .where('state', '=', 'open')
      .execute();
    const early = tasks.filter(({ due_at: dueAt }) => dueAt !== null && dueAt.getTime() < nextMorning());

    // Two urgent ones that nobody dispatched. The offer goes back to the dispatchers by itself, with a new due time.
    expect(early.map(({ step }) => step).sort()).toEqual(['accept_pool', 'dispatch_urgent', 'dispatch_urgent']);
    expect(tasks.every(({ due_at: dueAt }) => dueAt === null || dueAt.getTime() > Date.now())).toBe(true);
  });

  it('leaves no name, no phone and nothing that people wrote with Temporal', async () => {
    const { rows } = await sql<{ word: string }>`
      select distinct word from (
        select jsonb_path_query(to_jsonb(r), '$.*') #>> '{}' as word, 'repair' as form from record.repair r
        union all select name, 'party' from record.party union all select phone, 'party' from record.party
        union all select display_name, 'person' from person) w
      where word ~ '[一-鿿]{2}' or word ~ '^[0-9+ -]{7,}$'`.execute(stage.test.adminDb);
    const words = rows.map(({ word }) => word).filter((word) => !isDay(word));
    const cases = await stage.test.adminDb.selectFrom('case').select(['id', 'flow', 'flow_version']).execute();
    const flows = await stage.test.adminDb.selectFrom('flow_version').select('definition').execute();
    // A flow comes with its case, and its titles are nobody's words.
    const known = JSON.stringify(flows);
    const told = words.filter((word) => !known.includes(word));
    expect(words.length - told.length).toBeLessThan(10);
    expect(told.length).toBeGreaterThan(100);

    for (const { id } of cases) {
      const { readable } = await readPayloads(stage.temporal, id);
      expect(readable).toContain(id);
      expect(told.filter((word) => readable.includes(word))).toEqual([]);
    }
  });

  it('pauses the one that waits for parts: it has no due time', async () => {
    const paused = await stage.test.adminDb
      .selectFrom('task')
      .select(['step', 'paused_until', 'due_at'])
      .where('paused_at', 'is not', null)
      .execute();

    expect(paused).toMatchObject([{ step: 'work', due_at: null }]);
    expect(paused[0]!.paused_until!.getTime()).toBeGreaterThan(nextMorning());
  });

  it('keeps who reported, with phone and address as they were', async () => {
    const { rows } = await sql`
      select reporter_name, phone, address, warranty, alike_open, fault_hint from record.repair where place = '厨房' and address = '3-2-1201 厨房'`.execute(
      stage.test.adminDb,
    );

    expect(rows).toMatchObject([
      { reporter_name: '林晓梅', warranty: false, alike_open: 0, fault_hint: '3 号楼停水抢修' },
    ]);
    expect((rows[0] as { phone: string }).phone).toMatch(/^1000000/);
  });

  it('closes a repair that was reported twice as a duplicate of the first', async () => {
    const { rows } = await sql`
      select first.place, c.status from record.repair again
      join record.repair first on first.id = again.duplicate_of join "case" c on c.id = first.id`.execute(
      stage.test.adminDb,
    );

    expect(rows).toEqual([{ place: '东门车行道闸', status: 'running' }]);
  });

  it('works out days and balance of leaves, and charges what was approved', async () => {
    const { rows } = await sql<{ days: string; balance: string; result: string }>`
      select days::float, balance::float, result from record.leave order by days`.execute(stage.test.adminDb);
    expect(rows).toMatchObject([
      { days: 0.5, result: 'pending' },
      { days: 2, result: 'approved' },
      { days: 5, balance: 5, result: 'pending' },
    ]);

    const ledger = await sql`select days::float, kind from record.leave_ledger where kind <> 'grant'`.execute(
      stage.test.adminDb,
    );
    expect(ledger.rows).toEqual([{ days: -2, kind: 'use' }]);
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
    expect(await countCases(stage)).toEqual(casesAsPlanned);
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
    expect(await countCases(stage)).toEqual(casesAsPlanned);
    await expect.poll(() => countTasks(stage), patience).toEqual(asPlanned);
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from command where state = 'done'`.execute(
      stage.test.adminDb,
    );
    const planned = readScenarios().flatMap(({ acts }) => ['start', ...acts.map((act) => act.do)]);
    expect(rows[0]!.n).toBe(planned.filter((act) => act !== 'claim').length);
  }, 120_000);
});
