import { describe, expect, it } from 'vitest';
import { Simulation } from '../simulate.ts';
import { aHandler, aParallel, aReceive, aUserTask, compileSteps } from '../testing.ts';
import type { Step } from '../flow.gen.ts';

const start = (steps: Step[], vars = {}): Simulation => {
  const run = new Simulation(compileSteps(steps));
  run.start('p1', vars);
  return run;
};

describe('receive', () => {
  it('of two that wait for the same takes what is meant for it, and what is meant for none is not taken', () => {
    const run = start([
      aParallel('p', [
        [aReceive('one'), aUserTask('a')],
        [aReceive('other'), aUserTask('b')],
      ]),
    ]);
    const waits = new Map(run.entries.at(-1)?.case.awaits?.map(({ step, id }) => [step, id]));

    expect(run.message('paid', 'k1', { wait: 9999 })).toBe(false);
    expect(run.message('paid', 'k1', { wait: waits.get('other')! })).toBe(true);
    expect(run.open()).toEqual(['b']);
    expect(run.message('paid', 'k1', { wait: waits.get('other')! })).toBe(false);
    expect(run.message('paid', 'k1')).toBe(true);
    expect(run.open()).toEqual(['b', 'a']);
  });

  it('waits for a message of its name and key, and says so', () => {
    const run = start([aReceive('r', { key: 'order', early: true }), aUserTask('a')], { order: 'k7' });
    expect(run.entries.at(-1)?.case).toMatchObject({
      position: ['r'],
      awaits: [{ kind: 'message', name: 'paid', key: 'k7', early: true, step: 'r', part: null }],
    });

    expect(run.message('paid', 'k8')).toBe(false);
    expect(run.message('other', 'k7')).toBe(false);
    expect(run.message('paid', 'k7')).toBe(true);

    expect(run.open()).toEqual(['a']);
    expect(run.entries.at(-1)).toMatchObject({
      event: { type: 'message_received', step: 'r', data: { name: 'paid', key: 'k7' } },
      case: { awaits: [] },
    });
  });

  it('rule 25: a message happens once, however often it comes; one that nobody took may come again', () => {
    const run = start([aReceive('r'), aReceive('s'), aReceive('t', { message: 'sent' })]);
    expect(run.message('sent', 'k1', { id: 'x2' })).toBe(false);
    expect(run.message('paid', 'k1', { id: 'x1' })).toBe(true);

    expect(run.message('paid', 'k1', { id: 'x1' })).toBe(false);
    expect(run.entries.at(-1)?.case.position).toEqual(['s']);
    run.message('paid', 'k1');

    expect(run.message('sent', 'k1', { id: 'x2' })).toBe(true);
  });

  it('brings values of the fields it writes', () => {
    const run = start([aReceive('r'), aReceive('s', { key: 'order' })]);

    run.message('paid', 'k1', { vars: { order: 5, other: 'x' } });

    expect(run.state.vars).toEqual({ order: 5 });
    expect(run.message('paid', '5')).toBe(true);
  });

  it('without a key is an incident, and a retry finds it', () => {
    const run = start([aReceive('r', { key: 'order' })]);
    const [incident] = run.state.incidents;
    expect(incident).toMatchObject({ code: 'key_missing', step: 'r' });

    run.send({ kind: 'retry', actor: 'operator', incident: incident!.id, vars: { order: 'k2' } });

    expect(run.message('paid', 'k2')).toBe(true);
    expect(run.state.status).toBe('completed');
  });

  it('a message goes to whoever waits longest, a signal to all', () => {
    const on = [
      aHandler('m', { catch: 'message', name: 'paid', key: '"k1"', interrupting: false }, [aUserTask('m1')]),
      aHandler('s', { catch: 'signal', name: 'storm', interrupting: false }, [aUserTask('s1')]),
      aHandler('t', { catch: 'signal', name: 'storm' }, [aUserTask('t1')]),
    ];
    const run = start([aReceive('r', { on })]);

    run.message('paid', 'k1');
    expect(run.open()).toEqual(['m1']);
    run.signal('storm');

    // The second interrupts: only what it began beside before stays, in the scope around.
    expect(run.open()).toEqual(['m1', 's1', 't1']);
    expect(run.entries.at(-1)?.event).toMatchObject({ type: 'signal_received', data: { handlers: ['s', 't'] } });
    expect(run.signal('storm')).toBe(false);
  });
});
