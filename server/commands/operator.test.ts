/** What operators do to a running case, end to end: who may, what rows, lists and the log say. Real Postgres, real Temporal. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApp } from '../app.ts';
import type { App } from '../http.ts';
import { asUser, type Ask } from '../testing/app.ts';
import { complete, createCaseStage, intend, openTask, type CaseStage } from '../testing/cases.ts';
import { flowOf, look, wait } from '../testing/rules.ts';
import { dyingBeforeRpc, expireLeases } from '../testing/crashes.ts';
import { modifyCase } from './operator-acts.ts';
import { startCase } from './start.ts';
import { sweep } from './sweep.ts';

const text = (en: string) => ({ 'zh-CN': en, en });
const tell = {
  id: 'tell',
  kind: 'serviceTask' as const,
  title: text('Tell'),
  activity: 'notify',
  input: { role: '"manager"', text: '"errand_ready"', params: '{ what: what }' },
  output: { amount: 'told' },
  compensate: {
    activity: 'notify',
    input: { role: 'effect.input.role', text: '"errand_ready"', params: '{ told: effect.output.told }' },
  },
};
const first = { ...wait(), id: 'first', due: { in: 'PT4H' } };
const last = { ...wait(), id: 'last' };

let stage: CaseStage;
let app: App;
let manager: Ask;
let staff: Ask;
beforeAll(async () => {
  stage = await createCaseStage([flowOf('operated', [first, tell, last])]);
  await stage.worker();
  app = await buildApp(stage.deps);
  manager = await asUser(app, stage.cast.manager);
  staff = await asUser(app, stage.cast.staff);
});
afterAll(async () => {
  await app.close();
  await stage.close();
});

async function begin(): Promise<string> {
  const act = { flow: 'operated', fields: { what: 'Operate' }, communityId: null };
  return (await startCase(stage.deps, intend(stage.cast.staff), act)).caseId;
}
const decide = async (caseId: string) =>
  complete(stage, { taskId: (await openTask(stage, caseId)).id, fields: {} }, intend(stage.cast.dispatcher));
const act = (who: Ask, caseId: string, name: string, payload: object = { reason: 'Wrong house' }) =>
  who({ method: 'POST', url: `/api/cases/${caseId}/${name}`, payload, headers: { 'idempotency-key': randomUUID() } });
interface Detail {
  case: { status: string; dueAt: string | null };
  allow: Record<string, boolean>;
  timeline: { type: string; comment: string | null }[];
}
const read = async (who: Ask, caseId: string) => (await who({ url: `/api/cases/${caseId}` })).json<Detail>();

describe('suspend and resume', () => {
  it('stops acts and clocks until somebody lets the case go on; each with its reason in the timeline', async () => {
    const caseId = await begin();
    expect((await act(staff, caseId, 'suspend')).statusCode).toBe(403);
    expect((await act(manager, caseId, 'suspend', {})).statusCode).toBe(422);
    expect((await act(manager, caseId, 'suspend')).json()).toMatchObject({ state: 'done' });

    const standing = await read(manager, caseId);
    expect(standing.case).toMatchObject({ status: 'suspended', dueAt: null });
    expect(standing.allow).toMatchObject({ resume: true, suspend: false, cancel: true, withdraw: false });
    expect(standing.timeline.at(-1)).toMatchObject({ type: 'case_suspended', comment: 'Wrong house' });
    const { items } = (await manager({ url: '/api/cases?status=suspended' })).json<{ items: { id: string }[] }>();
    expect(items.map(({ id }) => id)).toContain(caseId);
    await expect(decide(caseId)).rejects.toMatchObject({ code: 'case_suspended', status: 409 });

    expect((await act(manager, caseId, 'resume', { reason: 'Right after all' })).statusCode).toBe(200);
    expect((await act(manager, caseId, 'resume')).json()).toMatchObject({ code: 'not_suspended' });
    const going = await read(manager, caseId);
    expect(going.case.status).toBe('running');
    expect(going.case.dueAt).not.toBeNull();
    expect((await decide(caseId)).state).toBe('done');
  });
});

describe('skip', () => {
  it('passes over a waiting step with its reason', async () => {
    const caseId = await begin();
    const refused = await act(manager, caseId, 'skip', { step: 'last', outcome: 'done', reason: 'Away' });
    expect(refused.json()).toMatchObject({ status: 409, code: 'step_not_waiting' });

    await act(manager, caseId, 'skip', { step: 'first', outcome: 'done', reason: 'Away' });

    await expect.poll(async () => (await openTask(stage, caseId)).step, { timeout: 15_000 }).toBe('last');
    const { timeline } = await read(manager, caseId);
    expect(timeline.find(({ type }) => type === 'step_skipped')).toMatchObject({
      comment: 'Away',
      outcome: { en: 'Done' },
    });
  });
});

describe('rule 14: modify', () => {
  const moves = { cancel: [{ step: 'first' }], start: [{ step: 'last' }] };

  it('plans, then moves the case; nothing else of the case may be on its way beside it', async () => {
    const caseId = await begin();
    expect((await act(staff, caseId, 'modify-plan', moves)).statusCode).toBe(403);
    const plan = (await act(manager, caseId, 'modify-plan', moves)).json<object>();
    expect(plan).toMatchObject({ cancels: [{ step: 'first' }], opens: [{ step: 'last' }], compensates: [] });
    const wrong = await act(manager, caseId, 'modify', { cancel: [], start: [{ step: 'last' }], reason: 'Wrong' });
    expect(wrong.json()).toMatchObject({ status: 409, code: 'modify_invalid' });

    const { id: taskId } = await openTask(stage, caseId);
    const dying = { ...stage, deps: dyingBeforeRpc(stage.deps) };
    await complete(dying, { taskId, fields: {} }, intend(stage.cast.dispatcher));
    const busy = await act(manager, caseId, 'modify', { ...moves, reason: 'Wrong' });
    expect(busy.json()).toMatchObject({ status: 409, code: 'case_busy' });
    const other = await begin();
    const held = {
      caseId: other,
      reason: 'Wrong',
      cancel: [{ step: 'first', item: null }],
      start: [{ step: 'last', item: null }],
    };
    await modifyCase(dying.deps, intend(stage.cast.manager), { ...held, compensate: true });
    await expect(decide(other)).rejects.toMatchObject({ code: 'case_busy' });

    await expireLeases(stage.deps);
    await sweep(stage.deps);
    expect((await openTask(stage, other)).step).toBe('last');
    expect((await read(manager, other)).timeline.at(-1)).toMatchObject({ type: 'case_modified', comment: 'Wrong' });
  });
});

describe('cancel', () => {
  it('rule 22: undoes what was done, with what it was given and answered, before the case is over', async () => {
    const caseId = await begin();
    await decide(caseId);
    await expect.poll(async () => (await openTask(stage, caseId)).step, { timeout: 15_000 }).toBe('last');

    await act(manager, caseId, 'cancel', { comment: 'Not needed' });

    await expect.poll(async () => (await look(stage, caseId)).status, { timeout: 15_000 }).toBe('cancelled');
    expect((await look(stage, caseId)).types).toEqual([
      ...['case_started', 'task_completed', 'activity_done', 'case_cancelled', 'step_compensated'],
    ]);
    const { rows } = await sql<{ input: object; output: { told: number } }>`
      select input, output from effect where case_id = ${caseId} and activity is not null order by id`.execute(
      stage.test.adminDb,
    );
    expect(rows[1]?.input).toMatchObject({ role: 'manager', params: { told: rows[0]?.output.told } });
  });
});
