/** Handlers of conditions, and of the end of the case. */
import { describe, expect, it } from 'vitest';
import { compile } from './compile.ts';
import type { Flow, Step } from './flow.gen.ts';
import { Simulation } from './simulate.ts';
import { aFlow, aHandler, aJump, aParallel, aServiceTask, aSubProcess, aUserTask, load } from './testing.ts';

const start = (steps: Step[], flow: Partial<Flow> = {}, amount = 1): Simulation => {
  const run = new Simulation(compile(load(aFlow(steps, flow))));
  run.start('p1', { amount });
  return run;
};
const amend = (run: Simulation, amount: unknown) =>
  run.send({ kind: 'amend', actor: 'p1', vars: { amount: amount as number } });

describe('a condition handler', () => {
  const when = { catch: 'condition' as const, when: 'amount > 5', interrupting: false };

  it('happens each time it turns true, whatever the event', () => {
    const run = start([aUserTask('a', { on: [aHandler('h', when, [aUserTask('h1')])] })]);
    expect(run.open()).toEqual(['a']);

    amend(run, 9);
    amend(run, 10);
    expect(run.open()).toEqual(['a', 'h1']);
    expect(run.entries.at(-2)?.event).toMatchObject({ type: 'record_amended', data: { handlers: ['h'] } });
    amend(run, 3);
    amend(run, 7);

    expect(run.open()).toEqual(['a', 'h1', 'h1']);
  });

  it('that holds at the beginning happens then, and sees what the event has come to', () => {
    const decided = { catch: 'condition' as const, when: 'outcomes.a = "done"' };
    const on = [aHandler('h', decided, [aUserTask('h1')])];
    const run = start([aSubProcess('s', [aUserTask('a'), aUserTask('b')], on), aUserTask('c')]);

    run.complete('a', 'done');

    expect(run.open()).toEqual(['h1']);
    expect(start([aUserTask('a', { on: [aHandler('h', when, [aUserTask('h1')])] })], {}, 9).open()).toEqual([
      'a',
      'h1',
    ]);
  });

  it('that cannot be told is an incident; the step goes on, and a retry asks again', () => {
    const odd = { ...when, when: 'if amount > 5 then amount else false' };
    const run = start([aUserTask('a', { on: [aHandler('h', odd, [aUserTask('h1')])] })]);

    amend(run, 9);
    expect(run.open()).toEqual(['a']);
    expect(run.state.incidents).toMatchObject([{ code: 'expression_not_boolean', step: 'a' }]);
    run.send({ kind: 'retry', actor: 'operator', incident: run.state.incidents[0]!.id, vars: { amount: 2 } });

    expect(run.state.incidents).toEqual([]);
    run.complete('a', 'done');
    expect(run.state.status).toBe('completed');
  });

  it('that goes round stops at the step budget', () => {
    const on = [aHandler('h', { catch: 'condition', when: 'amount > 5' }, [aJump('j', 'a')])];
    const run = new Simulation(compile(load(aFlow([aUserTask('a', { on })]))), { limits: { transitions: 200 } });

    run.start('p1', { amount: 9 });

    expect(run.state.incidents).toMatchObject([{ code: 'step_budget' }]);
  });
});

describe('a cancel handler', () => {
  const undo = (id: string, steps: Step[]) => aHandler(id, { catch: 'cancel' }, steps);
  const part = (id: string) =>
    aSubProcess(id, [aUserTask(`${id}_work`)], [undo(`${id}_undo`, [aUserTask(`${id}_tidy`)])]);

  it.each(['withdraw', 'cancel'] as const)('runs when somebody asks to %s the case; then it is over', (kind) => {
    const on = [undo('u', [aUserTask('u1')])];
    const run = start([aParallel('p', [[part('s')], [part('t')]])], { on });
    run.complete('t_work', 'done');

    run.send({ kind, actor: 'p1', vars: {} });
    expect(run.open()).toEqual(['u1', 's_tidy']);
    expect(run.state.status).toBe('running');
    run.complete('u1', 'done');
    run.complete('s_tidy', 'done');

    expect(run.state).toMatchObject({ status: 'cancelled', outcome: kind === 'cancel' ? 'cancelled' : 'withdrawn' });
  });

  it('asked once more, the case is over at once; withdrawn it is but once', () => {
    const run = start([aUserTask('a')], { on: [undo('u', [aUserTask('u1'), aUserTask('u2')])] });
    run.send({ kind: 'withdraw', actor: 'p1', vars: {} });
    expect(run.send({ kind: 'withdraw', actor: 'p1', vars: {} })).toMatchObject({ code: 'act_not_allowed' });

    run.send({ kind: 'cancel', actor: 'operator', vars: {} });

    expect(run.state).toMatchObject({ status: 'cancelled', outcome: 'withdrawn', tasks: [], waits: [], timers: [] });
  });

  it('the way back ends where its branch begins', () => {
    const s = aSubProcess('s', [aUserTask('a')], [undo('u', [aUserTask('u1'), aUserTask('u2')])]);
    const run = start([aUserTask('z'), s]);
    run.complete('z', 'done');
    run.send({ kind: 'withdraw', actor: 'p1', vars: {} });
    run.complete('u1', 'done');

    expect(run.returnTo('u2', 'z')).toMatchObject({ code: 'return_target_invalid' });
    expect(run.returnTo('u2', 'u1')).toBeNull();
    expect(run.open()).toEqual(['u1']);
  });

  it('may be nothing but a service', () => {
    const run = start([aUserTask('a')], { on: [undo('u', [aServiceTask('tell')])] });

    run.send({ kind: 'withdraw', actor: 'p1', vars: {} });

    expect(run.state).toMatchObject({ status: 'cancelled', outcome: 'withdrawn' });
  });
});
