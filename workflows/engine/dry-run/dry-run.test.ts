/** The dry run itself: the engine's own word on where a case goes, without a database and without doing anything. */
import { describe, expect, it } from 'vitest';
import { durationMs } from '../duration.ts';
import { fold } from '../fold.ts';
import { Simulation } from '../simulate.ts';
import type { Compiled } from '../compile.ts';
import {
  aCallActivity,
  aCc,
  aParallel,
  aServiceTask,
  aTimer,
  aUserTask,
  anApproval,
  anExclusive,
  aHandler,
  aLoop,
  compileSteps,
} from '../testing.ts';
import type { Assign } from '../flow.gen.ts';
import { dryRun, type Account, type Answer, type Plan, type Question } from './index.ts';

const day = 86_400_000;
const start = Date.parse('2026-03-02T01:00:00Z');
const role = (name: string) => ({ assign: { rule: 'role' as const, role: name } });
const people: Record<string, string[]> = { manager: ['ma'], technician: ['te', 'ti'], nobody: [] };

function answer(question: Question): Answer {
  switch (question.ask) {
    case 'people': {
      const { assign } = question.effect;
      const persons = 'role' in assign ? (people[assign.role] ?? []) : [];
      return {
        people: { persons, explanation: { rule: assign.rule, inputs: { role: (assign as { role: string }).role } } },
      };
    }
    case 'member':
      return { member: people[question.role]?.[0] ?? null };
    case 'activity':
      return { activity: { input: { for: question.effect.step }, problems: [], output: {}, error: null, vars: {} } };
    case 'heard':
      return { vars: question.fields as Record<string, never> };
    case 'call':
      return { call: { input: {}, problems: [], output: {}, error: null, vars: { amount: 9 }, outcome: 'completed' } };
    default:
      return { vars: question.write.fields as Record<string, never> };
  }
}

function play(compiled: Compiled, given: Partial<Plan> = {}, reply = answer): Account {
  const plan: Plan = {
    from: { initiator: 'in', community: null, zone: 'Asia/Shanghai', vars: {} },
    at: start,
    acts: [],
    automatic: true,
    paceMs: 0,
    choices: new Map(),
    chosen: {},
    limits: { events: 200, decisions: 50, timeMs: 100 * day },
    ...given,
  };
  const run = dryRun(compiled, plan);
  let turn = run.next();
  while (!turn.done) turn = run.next(reply(turn.value));
  return turn.value;
}
const steps = ({ tasks }: Account) => tasks.map(({ step }) => step);

describe('people', () => {
  const chosen = (id: string, assign: Assign) => anApproval(id, { people: { assign, whenEmpty: 'skip' } });

  it('are those that the initiator, or whoever completes a step, is taken to choose', () => {
    const compiled = compileSteps([
      aUserTask('write'),
      chosen('first', { rule: 'initiatorsChoice' }),
      chosen('second', { rule: 'previousHandlersChoice', step: 'write' }),
      chosen('nobody', { rule: 'initiatorsChoice' }),
    ]);
    const account = play(compiled, { chosen: { first: ['pa'], second: ['po'] } }, (question) => {
      if (question.ask !== 'people') return answer(question);
      const { assign, given } = question.effect;
      return { people: { persons: given ?? [], explanation: { rule: assign.rule, inputs: {} } } };
    });

    expect(account.tasks.map(({ step, by }) => [step, by])).toEqual([
      ['write', 'in'],
      ['first', 'pa'],
      ['second', 'po'],
    ]);
  });

  it('whom the flow names are looked up, as in a case that begins today', () => {
    const asked: string[][] = [];
    play(
      compileSteps([aUserTask('do', { people: { assign: { rule: 'field', field: 'who' } } })]),
      {
        from: { initiator: 'in', community: null, zone: 'Asia/Shanghai', vars: { who: 'pa' } },
      },
      (question) => {
        if (question.ask === 'people') asked.push(question.effect.given ?? []);
        return answer(question);
      },
    );

    expect(asked).toEqual([['pa']]);
  });
});

describe('what nobody scripted', () => {
  it('is done by its holder with the first outcome that leads on, and told with why it is theirs', () => {
    const send = { outcome: 'back', label: { 'zh-CN': '退', en: 'Back' }, returnTo: { step: 'write' } };
    const pass = { outcome: 'pass', label: { 'zh-CN': '过', en: 'Pass' } };
    const account = play(
      compileSteps([aUserTask('write'), aUserTask('check', { people: role('manager'), actions: [send, pass] })]),
    );

    expect(account.end).toEqual({ why: 'completed', outcome: 'completed', at: start });
    expect(account.tasks).toMatchObject([
      { step: 'write', by: 'in', outcome: 'done', holders: [{ assignee: 'in', explanation: { rule: 'initiator' } }] },
      {
        step: 'check',
        by: 'ma',
        outcome: 'pass',
        holders: [{ explanation: { rule: 'role', inputs: { role: 'manager' } } }],
      },
    ]);
  });

  it('goes by the choices, of several each time the next', () => {
    const flow = compileSteps([
      aLoop('again', 'outcomes.look = "good"', [aUserTask('look', { actions: twoOutcomes })], 9),
    ]);
    const choices = new Map([['look', [{ outcome: 'bad' }, { outcome: 'bad' }, { outcome: 'good' }]]]);

    const account = play(flow, { choices });

    expect(account.tasks.map(({ outcome, item }) => [item, outcome])).toEqual([
      ['1', 'bad'],
      ['2', 'bad'],
      ['3', 'good'],
    ]);
    expect(account.conditions.map(({ step, property, value, inputs }) => [step, property, value, inputs])).toEqual([
      ['again', 'until', false, { outcomes: { look: 'bad' } }],
      ['again', 'until', false, { outcomes: { look: 'bad' } }],
      ['again', 'until', true, { outcomes: { look: 'good' } }],
    ]);
  });

  it('waits where a pool has nobody, and says so', () => {
    const pool = { assign: { rule: 'pool' as const, role: 'nobody' } };
    const account = play(compileSteps([aUserTask('fetch', { people: pool }), aUserTask('after')]));

    expect(account.end.why).toBe('waiting');
    expect(account.tasks).toMatchObject([{ step: 'fetch', nobody: true, state: 'open' }]);
  });

  it('ends with the incident when an expression fails, its inputs beside it', () => {
    const account = play(
      compileSteps([anExclusive('fork', 'abs(amount) > 1', [aUserTask('a')], [aUserTask('b')])], { types: {} }),
      { from: { initiator: 'in', community: null, zone: 'UTC', vars: { amount: 'many' } } },
    );

    expect(account.end.why).toBe('incident');
    expect(account.incidents).toMatchObject([{ code: 'expression_failed', detail: { inputs: { amount: 'many' } } }]);
    expect(account.conditions).toMatchObject([
      { step: 'fork', property: 'branches.0.when', value: null, failed: { code: 'expression_failed' } },
    ]);
  });
});

const twoOutcomes = ['good', 'bad'].map((outcome) => ({ outcome, label: { 'zh-CN': outcome, en: outcome } }));

describe('time', () => {
  const due = {
    in: 'P2D',
    remind: [{ before: 'P1D' }],
    then: [{ do: 'remind' as const }, { do: 'escalate' as const, to: 'manager', after: 'P1D' }],
  };

  it('shows what falls due, and fires it when nobody decides', () => {
    const flow = compileSteps([aUserTask('slow', { people: role('technician'), due })]);

    const account = play(flow, { choices: new Map([['slow', [null]]]) });

    const at = (days: number) => start + days * day;
    expect(account.tasks[0]).toMatchObject({
      dueAt: at(2),
      planned: [
        { at: at(1), does: 'reminder' },
        { at: at(2), does: 'remind' },
        { at: at(3), does: 'escalate', to: 'manager' },
      ],
    });
    expect(account.notices.map(({ kind, at: when, persons, role: to }) => [kind, when, persons, to])).toEqual([
      ['reminder', at(1), ['te'], null],
      ['overdue', at(2), ['te'], null],
      ['escalation', at(3), [], 'manager'],
    ]);
    expect(account.end).toEqual({ why: 'waiting', at: at(3) });
  });

  it('passes at the pace of the decisions, and in waits', () => {
    const flow = compileSteps([aUserTask('quick', { due }), aTimer('rest', { in: 'P3D' }), aUserTask('last')]);

    const account = play(flow, { paceMs: day });

    expect(account.notices.map(({ kind }) => kind)).toEqual(['reminder']);
    expect(account.waits).toEqual([{ rev: 3, at: start + day, step: 'rest', until: start + 4 * day }]);
    expect(account.tasks.map(({ openedAt, closedAt }) => [openedAt, closedAt])).toEqual([
      [start, start + day],
      [start + 4 * day, start + 5 * day],
    ]);
  });
});

describe('thread 11: who comes next inside parallel branches is the engine’s own word', () => {
  const flow = compileSteps([
    aUserTask('ask'),
    aParallel('both', [
      [anApproval('money', { people: role('manager') }), aUserTask('pay')],
      [anExclusive('big', 'amount > 100', [anApproval('board', { people: role('manager') })], []), aUserTask('order')],
    ]),
    aCc('tell', { people: role('technician') }),
    aUserTask('keep'),
  ]);
  const from = { initiator: 'in', community: null, zone: 'UTC', vars: { amount: 200 } };

  it('tells every branch as the case itself would take it', () => {
    const account = play(flow, { from });

    const real = new Simulation(flow, {
      at: start,
      resolve: (effect) => {
        const told = answer({ ask: 'people', effect, at: start });
        return 'people' in told ? told.people : undefined;
      },
    });
    real.start('in', { amount: 200 });
    for (let next = real.open()[0]; next !== undefined; next = real.open()[0])
      real.complete(next, ['money', 'board'].includes(next) ? 'approved' : 'done');
    expect(account.events.map(({ rev, type, step }) => [rev, type, step])).toEqual(
      real.entries.map(({ rev, event }) => [rev, event.type, event.step]),
    );
    expect(steps(account)).toEqual(real.entries.flatMap(({ opened }) => opened.map(({ step }) => step)));
  });

  it('tells it from the middle of a live case, whose state it leaves alone', () => {
    const live = new Simulation(flow, { at: start, resolve: () => undefined });
    live.start('in', { amount: 5 });
    live.complete('ask', 'done');
    const before = JSON.stringify(live.state);

    const account = play(flow, { from: { state: live.state } });

    expect(JSON.stringify(live.state)).toBe(before);
    expect(account.end.why).toBe('completed');
    expect(steps(account)).toEqual(['order', 'money', 'keep', 'pay'].toSorted(bySameOrder(account)));
    expect(fold(flow, 'case', live.entries)).toEqual(live.state);
  });
});

/** In what order open branches are worked off is nobody's concern here. */
function bySameOrder(account: Account) {
  const order = steps(account);
  return (a: string, b: string) => order.indexOf(a) - order.indexOf(b);
}

describe('a script', () => {
  it('is acted out where its steps wait, the rest going by itself', () => {
    const flow = compileSteps([
      aUserTask('write'),
      aParallel('both', [[aUserTask('left')], [aUserTask('right', { people: role('technician') })]]),
      anApproval('judge', { people: role('manager') }),
    ]);

    const account = play(flow, {
      acts: [
        { act: 'transfer', step: 'right', to: 'xu', afterMs: day },
        { act: 'return', step: 'judge', to: 'write' },
        { act: 'complete', step: 'judge', outcome: 'approved', by: 'ma' },
      ],
    });

    expect(account.end.why).toBe('completed');
    expect(steps(account)).toEqual(['write', 'left', 'right', 'judge', 'write', 'left', 'right', 'judge']);
    const right = account.tasks[2];
    expect(right?.holders).toMatchObject([
      { assignee: 'te', at: start },
      { assignee: 'xu', at: start + day, explanation: { policy: 'transferred' } },
    ]);
  });

  it.each([
    [{ act: 'complete' as const, step: 'write', outcome: 'fly' }, 'unknown_outcome'],
    [{ act: 'complete' as const, step: 'never' }, 'step_not_reached'],
    [{ act: 'takeBack' as const, step: 'write' }, 'step_not_decided'],
  ])('says which act was refused and why: %j', (act, code) => {
    const flow = compileSteps([
      aUserTask('write'),
      anExclusive('fork', 'initiator = "other"', [aUserTask('never')], []),
    ]);

    const { end } = play(flow, { acts: [{ act: 'wait', afterMs: 1 }, act] });

    expect(end).toMatchObject({ why: 'refused', act: 1, refused: { code } });
  });

  it('acts alone where nothing is to go by itself', () => {
    const flow = compileSteps([aUserTask('write'), aUserTask('read')]);

    const account = play(flow, { automatic: false, acts: [{ act: 'complete', step: 'write' }] });

    expect(account.end.why).toBe('waiting');
    expect(account.position).toEqual(['read']);
  });
});

describe('bounds', () => {
  const round = { outcome: 'round', label: { 'zh-CN': '回', en: 'Round' }, returnTo: { step: 'a' } };
  const circle = compileSteps([aUserTask('a'), aUserTask('b', { actions: [round] })]);
  const limits = { events: 30, decisions: 50, timeMs: 10 * day };

  it('stops after so many events or decisions, however the flow goes round', () => {
    expect(play(circle, { limits }).end).toMatchObject({ why: 'limit', limit: 'events', most: 30 });
    expect(play(circle, { limits: { ...limits, decisions: 7 } }).end).toMatchObject({
      why: 'limit',
      limit: 'decisions',
    });
  });

  it('stops at the end of its time', () => {
    const { end } = play(compileSteps([aTimer('long', { in: 'P11D' })]), { limits });

    expect(end).toEqual({ why: 'limit', limit: 'timeMs', most: 10 * day, at: start + 10 * day });
  });
});

it('lists activities with what they would be given, and takes their answer or their failure', () => {
  const flow = compileSteps([
    aServiceTask('call'),
    anExclusive('fork', 'told > 1', [aUserTask('yes')], [aUserTask('no')]),
  ]);
  const reply = (error: string | null) => (question: Question) =>
    question.ask === 'activity'
      ? { activity: { input: { text: 'x' }, problems: [], output: { told: 2 }, error, vars: error ? {} : { told: 2 } } }
      : answer(question);

  expect(play(flow, {}, reply(null))).toMatchObject({
    end: { why: 'completed' },
    activities: [{ step: 'call', activity: 'notify', input: { text: 'x' }, output: { told: 2 }, error: null }],
    tasks: [{ step: 'yes' }],
  });
  expect(play(flow, {}, reply('host_down'))).toMatchObject({
    end: { why: 'incident' },
    activities: [{ error: 'host_down' }],
    incidents: [{ code: 'activity_failed' }],
    tasks: [],
  });
});

it('lets every rule that a period reads see the virtual clock', () => {
  const asked: number[] = [];
  const duty: Assign = { rule: 'onDuty', role: 'technician' };
  const flow = compileSteps([
    aTimer('night', { in: durationText(day) }),
    aUserTask('rota', { people: { assign: duty } }),
  ]);

  play(flow, {}, (question) => {
    if (question.ask === 'people') asked.push(question.at);
    return answer(question);
  });

  expect(asked).toEqual([start + day]);
});

function durationText(ms: number): string {
  const text = `PT${String(ms / 3_600_000)}H`;
  expect(durationMs(text)).toBe(ms);
  return text;
}

it('lists calls of flows, and goes on with what the called case is taken to come to', () => {
  const on = [aHandler('gone', { catch: 'error', codes: ['cancelled'] }, [aUserTask('ask')])];
  const call = aCallActivity('call', { on });
  const compiled = compileSteps([call, anExclusive('split', 'amount > 5', [aUserTask('yes')], [aUserTask('no')])]);
  const taken =
    (error: string | null, more: object = {}) =>
    (question: Question): Answer =>
      question.ask === 'call'
        ? { call: { input: { what: 'x' }, problems: [], output: {}, error, vars: {}, outcome: 'done', ...more } }
        : answer(question);

  expect(play(compiled, {}, taken(null, { vars: { amount: 9 } }))).toMatchObject({
    activities: [{ step: 'call', activity: 'flow.call', flow: 'child', input: { what: 'x' } }],
    tasks: [{ step: 'yes' }],
  });
  expect(steps(play(compiled, {}, taken('cancelled')))).toEqual(['ask', 'no']);
  expect(play(compiled, {}, taken('broken')).incidents).toMatchObject([{ code: 'error_uncaught' }]);
});

it('goes on from a case that waits for another', () => {
  const compiled = compileSteps([aCallActivity('call'), aUserTask('after')]);
  const waiting = new Simulation(compiled, { call: () => ({ begun: true }) });
  waiting.start('in');

  const told = play(compiled, { from: { state: waiting.state } });

  expect(steps(told)).toEqual(['after']);
  expect(told.events.map(({ type }) => type)).toEqual(['child_ended', 'task_completed']);
});
