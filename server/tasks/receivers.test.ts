/** Whom work may be handed to: by a transfer, and by naming a person in a field. Never to a resident, who would read what it carries. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApp } from '../app.ts';
import { publishForm } from '../definitions/forms.ts';
import type { App } from '../http.ts';
import { asUser, createPerson, type Ask } from '../testing/app.ts';
import { createCaseStage, openTask, startErrand, type CaseStage } from '../testing/cases.ts';

let stage: CaseStage;
let app: App;
let dispatcher: Ask;
let admin: Ask;
let resident: string;

const text = (en: string) => ({ 'zh-CN': en, en });
const shiftForm = {
  schema: {
    title: 'Shift',
    type: 'object',
    additionalProperties: false,
    'x-key': 'shift',
    'x-kind': 'register',
    'x-title': text('Shift'),
    'x-local': false,
    'x-label': '{name}',
    properties: {
      name: { type: 'string', 'x-field': 'text', 'x-title': text('Name') },
      who: { type: 'string', format: 'uuid', 'x-field': 'person', 'x-role': 'technician', 'x-title': text('Who') },
      helpers: {
        type: 'array',
        'x-field': 'table',
        'x-title': text('Helpers'),
        items: {
          type: 'object',
          additionalProperties: false,
          properties: {
            helper: {
              type: 'string',
              format: 'uuid',
              'x-field': 'person',
              'x-role': ['technician', 'dispatcher'],
              'x-title': text('Helper'),
            },
          },
        },
      },
    },
  },
  layout: { sections: [{ fields: ['name', 'who', 'helpers'] }] },
};

beforeAll(async () => {
  stage = await createCaseStage();
  await stage.worker();
  await publishForm(stage.test.adminDb, shiftForm, { note: null, by: null });
  app = await buildApp(stage.deps);
  dispatcher = await asUser(app, stage.cast.dispatcher);
  admin = await asUser(app, await createPerson(stage.test, { roles: [{ role: 'admin' }] }));
  resident = await createPerson(stage.test, { name: 'Resident', roles: [{ role: 'owner' }] });
});
afterAll(async () => {
  await app.close();
  await stage.close();
});

const post = (who: Ask, url: string, payload: object) =>
  who({ method: 'POST', url, payload, headers: { 'idempotency-key': randomUUID() } });

async function poolTask(): Promise<{ id: string; caseId: string }> {
  const { caseId } = await startErrand(stage);
  const { id } = await openTask(stage, caseId, 'hand_out');
  return { id, caseId };
}
const transfer = (taskId: string, to: string) =>
  post(dispatcher, `/api/tasks/${taskId}/transfer`, { to, assignment: 1 });

describe('who receives a transferred task', () => {
  it('refuses a resident, and the task stays where it was', async () => {
    const { id, caseId } = await poolTask();
    const answer = await transfer(id, resident);

    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ errors: [{ path: '/to', code: 'not_a_choice' }] });
    expect(await openTask(stage, caseId)).toMatchObject({ id, assignment: 1 });
  });

  it('refuses, for a task of a pool, whoever could not have taken it', async () => {
    const { id } = await poolTask();
    for (const to of [stage.cast.runner, stage.cast.stranger]) {
      expect((await transfer(id, to)).json()).toMatchObject({ errors: [{ path: '/to', code: 'not_a_choice' }] });
    }
  });

  it('gives it to another of the pool, and to whoever may hand out tasks', async () => {
    for (const to of [stage.cast.other, stage.cast.manager]) {
      expect((await transfer((await poolTask()).id, to)).statusCode).toBe(200);
    }
  });
});

describe('whom the dialogue of a transfer finds', () => {
  const found = async (who: Ask, task: string): Promise<{ id: string; name: string }[]> =>
    (await who({ url: '/api/people', query: { task, limit: '100' } })).json<{ items: { id: string; name: string }[] }>()
      .items;

  it('finds exactly those whom the server accepts', async () => {
    const { id } = await poolTask();
    const ids = (await found(dispatcher, id)).map((person) => person.id);
    const everybody = await stage.test.adminDb.selectFrom('person').select('id').execute();

    expect(ids).toContain(stage.cast.other);
    expect(ids).toContain(stage.cast.manager);
    for (const person of everybody) {
      // A task of its own each: an accepted one is gone.
      const status = (await transfer((await poolTask()).id, person.id)).statusCode;
      expect([status === 200, person.id], status.toString()).toEqual([ids.includes(person.id), person.id]);
    }
  }, 120_000);

  it('leaves out who holds it', async () => {
    const { id } = await poolTask();
    await transfer(id, stage.cast.other);
    const other = await asUser(app, stage.cast.other);

    expect((await found(other, id)).map((person) => person.id)).not.toContain(stage.cast.other);
  });

  it('tells nobody who has nothing to hand on', async () => {
    const { id } = await poolTask();
    const runner = await asUser(app, stage.cast.runner);

    for (const task of [id, 'no-such-task'])
      expect((await runner({ url: '/api/people', query: { task } })).statusCode).toBeOneOf([403, 404]);
  });
});

describe('who may be named in a field', () => {
  it('refuses a resident where a step hands the work to the person named', async () => {
    const { id, caseId } = await poolTask();
    const name = (runner: string) =>
      post(dispatcher, `/api/tasks/${id}/complete`, {
        outcome: 'handed_out',
        fields: { runner },
        assignment: 1,
        version: 1,
      });

    expect((await name(resident)).json()).toMatchObject({
      errors: [{ path: '/fields/runner', code: 'not_a_choice' }],
    });
    expect(await openTask(stage, caseId)).toMatchObject({ id, assignment: 1 });
    expect((await name(stage.cast.runner)).statusCode).toBe(200);
  });

  it('holds a field to its roles when a record is added and changed, in sub-tables too', async () => {
    const add = (fields: object) => post(admin, '/api/forms/shift/records', { fields });
    const { runner, dispatcher: other, staff } = stage.cast;

    expect((await add({ who: other })).json()).toMatchObject({
      errors: [{ path: '/fields/who', code: 'not_a_choice' }],
    });
    expect((await add({ helpers: [{ helper: other }, { helper: staff }] })).json()).toMatchObject({
      errors: [{ path: '/fields/helpers/1/helper', code: 'not_a_choice' }],
    });
    const made = await add({ name: 'Early', who: runner, helpers: [{ helper: other }] });
    expect(made.statusCode).toBe(201);
    const { id } = made.json<{ id: string }>();
    const changed = await admin({
      method: 'PATCH',
      url: `/api/forms/shift/records/${id}`,
      payload: { fields: { who: resident } },
    });
    expect(changed.json()).toMatchObject({ errors: [{ path: '/fields/who', code: 'not_a_choice' }] });
  });

  it('finds for a picker the holders of any of several roles', async () => {
    const names = async (role: string) =>
      (await admin({ url: '/api/people', query: { role } }))
        .json<{ items: { name: string }[] }>()
        .items.map(({ name }) => name);

    expect(await names('technician,manager')).toEqual(['Manager', 'Runner']);
    expect(await names('owner')).toEqual([]);
  });
});
