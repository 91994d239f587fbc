/** A leave of five days over the API, by the people of the demo: asked, refused, covered, approved, charged, cancelled, given back. */
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
import { signIn, type Caller } from './caller.ts';
import { addDays, todayIn } from './days.ts';
import { loadRegisters } from './index.ts';
import { demoId } from './random.ts';
import { readDemoAccounts } from './sources.ts';
import { resolveFields } from './values.ts';

let test: TestDb;
let app: App;
let temporal: Temporal;
let worker: RunningWorker;
const now = new Date();
const patience = { timeout: 20_000, interval: 100 };
const callers = new Map<string, Caller>();

beforeAll(async () => {
  test = await createTestDb();
  const config = testConfig(test, { temporalAddress: testTemporalAddress(), temporalTaskQueue: uniqueTaskQueue() });
  temporal = connectTemporal(config);
  const log = createLog('silent', () => undefined);
  const deps: Deps = { config, db: test.db, adminDb: test.adminDb, temporal: temporal.client, log };
  await loadRegisters(deps, now);
  worker = await startWorker(deps, { bundlePath: await testWorkflowBundle() });
  app = await buildApp(deps);
}, 120_000);
afterAll(async () => {
  await app.close();
  await worker.stop();
  await temporal.close();
  await test.drop();
});

async function as(username: string): Promise<Caller> {
  const caller = callers.get(username) ?? (await signIn(app, username, readDemoAccounts().password));
  callers.set(username, caller);
  return caller;
}

/** Annual leave of the demo's dispatcher, Monday to Friday of next week, unless said. */
function request(more: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
  const fields = {
    leaveType: 'leaveType:NJ',
    fromDate: 'weekday:1-1',
    toDate: 'weekday:1-5',
    reason: '回老家办事',
    cover: 'person:zheng.jiaqi',
    ...more,
  };
  return resolveFields(fields, {
    loadedAt: now,
    timeZone: 'Asia/Shanghai',
    photo: () => Promise.resolve(''),
    caseOf: () => Promise.resolve(''),
  });
}

interface Tried {
  set: Record<string, unknown>;
  problems: { path: string; code: string; params?: { message?: { 'zh-CN': string } } }[];
}
/** What the screen is told while the person still writes. */
async function tried(more: Record<string, unknown>, who = 'dispatcher'): Promise<Tried> {
  const caller = await as(who);
  return (await caller.post('/api/flows/leave/prepare', { fields: await request(more) }, crypto.randomUUID())) as Tried;
}
async function refusals(more: Record<string, unknown>, who?: string): Promise<unknown[]> {
  return (await tried(more, who)).problems.map(({ path, params }) => [path, params?.message?.['zh-CN']]);
}

async function start(more: Record<string, unknown> = {}): Promise<string> {
  const caller = await as('dispatcher');
  const answer = await caller.post('/api/flows/leave/cases', { fields: await request(more) }, crypto.randomUUID());
  return (answer as { case: { id: string } }).case.id;
}

interface Act {
  by: string;
  step: string;
  outcome: string;
  fields?: Record<string, unknown>;
  comment?: string;
}
async function act(caseId: string, { by, step, outcome, fields = {}, comment }: Act): Promise<void> {
  const caller = await as(by);
  const id = await expect
    .poll(() => openTask(caseId, step), patience)
    .toBeTruthy()
    .then(() => openTask(caseId, step));
  const task = (await caller.get(`/api/tasks/${id!}`)) as { assignment: number; version: number };
  const { assignment, version } = task;
  const body = { outcome, fields, assignment, version, ...(comment !== undefined && { comment }) };
  await caller.post(`/api/tasks/${id!}/complete`, body, crypto.randomUUID());
}
async function openTask(caseId: string, step: string): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    select id from task where case_id = ${caseId} and step = ${step} and state = 'open'`.execute(test.adminDb);
  return rows[0]?.id;
}

async function ledger(): Promise<unknown[]> {
  const { rows } = await sql`
    select kind, days::float, leave_number is not null as named from record.leave_ledger
    where employee = ${demoId('employee', 'YG-0006')} and leave_type = ${demoId('leaveType', 'NJ')}
      and kind <> 'grant' order by created_at`.execute(test.adminDb);
  return rows;
}

describe('asking for leave', () => {
  it('counts working days, and half days at either end', async () => {
    expect((await tried({})).set).toMatchObject({ days: 5, balance: 5 });
    expect((await tried({ fromHalf: 'pm', toHalf: 'am' })).set).toMatchObject({ days: 4 });
    expect((await tried({ toDate: 'weekday:2-1' })).set).toMatchObject({ days: 6 });
  });

  it('counts every day of the calendar where the type says so', async () => {
    const { set } = await tried({ leaveType: 'leaveType:CJ', toDate: 'weekday:2-1' });

    expect(set).toMatchObject({ days: 8 });
  });

  it.each([
    [{ toDate: 'weekday:2-1' }, '/fields/leaveType', '余额不足：可用 5 天，本次 6 天'],
    [{ cover: 'person:dispatcher' }, '/fields/cover', '代理人不能是自己'],
    [{ fromDate: 'weekday:2-1' }, '/fields/toDate', '结束不能早于开始'],
    [{ leaveType: 'leaveType:BJ' }, '/fields/proof', '请附上证明材料'],
    [{ leaveType: 'leaveType:HJ', fromHalf: 'pm' }, '/fields/leaveType', '这种假按整天请'],
    [{ leaveType: 'leaveType:SANG' }, '/fields/toDate', '超过这种假一次最长的天数'],
  ])('refuses %j', async (more, path, message) => {
    expect(await refusals(more)).toContainEqual([path, message]);
  });

  it('takes what is three days past, and what is older from HR only', async () => {
    const before = (days: number): Record<string, unknown> => {
      const date = addDays(todayIn('Asia/Shanghai', now), -days);
      return { leaveType: 'leaveType:SJ', fromDate: date, toDate: date };
    };
    const tooLate = ['/fields/fromDate', '只能补请 3 天以内的假，更早的请找人事登记'];

    expect(await refusals(before(3))).not.toContainEqual(tooLate);
    expect(await refusals(before(4))).toContainEqual(tooLate);
    expect(await refusals(before(4), 'hr')).not.toContainEqual(tooLate);
  });
});

it('a leave of five days goes through cover, head and HR, is charged, and given back when it is cancelled', async () => {
  const id = await start();
  expect(await refusals({ fromDate: 'weekday:1-5', toDate: 'weekday:2-1' })).toEqual(
    expect.arrayContaining([
      ['/fields/fromDate', '这段时间已经请过假'],
      ['/fields/leaveType', '余额不足：可用 0 天，本次 2 天'],
    ]),
  );
  expect(await refusals({ cover: 'person:dispatcher' }, 'meng.jing')).toContainEqual([
    '/fields/cover',
    '代理人这段时间也在休假，请换一位',
  ]);

  await act(id, { by: 'zheng.jiaqi', step: 'cover_confirm', outcome: 'agreed' });
  await act(id, { by: 'meng.jing', step: 'head', outcome: 'approved' });
  expect(await ledger()).toEqual([]);
  await act(id, { by: 'hr', step: 'hr', outcome: 'approved' });
  await expect.poll(() => openTask(id, 'on_leave'), patience).toBeTruthy();
  expect(await ledger()).toEqual([{ kind: 'use', days: -5, named: true }]);
  expect((await tried({ fromDate: 'weekday:2-1', toDate: 'weekday:2-1' })).set).toMatchObject({ balance: 0 });

  await act(id, { by: 'dispatcher', step: 'on_leave', outcome: 'cancelled', comment: '不用去了' });

  await expect.poll(ledger, patience).toEqual([
    { kind: 'use', days: -5, named: true },
    { kind: 'reverse', days: 5, named: true },
  ]);
  expect((await tried({})).set).toMatchObject({ days: 5, balance: 5 });
  expect(await refusals({})).toEqual([]);
}, 60_000);
