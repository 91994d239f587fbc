/** What a pool shows before somebody takes the task, and what stays with who gives it back. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApp } from '../app.ts';
import { publishFlow } from '../definitions/flows.ts';
import { publishForm } from '../definitions/forms.ts';
import type { App } from '../http.ts';
import { asUser, type Ask } from '../testing/app.ts';
import { createCaseStage, openTask, startErrand, type CaseStage } from '../testing/cases.ts';
import { errandFlow, errandForm } from '../testing/errand.ts';

const phone = '13800001111';
const masked = '138****1111';
let stage: CaseStage;
let app: App;
let dispatcher: Ask;
let other: Ask;

beforeAll(async () => {
  stage = await createCaseStage();
  await stage.worker();
  const { adminDb } = stage.test;
  const title = { 'zh-CN': '电话', en: 'Phone' };
  const field = { type: 'string', 'x-field': 'text', 'x-title': title, 'x-personal': true, 'x-mask': 'phone' };
  const form = structuredClone(errandForm);
  Object.assign(form.schema.properties, { phone: field });
  form.layout.sections[0]!.fields.push('phone');
  await publishForm(adminDb, form, { note: null, by: null });
  const flow = structuredClone(errandFlow);
  flow.start.fields = { ...flow.start.fields, phone: 'edit' };
  const [handOut] = flow.steps;
  if (handOut?.kind === 'userTask') handOut.fields = { ...handOut.fields, phone: 'edit' };
  await publishFlow(adminDb, flow, { note: null, by: null });
  app = await buildApp(stage.deps);
  dispatcher = await asUser(app, stage.cast.dispatcher);
  other = await asUser(app, stage.cast.other);
});
afterAll(async () => {
  await app.close();
  await stage.close();
});

const post = (who: Ask, url: string, payload: object) =>
  who({ method: 'POST', url, payload, headers: { 'idempotency-key': randomUUID() } });
async function pooled(): Promise<{ url: string; caseId: string; taskId: string }> {
  const { caseId } = await startErrand(stage, { phone });
  const { id } = await openTask(stage, caseId, 'hand_out');
  return { url: `/api/tasks/${id}`, caseId, taskId: id };
}
const phoneOf = async (who: Ask, url: string): Promise<unknown> =>
  (await who({ url })).json<{ fields: { phone: unknown } }>().fields.phone;

describe('a personal value in the pool', () => {
  it('is masked for all until one takes the task, and then readable for that one', async () => {
    const { url } = await pooled();
    expect([await phoneOf(dispatcher, url), await phoneOf(other, url)]).toEqual([masked, masked]);

    await post(dispatcher, `${url}/claim`, { assignment: 1 });
    expect([await phoneOf(dispatcher, url), await phoneOf(other, url)]).toEqual([phone, masked]);
    await post(dispatcher, `${url}/release`, { assignment: 1, comment: 'not mine' });
    expect(await phoneOf(dispatcher, url)).toBe(masked);
  });

  it('is not lost when its mask comes back with a decision', async () => {
    const { url, caseId } = await pooled();
    const fields = { runner: stage.cast.runner, phone: masked };
    const done = await post(dispatcher, `${url}/complete`, {
      outcome: 'handed_out',
      fields,
      assignment: 1,
      version: 1,
    });
    expect(done.statusCode).toBe(200);

    const run = await openTask(stage, caseId, 'run');
    expect(await phoneOf(await asUser(app, stage.cast.runner), `/api/tasks/${run.id}`)).toBe(phone);
  });
});

describe('who gives a task back', () => {
  const readers = async (caseId: string): Promise<string[]> => {
    const rows = await stage.test.adminDb
      .selectFrom('case_reader')
      .select('person_id')
      .where('case_id', '=', caseId)
      .where('why', '=', 'holder')
      .execute();
    return rows.map((row) => row.person_id);
  };

  it('reads the case for it no longer', async () => {
    const { url, caseId } = await pooled();
    await post(dispatcher, `${url}/claim`, { assignment: 1 });
    expect(await readers(caseId)).toEqual([stage.cast.dispatcher]);
    await post(dispatcher, `${url}/release`, { assignment: 1, comment: 'not mine' });

    expect(await readers(caseId)).toEqual([]);
  });

  it('goes on reading where another task of the case was theirs', async () => {
    const { url, caseId, taskId } = await pooled();
    await post(dispatcher, `${url}/claim`, { assignment: 1 });
    const { adminDb } = stage.test;
    const before = await adminDb.selectFrom('task').selectAll().where('id', '=', taskId).executeTakeFirstOrThrow();
    const { holder: _generated, due_by: _by, ...row } = before;
    const explanation = JSON.stringify(row.explanation);
    await adminDb
      .insertInto('task')
      .values({ ...row, id: `${caseId}-99`, state: 'done', explanation, closed_by: stage.cast.dispatcher })
      .execute();
    await post(dispatcher, `${url}/release`, { assignment: 1, comment: 'not mine' });

    expect(await readers(caseId)).toEqual([stage.cast.dispatcher]);
  });
});
