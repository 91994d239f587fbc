import { describe, expect, it } from 'vitest';
import { compile, type Compiled } from './compile.ts';
import type { Flow, Step } from './flow.gen.ts';
import { CallSimulation, type Member } from './simulate-calls.ts';
import {
  aCallActivity,
  aFlow,
  aForEach,
  aHandler,
  anEnd,
  anExclusive,
  aSubProcess,
  aThrow,
  aTimer,
  aUserTask,
  load,
} from './testing.ts';
import type { Vars } from './types.ts';

const HOUR = 3_600_000;
const flow = (key: string, steps: Step[], fields: Partial<Flow> = {}): Compiled =>
  compile(load(aFlow(steps, { key, ...fields })));

function play(parent: Step[], child: Step[], vars: Vars = {}): { cases: CallSimulation; parent: Member } {
  const cases = new CallSimulation(new Map([['child', flow('child', child)]]));
  return { cases, parent: cases.start(flow('parent', parent), 'p1', vars) };
}

function only(members: Member[]): Member {
  expect(members).toHaveLength(1);
  return members[0]!;
}

describe('a simulation of cases that call cases', () => {
  it('maps what goes in and what comes out, of fields that no expression mentions too', () => {
    const call = aCallActivity('call', {
      input: { asked: 'amount + 1', note: 'words' },
      output: { result: 'outcome', said: 'note + "!"', by: 'number' },
    });
    const split = anExclusive('split', 'result = "done"', [aUserTask('yes')], [aUserTask('no')]);
    const { cases, parent } = play([call, split], [aUserTask('work'), anEnd('end', 'done')], {
      amount: 1,
      words: 'hi',
    });
    const child = only(cases.calledBy(parent, 'call'));

    expect(child.record).toEqual({ asked: 2, note: 'hi' });
    expect(child.run.open()).toEqual(['work']);
    expect(parent.run.open()).toEqual([]);
    child.run.complete('work', 'done');

    expect(parent.run.open()).toEqual(['yes']);
    expect(parent.record).toMatchObject({ result: 'done', said: 'hi!', by: child.id });
  });

  it('calls once for each item, with the row of it', () => {
    const each = aForEach('each', [aCallActivity('call', { input: { what: 'line.name' } })]);
    const lines = [
      { id: 'a', name: 'lift' },
      { id: 'b', name: 'lamp' },
    ];
    const { cases, parent } = play([each, aUserTask('after')], [aUserTask('work')], { lines });
    const children = cases.calledBy(parent);

    expect(children.map(({ record }) => record)).toEqual([{ what: 'lift' }, { what: 'lamp' }]);
    for (const { run } of children) run.complete('work', 'done');
    expect(parent.run.open()).toEqual(['after']);
  });

  it('lets time pass in all of them', () => {
    const on = [aHandler('late', { catch: 'timer', in: 'PT3H', interrupting: false }, [aUserTask('look')])];
    const { cases, parent } = play(
      [aCallActivity('call', { on }), aUserTask('after')],
      [aTimer('wait', { in: 'PT5H' })],
    );

    cases.advance(4 * HOUR);
    expect(parent.run.open()).toEqual(['look']);
    cases.advance(2 * HOUR);
    expect(parent.run.open()).toEqual(['look', 'after']);
  });

  it('ends the called case when its step is closed, its cancel handlers first, and what that called with it', () => {
    const on = [aHandler('undo', { catch: 'cancel' }, [aUserTask('tidy')])];
    const flows = new Map([
      ['middle', flow('middle', [aCallActivity('down', { flow: 'child' })])],
      ['child', flow('child', [aUserTask('work')], { on })],
    ]);
    const cases = new CallSimulation(flows);
    const parent = cases.start(flow('parent', [aCallActivity('call', { flow: 'middle' })]), 'p1');
    const middle = only(cases.calledBy(parent));
    const child = only(cases.calledBy(middle));

    parent.run.send({ kind: 'cancel', actor: 'operator', vars: {} });

    expect(parent.run.state.status).toBe('cancelled');
    expect(middle.run.state.status).toBe('cancelled');
    expect(child.run.open()).toEqual(['tidy']);
    child.run.complete('tidy', 'done');
    expect(child.run.state.status).toBe('cancelled');
  });

  it('ends one that is suspended, and lets one be that nobody waits for', () => {
    const { cases, parent } = play(
      [aCallActivity('free', { wait: false }), aCallActivity('held')],
      [aUserTask('work')],
    );
    const [free, held] = cases.calledBy(parent);
    held?.run.send({ kind: 'suspend', actor: 'operator', vars: {} });

    parent.run.send({ kind: 'cancel', actor: 'operator', vars: {} });

    expect(held?.run.state.status).toBe('cancelled');
    expect(free?.run.state.status).toBe('running');
  });

  it('brings errors and escalations out through every case that waits', () => {
    const flows = new Map([
      ['middle', flow('middle', [aCallActivity('down', { flow: 'child' })])],
      [
        'child',
        flow('child', [
          aThrow('cry', { escalation: 'help' }),
          aUserTask('work'),
          anEnd('end', 'broken', { ends: 'error' }),
        ]),
      ],
    ]);
    const on = [
      aHandler('helped', { catch: 'escalation', code: 'help', interrupting: false }, [aUserTask('assist')]),
      aHandler('failed', { catch: 'error', codes: ['broken'] }, [aUserTask('mend')]),
    ];
    const cases = new CallSimulation(flows);
    const parent = cases.start(
      flow('parent', [aSubProcess('part', [aCallActivity('call', { flow: 'middle' })], on)]),
      'p1',
    );
    const middle = only(cases.calledBy(parent));

    expect(parent.run.open()).toEqual(['assist']);
    only(cases.calledBy(middle)).run.complete('work', 'done');

    expect(middle.run.state).toMatchObject({ status: 'completed', error: 'broken' });
    expect(parent.run.open()).toEqual(['mend']);
  });

  it('goes no deeper than twenty', () => {
    const endless = flow('endless', [aCallActivity('call', { flow: 'endless' })]);
    const cases = new CallSimulation(new Map([['endless', endless]]));
    cases.start(endless, 'p1');

    expect(cases.members).toHaveLength(21);
    expect(cases.members.at(-1)?.run.state.incidents).toMatchObject([
      { code: 'call_failed', detail: { error: 'call_too_deep' } },
    ]);
  });

  it('says where there is no such flow', () => {
    const on = [aHandler('none', { catch: 'error', codes: ['flow_unknown'] }, [aUserTask('by_hand')])];
    const { parent } = play([aCallActivity('call', { flow: 'nowhere', on })], []);

    expect(parent.run.open()).toEqual(['by_hand']);
  });
});
