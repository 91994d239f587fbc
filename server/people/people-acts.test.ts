/** 代理, 离职转办, 沟通, 催办: acts that are about people (ux.md threads 17 and 18). */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Flow } from '../../workflows/engine/flow.gen.ts';
import { buildApp } from '../app.ts';
import type { App } from '../http.ts';
import { asUser, createPerson, type Ask } from '../testing/app.ts';
import { createCaseStage, openTask, type CaseStage } from '../testing/cases.ts';
import { errandFlow } from '../testing/errand.ts';
import { flowOf } from '../testing/rules.ts';

let stage: CaseStage;
let app: App;
let ask: Record<'staff' | 'runner' | 'boss' | 'other' | 'manager', Ask>;
let id: Record<keyof typeof ask, string>;

const text = (en: string) => ({ 'zh-CN': en, en });
/** The initiator chooses who does it; whoever does it chooses who checks it. */
const chosen: Flow = flowOf('chosen', [
  {
    id: 'work',
    kind: 'userTask',
    title: text('Work'),
    people: { assign: { rule: 'initiatorsChoice', among: { role: 'technician' } } },
    allow: { transfer: false, urge: { after: 0, perDay: 1 } },
  },
  {
    id: 'check',
    kind: 'approval',
    title: text('Check'),
    mode: 'all',
    people: { assign: { rule: 'previousHandlersChoice', most: 2 }, never: ['initiator'] },
  },
]);

beforeAll(async () => {
  stage = await createCaseStage([errandFlow, chosen]);
  await stage.worker();
  app = await buildApp(stage.deps);
  const { test, cast } = stage;
  id = {
    staff: cast.staff,
    runner: cast.runner,
    manager: cast.manager,
    boss: await createPerson(test, { name: 'Boss', roles: [{ role: 'technician' }] }),
    other: await createPerson(test, { name: 'Mate', roles: [{ role: 'technician' }] }),
  };
  ask = Object.fromEntries(
    await Promise.all(Object.entries(id).map(async ([name, person]) => [name, await asUser(app, person)])),
  ) as typeof ask;
});
afterAll(async () => {
  await app.close();
  await stage.close();
});

const post = (who: Ask, url: string, payload: object = {}, key: string = randomUUID()) =>
  who({ method: 'POST', url, payload, headers: { 'idempotency-key': key } });
const start = (choices: object) => post(ask.staff, '/api/flows/chosen/cases', { fields: { what: 'Fix it' }, choices });
async function working(by: keyof typeof id): Promise<{ caseId: string; task: string }> {
  const answer = await start({ work: [id[by]] });
  expect(answer.statusCode).toBe(201);
  const caseId = answer.json<{ case: { id: string } }>().case.id;
  return { caseId, task: (await openTask(stage, caseId)).id };
}
const holder = async (caseId: string) => {
  const { rows } = await sql<{
    holder: string;
  }>`select holder from task where case_id = ${caseId} and state = 'open'`.execute(stage.test.adminDb);
  return rows.map((row) => row.holder);
};

describe('whom somebody chooses', () => {
  it('is asked by the start form and the action, and gets the work', async () => {
    const form = (await ask.staff({ url: '/api/flows/chosen/start' })).json<object>();
    expect(form).toMatchObject({ choices: [{ step: 'work', title: { en: 'Work' }, most: 1, required: true }] });
    const { caseId, task } = await working('runner');
    const detail = (await ask.runner({ url: `/api/tasks/${task}` })).json<object>();
    expect(detail).toMatchObject({ actions: [{ choices: [{ step: 'check', most: 2, required: true }] }] });
    const done = { outcome: 'done', fields: {}, assignment: 1, version: 99, choices: { check: [id.boss, id.other] } };
    expect((await post(ask.runner, `/api/tasks/${task}/complete`, done)).statusCode).toBe(200);
    expect((await holder(caseId)).sort()).toEqual([id.boss, id.other].sort());
  });

  it.each([
    ['nobody', {}, [{ path: '/choices/work', code: 'required' }]],
    ['two', { work: ['runner', 'boss'] }, [{ path: '/choices/work', code: 'too_many' }]],
    ['somebody of another role', { work: ['manager'] }, [{ path: '/choices/work/0', code: 'not_a_choice' }]],
    ['for a step that asks nobody', { work: ['runner'], check: ['boss'] }, [{ path: '/choices/check' }]],
  ] as const)('%s is refused with the path', async (_name, given, errors) => {
    const choices = Object.fromEntries(
      Object.entries(given).map(([step, names]) => [step, (names as (keyof typeof id)[]).map((name) => id[name])]),
    );
    const answer = await start(choices);
    expect([answer.statusCode, answer.json<object>()]).toMatchObject([422, { errors }]);
  });

  it('is found by the picker: exactly those who may be chosen', async () => {
    const answer = await ask.manager({ url: '/api/people', query: { flow: 'chosen', step: 'work', limit: '100' } });
    const found = answer.json<{ items: { id: string }[] }>().items.map((person) => person.id);
    expect(found.sort()).toEqual([id.runner, id.boss, id.other].sort());
  });
});

describe('代理', () => {
  it('thread 17: sends new work to the substitute, says for whom, and ends', async () => {
    const made = await post(ask.runner, '/api/substitutions', { substitute: id.boss, from: '2020-01-01' });
    expect([made.statusCode, made.json<object>()]).toMatchObject([201, { substitution: { active: true } }]);
    const { caseId, task } = await working('runner');
    expect(await holder(caseId)).toEqual([id.boss]);
    const detail = (await ask.boss({ url: `/api/tasks/${task}` })).json<object>();
    expect(detail).toMatchObject({ task: { for: { name: 'Runner' } }, explanation: { for: id.runner } });
    const done = { outcome: 'done', fields: {}, assignment: 1, version: 99, choices: { check: [id.other] } };
    expect((await post(ask.boss, `/api/tasks/${task}/complete`, done)).statusCode).toBe(200);
    const { rows } = await sql<{ acting_for: string }>`select acting_for from case_event where case_id = ${caseId}
      and type = 'task_completed'`.execute(stage.test.adminDb);
    expect(rows).toEqual([{ acting_for: id.runner }]);
    const { substitution } = made.json<{ substitution: { id: string } }>();
    expect((await post(ask.runner, `/api/substitutions/${substitution.id}/end`)).statusCode).toBe(204);
    expect(await holder((await working('runner')).caseId)).toEqual([id.runner]);
  });

  it('takes what is open along, whatever the step forbids; the same request again moves nothing twice', async () => {
    const { caseId } = await working('other');
    const key = randomUUID();
    const body = { substitute: id.boss, from: '2020-01-01', flows: ['chosen'], handOverOpen: true };
    const first = (await post(ask.other, '/api/substitutions', body, key)).json<{
      handedOver: number;
      substitution: { id: string };
    }>();
    expect(first.handedOver).toBeGreaterThan(0);
    expect((await post(ask.other, '/api/substitutions', body, key)).json()).toMatchObject({ handedOver: 0 });
    expect(await holder(caseId)).toEqual([id.boss]);
    const list = (await ask.boss({ url: '/api/substitutions' })).json<{ items: object[] }>();
    expect(list.items).toMatchObject([{ person: { id: id.other }, flows: ['chosen'] }]);
    await post(ask.other, `/api/substitutions/${first.substitution.id}/end`);
  });

  it('refuses a circle, oneself, a resident, and other people’s', async () => {
    const made = await post(ask.boss, '/api/substitutions', { substitute: id.other, from: '2020-01-01' });
    const back = { substitute: id.boss, from: '2020-01-01' };
    expect((await post(ask.other, '/api/substitutions', back)).json()).toMatchObject({ code: 'substitution_circle' });
    const self = { substitute: id.other, from: '2020-01-01' };
    expect((await post(ask.other, '/api/substitutions', self)).json()).toMatchObject({
      errors: [{ path: '/substitute' }],
    });
    const resident = await createPerson(stage.test, { name: 'Owner', roles: [{ role: 'owner' }] });
    const outside = await post(ask.other, '/api/substitutions', { substitute: resident, from: '2020-01-01' });
    expect(outside.json()).toMatchObject({ errors: [{ path: '/substitute', code: 'not_a_choice' }] });
    const forOther = { person: id.boss, substitute: id.runner, from: '2020-01-01' };
    expect((await post(ask.other, '/api/substitutions', forOther)).statusCode).toBe(403);
    await post(ask.boss, `/api/substitutions/${made.json<{ substitution: { id: string } }>().substitution.id}/end`);
  });
});

describe('离职转办', () => {
  it('shows what would move, moves each once, and goes on with what failed', async () => {
    const leaver = await createPerson(stage.test, { name: 'Leaver', roles: [{ role: 'technician' }] });
    const caseIds: string[] = [];
    for (let n = 0; n < 2; n += 1) {
      const answer = await start({ work: [leaver] });
      caseIds.push(answer.json<{ case: { id: string } }>().case.id);
    }
    const preview = (await ask.manager({ url: `/api/people/${leaver}/hand-over` })).json<{ tasks: object[] }>();
    expect(preview).toMatchObject({ person: { name: 'Leaver' }, flows: [], substitutions: 0 });
    expect(preview.tasks).toHaveLength(2);
    const stranger = await createPerson(stage.test, { name: 'Outside', roles: [{ role: 'owner' }] });
    const wrong = (await post(ask.manager, `/api/people/${leaver}/hand-over`, { to: stranger })).json<{ id: string }>();
    expect(wrong).toMatchObject({ items: [{ state: 'failed', code: 'not_a_choice' }, { state: 'failed' }] });

    const key = randomUUID();
    const right = await post(ask.manager, `/api/people/${leaver}/hand-over`, { byFlow: { chosen: id.boss } }, key);
    expect(right.json()).toMatchObject({ items: [{ state: 'done' }, { state: 'done' }] });
    await post(ask.manager, `/api/people/${leaver}/hand-over`, { byFlow: { chosen: id.boss } }, key);
    for (const caseId of caseIds) expect(await holder(caseId)).toEqual([id.boss]);
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from command where kind = 'transfer'
      and case_id = any (${caseIds}::uuid[])`.execute(stage.test.adminDb);
    expect(rows).toEqual([{ n: 2 }]);
    const retried = (await post(ask.manager, `/api/hand-overs/${wrong.id}/retry`)).json<object>();
    expect(retried).toMatchObject({ items: [{ state: 'done' }, { state: 'done' }] });
  });

  it('is for whoever may hand out work', async () => {
    expect((await ask.runner({ url: `/api/people/${id.boss}/hand-over` })).statusCode).toBe(403);
    expect((await post(ask.runner, `/api/people/${id.boss}/hand-over`, { to: id.other })).statusCode).toBe(403);
  });
});

describe('沟通', () => {
  it('lets a colleague see the case and answer, while the task is open and no longer', async () => {
    const { caseId, task } = await working('runner');
    expect((await ask.other({ url: `/api/cases/${caseId}` })).statusCode).toBe(404);
    const key = randomUUID();
    const question = { persons: [id.other], body: 'Which valve?', assignment: 1 };
    const asked = await post(ask.runner, `/api/tasks/${task}/ask`, question, key);
    expect([asked.statusCode, asked.json<object>()]).toMatchObject([201, { open: true }]);
    expect((await post(ask.runner, `/api/tasks/${task}/ask`, question, key)).json()).toEqual(asked.json());
    expect((await ask.other({ url: `/api/cases/${caseId}` })).statusCode).toBe(200);
    const waiting = (await ask.other({ url: '/api/questions' })).json<{ items: { id: string }[] }>();
    expect(waiting.items).toMatchObject([{ body: 'Which valve?', askedBy: { name: 'Runner' }, step: { en: 'Work' } }]);

    const url = `/api/questions/${waiting.items[0]!.id}/answer`;
    expect((await post(ask.boss, url, { body: 'I guess' })).statusCode).toBe(404);
    expect((await post(ask.other, url, { body: 'The red one' })).statusCode).toBe(200);
    const seen = (await ask.runner({ url: `/api/cases/${caseId}/questions` })).json<object>();
    expect(seen).toMatchObject({ items: [{ people: [{ answer: 'The red one' }] }] });
    expect((await ask.other({ url: '/api/questions' })).json()).toMatchObject({ items: [] });

    const done = { outcome: 'done', fields: {}, assignment: 1, version: 99, choices: { check: [id.boss] } };
    expect((await post(ask.runner, `/api/tasks/${task}/complete`, done)).statusCode).toBe(200);
    expect((await post(ask.other, url, { body: 'Wait' })).statusCode).toBe(404);
    expect((await ask.other({ url: `/api/cases/${caseId}` })).statusCode).toBe(404);
  });

  it('is only for whoever works on the task, and asks nobody who must keep out', async () => {
    const { task } = await working('runner');
    const question = { persons: [id.other], body: 'Well?', assignment: 1 };
    expect((await post(ask.staff, `/api/tasks/${task}/ask`, question)).statusCode).toBe(409);
    const resident = await createPerson(stage.test, { name: 'R', roles: [{ role: 'owner' }] });
    const outside = await post(ask.runner, `/api/tasks/${task}/ask`, { ...question, persons: [resident] });
    expect(outside.json()).toMatchObject({ errors: [{ path: '/persons/0', code: 'not_a_choice' }] });
  });
});

describe('催办', () => {
  it('thread 18: how soon and how often the flow says', async () => {
    const { caseId } = await working('runner');
    expect((await post(ask.staff, `/api/cases/${caseId}/urge`)).json()).toMatchObject({ reached: 1 });
    const again = await post(ask.staff, `/api/cases/${caseId}/urge`);
    expect(again.json()).toMatchObject({ code: 'urge_too_often', params: { limit: 1 } });
  });
});
