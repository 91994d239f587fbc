/**
 * What goes wrong inside a case: a formula that fails, a person who is not there, a record that is missing, a loop without end, five
 * megabytes. Each stops that case with an incident that shows what it saw and goes on when it is mended; no other case notices.
 */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { activities, type Activity } from '../activities/index.ts';
import type { Flow, Step } from '../workflows/engine/flow.gen.ts';
import { MOST_VALUES } from '../workflows/engine/room.ts';
import { createPerson } from './testing/app.ts';
import { createActStage, decision, type ActStage } from './testing/acts.ts';
import { intend } from './testing/cases.ts';
import { errandFlow } from './testing/errand.ts';
import { flowOf } from './testing/rules.ts';
import { amendCase } from './commands/case-acts.ts';
import { startCase } from './commands/start.ts';
import { publishFlow } from './definitions/flows.ts';

const text = (en: string) => ({ 'zh-CN': en, en });
const missing = randomUUID();
/** Nobody ever. */
const nobody = randomUUID();
const megabytes = 'x'.repeat(5_000_000);

/** An activity that answers what the test says. */
let reply: () => Record<string, unknown> = () => ({});
const answering: Activity = {
  ...activities.get('record.query')!,
  name: 'answer',
  input: { type: 'object', properties: { what: { type: 'string' } } },
  output: { type: 'object', properties: { text: { type: 'string' } } },
  run: () => Promise.resolve(reply()),
};

const manager = { assign: { rule: 'role' as const, role: 'manager' } };
const last: Step = { id: 'last', kind: 'userTask', title: text('Last'), people: manager };
const first: Step = { id: 'first', kind: 'userTask', title: text('First'), people: manager, fields: { note: 'edit' } };
const flow = (key: string, ...steps: Step[]): Flow => flowOf(key, steps);
const round = (id: string, ...steps: Step[]): Step => ({
  id,
  kind: 'loop',
  title: text(id),
  until: 'false',
  max: 100,
  steps: steps,
});
const tell: Step = { id: 'tell', kind: 'cc', title: text('Tell'), people: { assign: { rule: 'initiator' } } };
const call = (id: string, activity: string, rest: object): Step => ({
  id,
  kind: 'serviceTask',
  title: text(id),
  activity,
  again: 'run',
  ...rest,
});
const flows: Flow[] = [
  errandFlow,
  flow('bad_feel', {
    id: 'fork',
    kind: 'exclusive',
    title: text('Fork'),
    branches: [{ title: text('Late'), when: 'date(note) < today', steps: [last] }],
    otherwise: { steps: [] },
  }),
  flow('no_person', {
    ...last,
    people: { assign: { rule: 'persons', persons: [missing] }, whenEmpty: 'incident' },
  }),
  flow(
    'no_record',
    call('find', 'record.update', { input: { form: '"post"', id: 'note', fields: '{ name: what }' } }),
    last,
  ),
  flow('endless', round('outer', round('middle', round('inner', tell))), last),
  flow(
    'alone',
    { ...last, id: 'nobody', people: { assign: { rule: 'persons', persons: [nobody] }, whenEmpty: 'skip' } },
    {
      id: 'again',
      kind: 'exclusive',
      title: text('Again'),
      branches: [{ title: text('Yes'), when: 'note = null', steps: [{ id: 'back', kind: 'jump', to: 'nobody' }] }],
      otherwise: { steps: [] },
    },
    last,
  ),
  flow('heavy', call('ask', 'answer', { input: { what: 'what' }, output: { note: 'text' } }), last),
  flow('mentioned', first, {
    id: 'fork',
    kind: 'exclusive',
    title: text('Fork'),
    branches: [{ title: text('Yes'), when: 'note = "yes"', steps: [last] }],
    otherwise: { steps: [] },
  }),
  flow('many', {
    id: 'vote',
    kind: 'approval',
    title: text('Vote'),
    mode: 'all',
    people: { assign: { rule: 'role', role: 'hr' } },
  }),
];

let stage: ActStage;
beforeAll(async () => {
  (activities as Map<string, Activity>).set(answering.name, answering);
  stage = await createActStage(flows);
});
afterAll(async () => {
  await stage.close();
  (activities as Map<string, Activity>).delete(answering.name);
});

/** A case beside it, which goes on whatever happens. */
let beside: string;
beforeEach(async () => {
  beside = await stage.start('errand');
});

const patience = { timeout: 25_000 };
const detail = async (caseId: string) =>
  (await stage.ask.manager({ url: `/api/cases/${caseId}` })).json<{
    case: { status: string; outcome: string | null };
    incidents: { id: number; step: string; code: string; detail: Record<string, unknown> }[];
    tasks: { step: string }[];
  }>();
const incidentOf = async (caseId: string) => {
  await expect.poll(async () => (await detail(caseId)).incidents.length, patience).toBe(1);
  return (await detail(caseId)).incidents[0]!;
};
const retry = (caseId: string, incident: number) =>
  stage.ask.manager({ method: 'POST', url: `/api/cases/${caseId}/retry`, payload: { incident } });
const begin = async (key: string, fields: object = {}) => {
  const act = { flow: key, fields: { what: 'Fetch', ...fields }, communityId: null };
  return (await startCase(stage.deps, intend(stage.cast.staff), act)).caseId;
};
/** The case beside does its next step, and its record is as it was. */
async function expectOthersToGoOn(): Promise<void> {
  const task = await stage.taskOf(beside, 'hand_out');
  const answer = await stage.act(
    'dispatcher',
    task,
    'complete',
    decision('handed_out', { fields: { runner: stage.cast.runner } }),
  );
  expect(answer.statusCode, answer.payload).toBe(200);
  expect(await stage.holders(beside)).toEqual(['run runner']);
  expect((await detail(beside)).incidents).toEqual([]);
}

describe('an incident on that case, with its inputs, retryable', () => {
  it('for an expression that fails', async () => {
    const caseId = await begin('bad_feel', { note: 'some day' });

    const incident = await incidentOf(caseId);
    expect(incident).toMatchObject({
      step: 'fork',
      code: 'expression_failed',
      detail: { expression: 'date(note) < today', inputs: { note: 'some day' } },
    });
    await expectOthersToGoOn();
    await amend(caseId, { note: '2020-01-01' });
    expect((await retry(caseId, incident.id)).statusCode).toBe(200);
    expect(await stage.holders(caseId)).toEqual(['last manager']);
    expect((await detail(caseId)).incidents).toEqual([]);
  });

  it('for a person who is not there', async () => {
    const caseId = await begin('no_person');

    const incident = await incidentOf(caseId);
    expect(incident).toMatchObject({
      step: 'last',
      code: 'people_empty',
      detail: { rule: 'persons', inputs: { persons: [missing] } },
    });
    await expectOthersToGoOn();
    const id = await createPerson(stage.test, { name: 'New' });
    await sql`update person set id = ${missing} where id = ${id}`.execute(stage.test.adminDb);
    await retry(caseId, incident.id);
    const tasks = stage.test.adminDb.selectFrom('task').select(['step', 'holder']).where('case_id', '=', caseId);
    expect(await tasks.execute()).toEqual([{ step: 'last', holder: missing }]);
  });

  it('for a record that is missing', async () => {
    const caseId = await begin('no_record', { note: missing });

    const incident = await incidentOf(caseId);
    expect(incident).toMatchObject({
      step: 'find',
      code: 'activity_failed',
      detail: {
        activity: 'record.update',
        error: 'not_found',
        inputs: { form: 'post', id: missing, fields: { name: 'Fetch' } },
      },
    });
    const staff = await stage.ask.staff({ url: `/api/cases/${caseId}` });
    expect(staff.payload).not.toContain('"inputs"');
    await expectOthersToGoOn();
    const { rows } = await sql<{ id: string }>`
      insert into record.post (id, code, name, form_version) values (${missing}, 'p1', '保安', 1) returning id`.execute(
      stage.test.adminDb,
    );
    expect(rows).toHaveLength(1);
    await retry(caseId, incident.id);
    await expect.poll(() => stage.holders(caseId), patience).toEqual(['last manager']);
  });

  it('for a loop that does not end', async () => {
    const caseId = await begin('endless');

    const incident = await incidentOf(caseId);
    expect(incident).toMatchObject({ code: 'step_budget' });
    await expectOthersToGoOn();
    // A retry goes on where it stopped, for as many steps again.
    expect((await retry(caseId, incident.id)).statusCode).toBe(200);
    expect(await incidentOf(caseId)).toMatchObject({ code: 'step_budget' });
    const cancelled = await stage.ask.manager({
      method: 'POST',
      url: `/api/cases/${caseId}/cancel`,
      payload: { comment: 'never ends' },
    });
    expect(cancelled.statusCode, cancelled.payload).toBe(200);
  });

  it('for a jump back over a step that nobody is found for', async () => {
    const incident = await incidentOf(await begin('alone'));

    expect(incident).toMatchObject({ step: 'back', code: 'step_budget' });
    await expectOthersToGoOn();
  });

  it('for an activity that answers five megabytes', async () => {
    reply = () => ({ text: megabytes });
    const caseId = await begin('heavy');

    const incident = await incidentOf(caseId);
    expect(incident).toMatchObject({
      step: 'ask',
      code: 'activity_failed',
      detail: { activity: 'answer', error: 'activity_output_too_large', inputs: { what: 'Fetch' } },
    });
    await expectOthersToGoOn();
    reply = () => ({ text: 'short' });
    await retry(caseId, incident.id);
    await expect.poll(() => stage.holders(caseId), patience).toEqual(['last manager']);
  });
});

describe('what is too large for a case', () => {
  it('is refused at the door, and changes nothing', async () => {
    const caseId = await stage.start('mentioned');
    const task = await stage.taskOf(caseId, 'first');

    const answer = await stage.act('manager', task, 'complete', decision('done', { fields: { note: megabytes } }));

    expect(answer.json()).toMatchObject({ status: 413 });
    expect(await stage.holders(caseId)).toEqual(['first manager']);
    await expectOthersToGoOn();
  });

  it('is refused by the case where an activity answers more than its expressions may hold', async () => {
    reply = () => ({ text: 'x'.repeat(MOST_VALUES + 1) });
    await publishHeavyMentioned();
    const caseId = await begin('heavy_mentioned');

    const incident = await incidentOf(caseId);

    expect(incident).toMatchObject({ code: 'activity_failed', detail: { error: 'values_too_large' } });
    await expectOthersToGoOn();
  });

  it('is not: hundreds of people who are asked at once, and beyond a thousand it says so', async () => {
    await sql`with p as (insert into person (username, display_name) select 'hr' || n, 'HR ' || n from generate_series(1, 600) n returning id)
      insert into role_grant (person_id, role) select id, 'hr' from p`.execute(stage.test.adminDb);
    const caseId = await begin('many');
    expect(await stage.holders(caseId)).toHaveLength(600);

    await sql`with p as (insert into person (username, display_name) select 'hs' || n, 'HS ' || n from generate_series(1, 401) n returning id)
      insert into role_grant (person_id, role) select id, 'hr' from p`.execute(stage.test.adminDb);
    const refused = await begin('many');
    expect(await incidentOf(refused)).toMatchObject({
      code: 'people_unresolved',
      detail: { rule: 'role', error: 'people_too_many' },
    });
    await expectOthersToGoOn();
  });
});

async function publishHeavyMentioned(): Promise<void> {
  const ask = call('ask', 'answer', { output: { note: 'text' } });
  const fork: Step = {
    id: 'fork',
    kind: 'exclusive',
    title: text('Fork'),
    branches: [{ title: text('Yes'), when: 'note = "yes"', steps: [last] }],
    otherwise: { steps: [] },
  };
  await publishFlow(stage.test.adminDb, flow('heavy_mentioned', ask, fork), { note: null, by: null });
}

async function amend(caseId: string, fields: Record<string, unknown>): Promise<void> {
  const admin = await createPerson(stage.test, { roles: [{ role: 'admin' }] });
  await amendCase(stage.deps, intend(admin), { caseId, fields, version: 1000, comment: null });
}
