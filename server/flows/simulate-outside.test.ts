/** Dry runs in which time passes by calendars, and in which something comes from outside: messages, signals, calls back. Real Postgres. */
import type { Static } from 'typebox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Step } from '../../workflows/engine/flow.gen.ts';
import { buildApp } from '../app.ts';
import type { App } from '../http.ts';
import type { Simulation } from '../simulation/schemas.ts';
import { asUser, createPerson, type Ask } from '../testing/app.ts';
import { createCaseStage, type CaseStage } from '../testing/cases.ts';
import { flowOf } from '../testing/rules.ts';

type Told = Static<typeof Simulation>;
const text = (en: string) => ({ 'zh-CN': en, en });
const role = (name: string) => ({ assign: { rule: 'role' as const, role: name } });
const rehearsal = flowOf('rehearsal', [{ id: 'only', kind: 'userTask', title: text('Only'), people: role('manager') }]);
const fields = { what: 'parcel', amount: 250 };

let stage: CaseStage;
let app: App;
let admin: Ask;
beforeAll(async () => {
  stage = await createCaseStage([rehearsal]);
  app = await buildApp(stage.deps);
  admin = await asUser(app, await createPerson(stage.test, { name: 'Admin', roles: [{ role: 'admin' }] }));
});
afterAll(async () => {
  await app.close();
  await stage.close();
});

const ask = (payload: object) => admin({ method: 'POST', url: '/api/flows/rehearsal/simulate', payload });
const play = async (body: object): Promise<Told> => {
  const answer = await ask({ initiator: stage.cast.staff, fields, at: '2026-03-02T01:00:00.000Z', ...body });
  expect(answer.statusCode, answer.payload).toBe(200);
  return answer.json<Told>();
};

describe('time, and what comes from outside', () => {
  const asking = {
    id: 'order',
    kind: 'serviceTask' as const,
    title: text('Order'),
    activity: 'http.callback',
    again: 'run' as const,
    input: { url: '"https://lab.example.com"', body: '"{{callbackUrl}}"', within: '"P3D"' },
    output: { note: 'text', amount: 'sum' },
  };
  const last: Step = { id: 'last', kind: 'userTask', title: text('Last'), people: role('manager') };
  const playSteps = (own: Step[], body: object = {}) =>
    play({ definition: { ...rehearsal, steps: own }, fields: { what: 'parcel', amount: 20 }, ...body });
  const timeline = ({ events }: Told) => events.map(({ type, at }) => `${type} ${at}`);

  it('a budget of working time passes over the holidays of the Spring Festival of 2026, and the days worked for them', async () => {
    const due = { in: 'PT12H', calendar: 'office', then: { do: 'complete' as const, outcome: 'done' } };
    const told = await playSteps([{ ...last, due }], {
      at: '2026-02-13T08:00:00.000Z',
      choices: { last: null },
    });

    // Two hours of the Friday, the Saturday that is worked, and what is left after the holidays, on Tuesday the 24th.
    expect(told.tasks).toMatchObject([
      { dueAt: '2026-02-24T03:30:00.000Z', outcome: 'done', closedAt: '2026-02-24T03:30:00.000Z', by: null },
    ]);
    expect(told.end).toMatchObject({ why: 'completed', at: '2026-02-24T03:30:00.000Z' });
  });

  it('a message comes in when the case waits for it, and says what it writes', async () => {
    const receive: Step = {
      id: 'paid',
      kind: 'receive',
      title: text('Paid'),
      message: 'paid',
      key: '"K-1"',
      output: { amount: 'sum' },
    };
    const message = { act: 'message', name: 'paid', key: 'K-1', fields: { sum: 99.5 }, after: 'P1D' };

    const told = await playSteps([last, receive, { ...last, id: 'then' }], { acts: [message] });

    expect(timeline(told)).toContain('message_received 2026-03-03T01:00:00.000Z');
    expect(told.fields).toMatchObject({ amount: 99.5 });
    expect(told.end).toMatchObject({ why: 'completed' });
    const other = await playSteps([receive, last], { acts: [{ ...message, key: 'K-2' }] });
    expect(other.end).toMatchObject({ why: 'refused', act: 0, refusal: { code: 'not_awaited' } });
    expect((await ask({ fields, acts: [{ act: 'message', name: 'paid' }] })).json()).toMatchObject({
      errors: [{ path: '/acts/0/key', code: 'required' }],
    });
  });

  it('a signal reaches the handler that waits for it', async () => {
    const on = [
      { id: 'storm', catch: 'signal', title: text('Storm'), name: 'storm', steps: [{ ...last, id: 'close' }] },
    ];
    const told = await playSteps([{ ...last, on } as Step], { acts: [{ act: 'signal', name: 'storm' }] });

    expect(told.tasks.map(({ step, state }) => [step.id, state])).toEqual([
      ['last', 'cancelled'],
      ['close', 'done'],
    ]);
  });

  it('a step that waits to be called back takes its time, and what is said is there no sooner', async () => {
    const until = { ...last, id: 'meanwhile', due: { in: 'P1D', then: { do: 'complete', outcome: 'done' } } } as Step;
    const both: Step = {
      id: 'both',
      kind: 'parallel',
      title: text('Both'),
      branches: [
        { title: text('Ask'), steps: [asking] },
        {
          title: text('Work'),
          steps: [
            until,
            {
              ...last,
              id: 'look',
              actions: [
                { outcome: 'old', label: text('Old'), when: 'amount < 50' },
                { outcome: 'new', label: text('New') },
              ],
            },
          ],
        },
      ],
    };
    const output = { text: 'mended', sum: 80 };
    const told = await playSteps([both, last], {
      choices: { meanwhile: null },
      activities: { order: { output, after: 'P2D' } },
    });

    expect(told.tasks.map(({ step, outcome }) => `${step.id} ${String(outcome)}`)).toEqual([
      'meanwhile done',
      'look old',
      'last done',
    ]);
    expect(timeline(told)).toContain('activity_done 2026-03-04T01:00:00.000Z');
    expect(told.activities).toMatchObject([{ at: '2026-03-02T01:00:00.000Z', problems: [], output }]);
    expect(told.fields).toMatchObject({ note: 'mended', amount: 80 });
  });

  it('a call back that is too late is the error that a handler catches, as is any error the activity declares', async () => {
    const caught = {
      ...asking,
      on: [
        {
          id: 'late',
          catch: 'error',
          title: text('Late'),
          codes: ['callback_timeout'],
          steps: [{ ...last, id: 'remind' }],
        },
        {
          id: 'gone',
          catch: 'error',
          title: text('Gone'),
          codes: ['http_not_found'],
          steps: [{ ...last, id: 'search' }],
        },
      ],
    } as Step;
    const late = await playSteps([caught], { activities: { order: { output: { text: 'x' }, after: 'P4D' } } });
    expect(late.tasks.map(({ step, openedAt }) => [step.id, openedAt])).toEqual([
      ['remind', '2026-03-05T01:00:00.000Z'],
    ]);
    expect(late.fields).not.toHaveProperty('note');

    const gone = await playSteps([caught], { activities: { order: { error: 'http_not_found' } } });
    expect(gone.tasks.map(({ step }) => step.id)).toEqual(['search']);
    const broken = await playSteps([caught], { activities: { order: { error: 'http_unauthorized' } } });
    expect(broken.end.why).toBe('incident');
  });

  it('a service says each time the next of what it is taken to say', async () => {
    const again = { ...asking, id: 'again', output: { note: 'text' } };
    const rounds: Step = {
      id: 'rounds',
      kind: 'loop',
      title: text('Rounds'),
      until: 'times.look >= 3',
      max: 5,
      steps: [again, { ...last, id: 'look' }],
    };
    const outputs = [{ output: { text: 'first' } }, { output: { text: 'second' } }];
    const told = await playSteps([rounds], { activities: { again: outputs } });

    expect(told.activities.map(({ output }) => output)).toEqual([
      { text: 'first' },
      { text: 'second' },
      { text: 'second' },
    ]);
  });
});
