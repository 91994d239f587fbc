/** A flow played through before it is published: told as it would go, and nothing of it done. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { activities, type Activity } from '../../activities/index.ts';
import type { Flow, Step } from '../../workflows/engine/flow.gen.ts';
import { buildApp } from '../app.ts';
import { startCase } from '../commands/start.ts';
import type { App } from '../http.ts';
import type { Static } from 'typebox';
import type { Simulation } from '../simulation/schemas.ts';
import { asUser, createPerson, type Ask } from '../testing/app.ts';
import { complete, createCaseStage, intend, openTask, type CaseStage } from '../testing/cases.ts';
import { flowOf } from '../testing/rules.ts';
import { pictureOf } from '../testing/pictures.ts';

type Told = Static<typeof Simulation>;
const text = (en: string) => ({ 'zh-CN': en, en });
const role = (name: string) => ({ assign: { rule: 'role' as const, role: name } });

/** A real service outside, and the activity that calls it. */
const calls: string[] = [];
const outside = createServer((request, response) => {
  calls.push(request.url ?? '');
  response.end('{"reply":"told"}');
});
const call: Activity = {
  ...activities.get('notify')!,
  name: 'callOut',
  input: {
    type: 'object',
    additionalProperties: false,
    required: ['what'],
    properties: { what: { type: 'string', minLength: 3 } },
  },
  output: { type: 'object', required: ['reply'], properties: { reply: { type: 'string' } } },
  run: async ({ what }) => {
    const { port } = outside.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${String(port)}/${String(what)}`);
    return (await answer.json()) as Record<string, unknown>;
  },
};

const steps: Step[] = [
  {
    id: 'check',
    kind: 'approval',
    title: text('Check'),
    mode: 'any',
    people: role('manager'),
    due: { in: 'P2D', remind: [{ before: 'P1D' }], then: { do: 'complete', outcome: 'approved' } },
  },
  {
    id: 'call',
    kind: 'serviceTask',
    title: text('Call'),
    activity: 'callOut',
    again: 'run',
    input: { what: 'what' },
    output: { note: 'reply' },
  },
  {
    id: 'tell',
    kind: 'serviceTask',
    title: text('Tell'),
    activity: 'notify',
    again: 'run',
    input: { role: '"manager"', text: '"errand_ready"', params: '{ number: number, note: note }' },
  },
  {
    id: 'size',
    kind: 'exclusive',
    title: text('Size'),
    branches: [
      {
        title: text('Big'),
        when: 'amount > 100',
        steps: [
          {
            id: 'both',
            kind: 'parallel',
            title: text('Both'),
            branches: [
              {
                title: text('Fetch'),
                steps: [
                  {
                    id: 'fetch',
                    kind: 'userTask',
                    title: text('Fetch'),
                    people: { assign: { rule: 'pool', role: 'dispatcher' } },
                    fields: { runner: 'required' },
                  },
                ],
              },
              {
                title: text('Pay'),
                steps: [{ id: 'pay', kind: 'userTask', title: text('Pay'), people: role('manager') }],
              },
            ],
          },
        ],
      },
    ],
    otherwise: { steps: [] },
  },
  { id: 'copy', kind: 'cc', title: text('Copy'), people: role('dispatcher') },
  {
    id: 'last',
    kind: 'userTask',
    title: text('Last'),
    people: { assign: { rule: 'field', field: 'runner' }, whenEmpty: { role: 'technician' } },
  },
];
const rehearsal: Flow = {
  ...flowOf('rehearsal', steps),
  start: { who: ['staff'], fields: { what: 'required', amount: 'edit' } },
};
const fields = { what: 'parcel', amount: 250 };

let stage: CaseStage;
let app: App;
let admin: Ask;
beforeAll(async () => {
  (activities as Map<string, Activity>).set(call.name, call);
  await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
  stage = await createCaseStage([rehearsal]);
  app = await buildApp(stage.deps);
  admin = await asUser(app, await createPerson(stage.test, { name: 'Admin', roles: [{ role: 'admin' }] }));
});
afterAll(async () => {
  await app.close();
  await stage.close();
  (activities as Map<string, Activity>).delete(call.name);
  outside.close();
});

const url = `/api/flows/${rehearsal.key}/simulate`;
const ask = (payload: object, who = admin) => who({ method: 'POST', url, payload });
const play = async (body: object): Promise<Told> => {
  const answer = await ask({ initiator: stage.cast.staff, fields, at: '2026-03-02T01:00:00.000Z', ...body });
  expect(answer.statusCode, answer.payload).toBe(200);
  return answer.json<Told>();
};
const brief = ({ tasks }: Told) =>
  tasks.map(({ step, by, outcome }) => `${step.id} ${by?.name ?? '-'} ${outcome ?? '-'}`);

describe('what a dry run tells', () => {
  it('who gets each task and why, what is due when, what conditions came to, and what would be sent', async () => {
    const told = await play({ pace: 'PT6H', activities: { call: { output: { reply: 'thanks' } } } });

    expect(told.end).toMatchObject({ why: 'completed', outcome: 'completed' });
    expect(brief(told)).toEqual([
      'check Manager approved',
      'fetch Dispatcher done',
      'pay Manager done',
      'last Runner done',
    ]);
    expect(told.tasks[0]).toMatchObject({
      dueAt: '2026-03-04T01:00:00.000Z',
      planned: [
        { at: '2026-03-03T01:00:00.000Z', does: 'reminder' },
        { at: '2026-03-04T01:00:00.000Z', does: 'complete', to: 'approved' },
      ],
      holders: [{ person: { name: 'Manager' }, explanation: { rule: 'role', inputs: { role: 'manager' } } }],
      closedAt: '2026-03-02T07:00:00.000Z',
    });
    expect(told.tasks[3]?.holders[0]).toMatchObject({
      pool: { role: 'technician' },
      explanation: { rule: 'field', policy: 'whenEmpty' },
    });
    expect(told.conditions).toMatchObject([
      {
        step: { id: 'size' },
        property: 'branches.0.when',
        expression: 'amount > 100',
        inputs: { amount: '250.00' },
        value: true,
      },
    ]);
    expect(told.activities).toMatchObject([
      {
        step: { id: 'call' },
        activity: 'callOut',
        input: { what: 'parcel' },
        problems: [],
        output: { reply: 'thanks' },
      },
      {
        step: { id: 'tell' },
        input: { role: 'manager', params: { number: 'ER-2026-0000', note: 'thanks' } },
        output: {},
      },
    ]);
    expect(told.notices).toMatchObject([{ kind: 'cc', step: { id: 'copy' }, persons: [{}, {}] }]);
    expect(told.fields).toMatchObject({ what: 'parcel', note: 'thanks', number: 'ER-2026-0000' });
    expect(told.warnings).toEqual([
      { code: 'field_required', step: { id: 'fetch', title: text('Fetch') }, field: 'runner' },
    ]);
  });

  it('goes by a script and choices, and lets due times act where nobody does', async () => {
    const told = await play({
      fields: { what: 'parcel', amount: 20 },
      choices: { check: null, last: { by: stage.cast.runner } },
      acts: [{ act: 'transfer', step: 'last', to: stage.cast.other, after: 'PT1H' }],
    });

    expect(told.tasks.map(({ step, outcome, by }) => [step.id, outcome, by])).toMatchObject([
      ['check', 'approved', null],
      ['last', 'done', { name: 'Runner' }],
    ]);
    expect(told.notices.map(({ kind }) => kind)).toEqual(['reminder', 'cc']);
    expect(told.tasks[1]?.holders.map(({ person, pool }) => person?.name ?? pool?.role)).toEqual([
      'technician',
      'Other',
    ]);
    expect(told.end.at).toBe('2026-03-04T02:00:00.000Z');
  });

  it('stops at an activity that would not take its input or is taken to fail', async () => {
    const told = await play({ fields: { what: 'ab' }, activities: { tell: { error: 'no_such_text' } } });

    expect(told.activities[0]).toMatchObject({ problems: [expect.stringContaining('/what')] });
    expect(told.end.why).toBe('incident');
    expect(told.incidents).toMatchObject([{ step: { id: 'tell' }, code: 'activity_failed' }]);
  });

  it('says which act was refused, in a sentence, and which bound was met', async () => {
    const refused = await play({ acts: [{ act: 'complete', step: 'check', outcome: 'nope' }] });
    expect(refused.end).toMatchObject({ why: 'refused', act: 0, refusal: { code: 'unknown_outcome' } });
    const invalid = await play({ choices: { check: { fields: { amount: 'much' } } } });
    expect(invalid.end).toMatchObject({
      why: 'refused',
      act: null,
      refusal: { code: 'invalid_fields', params: { errors: [{ path: '/fields/amount' }] } },
    });
    expect((await play({ limits: { decisions: 1 } })).end).toMatchObject({ why: 'limit', limit: 'decisions', most: 1 });
  });

  it('warns of whom the flow would not let start', async () => {
    const { warnings } = await play({ initiator: stage.cast.stranger });

    expect(warnings[0]).toMatchObject({ code: 'initiator_may_not_start' });
  });
});

describe('which flow', () => {
  const renamed = { ...rehearsal, steps: [steps[0], steps.at(-1)] as [Step, Step] };
  const keep = (definition: object) =>
    admin({ method: 'PUT', url: `/api/flows/rehearsal/draft`, payload: { definition } });

  it('is the draft where there is one, a version that is asked for, or one that is sent', async () => {
    expect((await play({})).flow.version).toBe(1);
    await keep(renamed);
    const draft = await play({});
    expect([draft.flow.version, brief(draft).length]).toEqual([null, 2]);
    expect((await play({ version: 1 })).flow.version).toBe(1);
    expect(brief(await play({ definition: { ...rehearsal, steps: [steps[0]] } }))).toHaveLength(1);
    expect((await ask({ version: 9, fields })).statusCode).toBe(404);
  });

  it('is refused as publishing it would be', async () => {
    const broken = { ...rehearsal, steps: [...steps, { id: 'round', kind: 'jump', to: 'nowhere' }] };
    await keep(broken);
    const checked = await admin({ method: 'POST', url: '/api/flows/rehearsal/check', payload: { definition: broken } });
    const answer = await ask({ fields });

    expect(answer.json()).toMatchObject({ status: 422, code: 'invalid_flow' });
    expect(answer.json<{ errors: object[] }>().errors).toEqual(checked.json<{ problems: object[] }>().problems);
    await admin({ method: 'DELETE', url: '/api/flows/rehearsal/draft' });
    const other = await ask({ definition: { ...rehearsal, key: 'another' }, fields });
    expect(other.json()).toMatchObject({ code: 'invalid_flow', errors: [{ path: '/key' }] });
  });
});

describe('what is refused', () => {
  it('names every step, person and property that does not fit, before anything is played', async () => {
    const nobody = '0190a0f0-1111-7111-8111-0123456789ab';
    const answer = await ask({
      fields,
      initiator: nobody,
      acts: [
        { act: 'return', step: 'check' },
        { act: 'complete', step: 'call' },
        { act: 'transfer', step: 'last', to: 'x' },
      ],
      choices: { gone: 'done' },
      activities: { check: {} },
      chosen: { check: [] },
    });

    expect(answer.json()).toMatchObject({ status: 422, code: 'invalid_request' });
    const { errors } = answer.json<{ errors: { path: string; code: string }[] }>();
    expect(errors.map(({ path, code }) => `${path} ${code}`)).toEqual([
      '/acts/0/to required',
      '/acts/1/step unknown_step',
      '/choices/gone unknown_step',
      '/chosen/check unknown_step',
      '/activities/check unknown_step',
      '/initiator person_unknown',
      '/acts/2/to person_unknown',
    ]);
  });

  it('is what starting would refuse of the fields', async () => {
    const answer = await ask({ fields: { amount: 'much', nothing: 1 } });

    expect(answer.json()).toMatchObject({ status: 422, code: 'invalid_fields', errors: [{ path: '/fields/nothing' }] });
  });

  it('is everybody who may not publish flows', async () => {
    const staff = await asUser(app, stage.cast.staff);

    expect((await ask({ fields }, staff)).json()).toMatchObject({ status: 403, code: 'forbidden' });
    expect((await app.inject({ method: 'POST', url, payload: {} })).statusCode).toBe(401);
  });
});

describe('a flow that calls another', () => {
  const order: Step = {
    id: 'order',
    kind: 'callActivity',
    title: text('Order'),
    flow: 'rehearsal',
    again: 'run',
    input: { what: '"for " + what' },
    output: { note: 'outcome + ": " + note' },
  };
  const definition = { ...rehearsal, steps: [order] };

  it('is told what that would be given, and goes on with what it is taken to come to', async () => {
    const told = await play({ definition, activities: { order: { output: { outcome: 'fine', note: 'thanks' } } } });

    expect(told.activities).toMatchObject([
      { step: { id: 'order' }, activity: 'flow.call', flow: 'rehearsal', input: { what: 'for parcel' }, problems: [] },
    ]);
    expect(told).toMatchObject({ end: { why: 'completed' }, fields: { note: 'fine: thanks' } });
  });

  it('stops where that is taken to be cancelled, and says what its start would refuse', async () => {
    const bare = { ...rehearsal, steps: [{ ...order, input: { what: 'null', note: 'what' } }] };
    const told = await play({ definition, activities: { order: { error: 'cancelled' } } });

    expect(told.incidents).toMatchObject([{ step: { id: 'order' }, code: 'child_cancelled' }]);
    const answer = await ask({ fields, definition: bare });
    expect(answer.json()).toMatchObject({ code: 'invalid_flow', errors: [{ code: 'call_input_unknown' }] });
  });
});

describe('thread 12: a dry run has no side effect', () => {
  it('writes no row, moves no sequence, sends no message and calls nothing, whatever the flow does', async () => {
    await play({});
    const before = await pictureOf(stage.test);
    calls.length = 0;

    for (const body of [{}, { choices: { check: null } }, { acts: [{ act: 'return', step: 'last', to: 'check' }] }]) {
      const told = await play(body);
      expect(told.activities.map(({ activity }) => activity)).toContain('callOut');
    }

    expect(await pictureOf(stage.test)).toEqual(before);
    expect(calls).toEqual([]);
  });

  it('although in earnest the same flow writes and calls', async () => {
    await stage.worker();
    const before = await pictureOf(stage.test);
    const act = { flow: 'rehearsal', fields, communityId: null };
    const { caseId } = await startCase(stage.deps, intend(stage.cast.staff), act);
    const { id } = await openTask(stage, caseId);
    await complete(stage, { taskId: id, outcome: 'approved', assignment: 1 }, intend(stage.cast.manager));

    await expect.poll(() => calls, { timeout: 20_000 }).toEqual(['/parcel']);
    expect(await pictureOf(stage.test)).not.toEqual(before);
  });
});

describe('thread 11: who comes next in a live case', () => {
  it('is what the engine does from where it stands, also in branches side by side', async () => {
    const act = { flow: 'rehearsal', fields, communityId: null };
    const { caseId } = await startCase(stage.deps, intend(stage.cast.staff), act);
    const { id } = await openTask(stage, caseId);
    await complete(stage, { taskId: id, outcome: 'approved', assignment: 1 }, intend(stage.cast.manager));
    await expect.poll(() => openSteps(caseId), { timeout: 20_000 }).toEqual(['fetch', 'pay']);
    const staff = await asUser(app, stage.cast.staff);
    const before = await pictureOf(stage.test);

    const answer = await staff({ url: `/api/cases/${caseId}/forecast` });

    expect(answer.json(), answer.payload).toMatchObject({
      end: 'completed',
      tasks: [
        { step: { id: 'fetch' }, open: true, pool: { role: 'dispatcher' } },
        { step: { id: 'pay' }, open: true, person: { name: 'Manager' } },
        { step: { id: 'last' }, open: false, pool: { role: 'technician' } },
      ],
    });
    expect(await pictureOf(stage.test)).toEqual(before);
    const stranger = await asUser(app, stage.cast.stranger);
    expect((await stranger({ url: `/api/cases/${caseId}/forecast` })).statusCode).toBe(404);
  });
});

async function openSteps(caseId: string): Promise<string[]> {
  const { rows } = await sql<{ step: string }>`
    select step from task where case_id = ${caseId} and state = 'open' order by step`.execute(stage.test.adminDb);
  return rows.map(({ step }) => step);
}
