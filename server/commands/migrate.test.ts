/** Moving live cases to another version of their flow, end to end. Real Postgres, real Temporal. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkpointSignal } from '../../workflows/messages.ts';
import { buildApp } from '../app.ts';
import { publishFlow } from '../definitions/flows.ts';
import type { App } from '../http.ts';
import { asUser, type Ask } from '../testing/app.ts';
import { complete, createCaseStage, intend, openTask, type CaseStage } from '../testing/cases.ts';
import { dyingBeforeRpc, expireLeases } from '../testing/crashes.ts';
import { choice, flowOf, wait } from '../testing/rules.ts';
import type { RunningWorker } from '../worker/index.ts';
import { migrateCase } from './migrate.ts';
import { startCase } from './start.ts';
import { sweep } from './sweep.ts';

const step = (id: string) => ({ ...wait(), id });

let stage: CaseStage;
let app: App;
let manager: Ask;
let staff: Ask;
let worker: RunningWorker;
beforeAll(async () => {
  stage = await createCaseStage([
    flowOf('moved', [step('first'), choice('amount > 10')]),
    flowOf('many', [step('first'), step('gone')]),
  ]);
  worker = await stage.worker();
  app = await buildApp(stage.deps);
  manager = await asUser(app, stage.cast.manager);
  staff = await asUser(app, stage.cast.staff);
});
afterAll(async () => {
  await app.close();
  await stage.close();
});

async function begin(flow: string, fields: object = {}): Promise<string> {
  const act = { flow, fields: { what: 'Move', ...fields }, communityId: null };
  return (await startCase(stage.deps, intend(stage.cast.staff), act)).caseId;
}
const decide = async (caseId: string) =>
  complete(stage, { taskId: (await openTask(stage, caseId)).id, fields: {} }, intend(stage.cast.dispatcher));
const post = (who: Ask, url: string, payload: object, key = randomUUID()) =>
  who({ method: 'POST', url, payload, headers: { 'idempotency-key': key, 'accept-language': 'en' } });
const migrate = (who: Ask, caseId: string, payload: object) => post(who, `/api/cases/${caseId}/migrate`, payload);
interface Detail {
  case: { flowVersion: number };
  timeline: { type: string; comment: string | null; data: object }[];
}
const read = async (caseId: string) => (await manager({ url: `/api/cases/${caseId}` })).json<Detail>();
const versionOf = async (caseId: string) => {
  const { rows } = await sql<{ version: number; form: number }>`
    select flow_version as version, form_version as form from "case" where id = ${caseId}`.execute(stage.test.adminDb);
  return rows[0]?.version;
};

describe('rule 14: migrate a case', () => {
  let caseId: string;
  it('says beforehand whether it can be; nothing happens', async () => {
    caseId = await begin('moved', { note: 'urgent' });
    await publishFlow(stage.test.adminDb, flowOf('moved', [step('begin'), choice('note = "urgent"')]), {
      note: null,
      by: null,
    });

    const refused = await migrate(manager, caseId, { dryRun: true });
    expect(refused.json()).toMatchObject({
      verdict: 'refused',
      code: 'migrate_refused',
      reason: 'no_target',
      step: 'first',
      detail: 'The new version has no such step',
    });
    const planned = await migrate(manager, caseId, { dryRun: true, mapping: { first: 'begin' } });
    expect(planned.json()).toMatchObject({ verdict: 'ok', state: null });
    expect(await versionOf(caseId)).toBe(1);
  });

  it('refuses whoever may not, what has no reason, what cannot be, and a version that is none', async () => {
    const body = { mapping: { first: 'begin' }, reason: 'New law' };
    expect((await migrate(staff, caseId, body)).statusCode).toBe(403);
    expect((await migrate(staff, caseId, { ...body, dryRun: true })).statusCode).toBe(403);
    expect((await migrate(manager, caseId, { mapping: body.mapping })).statusCode).toBe(422);
    expect((await migrate(manager, caseId, { reason: 'New law' })).json()).toMatchObject({
      status: 409,
      code: 'migrate_refused',
      params: { reason: 'no_target', step: 'first' },
    });
    expect((await migrate(manager, caseId, { ...body, to: 99 })).statusCode).toBe(404);
    expect(await versionOf(caseId)).toBe(1);
  });

  it('moves it with its open task and the values that the new version mentions; the timeline tells', async () => {
    const task = await openTask(stage, caseId);

    const given = await migrate(manager, caseId, { mapping: { first: 'begin' }, reason: 'New law' });

    expect(given.json()).toMatchObject({ caseId, verdict: 'ok', state: 'done' });
    expect(await versionOf(caseId)).toBe(2);
    expect(await openTask(stage, caseId)).toMatchObject({ id: task.id, step: 'begin' });
    expect((await read(caseId)).timeline.at(-1)).toMatchObject({ type: 'case_migrated', comment: 'New law' });
  });

  it('goes on by it over a restart of the worker and a new run', async () => {
    const handle = stage.deps.temporal.workflow.getHandle(caseId);
    const before = (await handle.describe()).runId;
    await worker.stop();
    worker = await stage.worker();
    await handle.signal(checkpointSignal);
    await expect.poll(async () => (await handle.describe()).runId, { timeout: 20_000 }).not.toBe(before);

    await decide(caseId);

    expect((await openTask(stage, caseId)).step).toBe('after');
    expect((await migrate(manager, caseId, { dryRun: true })).json()).toMatchObject({ reason: 'same_version' });
  });

  it('reads the values again where the case went on meanwhile, and holds others off until it is done', async () => {
    const other = await begin('moved', { amount: 20 });
    await publishFlow(stage.test.adminDb, flowOf('moved', [step('begin'), step('more'), choice('amount > 5')]), {
      note: null,
      by: null,
    });
    const dying = { ...stage.deps, temporal: dyingBeforeRpc(stage.deps).temporal };
    const act = { caseId: other, reason: 'Mend', to: null, mapping: {}, timers: 'reset' as const };
    const { command } = await migrateCase(dying, intend(stage.cast.manager), act);
    await expect(decide(other)).rejects.toMatchObject({ code: 'case_busy' });
    await sql`update command set args = args || '{"readRev": 0, "vars": {"amount": "99.00"}}' where id = ${command}`.execute(
      stage.test.adminDb,
    );

    await expireLeases(stage.deps);
    await sweep(stage.deps);

    expect(await versionOf(other)).toBe(3);
    const { rows } = await sql<{ vars: object }>`
      select entry -> 'consumed' -> 'command' -> 'vars' as vars from case_event
      where case_id = ${other} and type = 'case_migrated'`.execute(stage.test.adminDb);
    expect(rows).toEqual([{ vars: { amount: '20.00' } }]);
  });
});

describe('migrate the cases of a flow', () => {
  it('reports by case, moves those that can be, once by key', async () => {
    const [stays, goes] = [await begin('many'), await begin('many')];
    await decide(stays);
    expect((await openTask(stage, stays)).step).toBe('gone');
    await publishFlow(stage.test.adminDb, flowOf('many', [step('first'), step('last')]), { note: null, by: null });
    const url = '/api/flows/many/migrate';
    const expected = (state: string | null) => [
      { caseId: stays, verdict: 'refused', state: null, code: 'migrate_refused', reason: 'no_target', step: 'gone' },
      { caseId: goes, verdict: 'ok', state },
    ];

    expect((await post(staff, url, { dryRun: true })).statusCode).toBe(403);
    const planned = (await post(manager, url, { dryRun: true })).json<object>();
    expect(planned).toMatchObject({ items: expected(null), remaining: 0 });
    expect(await versionOf(goes)).toBe(1);

    const key = randomUUID();
    const moved = (await post(manager, url, { from: 1, reason: 'New step' }, key)).json<object>();
    expect(moved).toMatchObject({ items: expected('done'), remaining: 0 });
    expect([await versionOf(stays), await versionOf(goes)]).toEqual([1, 2]);
    const again = (await post(manager, url, { from: 1, reason: 'New step' }, key)).json<object>();
    expect(again).toMatchObject({ items: [{ caseId: stays, verdict: 'refused' }], remaining: 0 });

    await decide(goes);
    expect((await openTask(stage, goes)).step).toBe('last');
    expect((await read(goes)).timeline.filter(({ type }) => type === 'case_migrated')).toHaveLength(1);
  });
});
