/** Handlers on steps, sub-processes and the flow: protocol.md rule 20, and who catches what. */
import { describe, expect, it } from 'vitest';
import { compile } from './compile.ts';
import type { Flow, Step } from './flow.gen.ts';
import { returnTargets } from './return.ts';
import { Simulation, type SimulationOptions } from './simulate.ts';
import {
  aFlow,
  aHandler,
  aJump,
  anApproval,
  anEnd,
  anExclusive,
  aLoop,
  aParallel,
  aServiceTask,
  aSubProcess,
  aThrow,
  aUserTask,
  load,
} from './testing.ts';

const HOUR = 3_600_000;
const start = (steps: Step[], given: { flow?: Partial<Flow>; options?: SimulationOptions } = {}): Simulation => {
  const run = new Simulation(compile(load(aFlow(steps, given.flow))), given.options);
  run.start('p1', { amount: 1 });
  return run;
};
const late = (id: string, steps: Step[], fields: { interrupting?: boolean; every?: string; times?: number } = {}) =>
  aHandler(id, { catch: 'timer', in: 'PT1H', ...fields }, steps);

describe('a timer handler on a step', () => {
  it('takes the place of the step, and the case goes on behind it', () => {
    const run = start([aUserTask('a', { on: [late('h', [aUserTask('h1')])] }), aUserTask('b')]);

    run.advance(HOUR);

    expect(run.open()).toEqual(['h1']);
    expect(run.entries.at(-1)).toMatchObject({
      event: { type: 'timer_fired', step: 'a', data: { timer: 'catch', part: 'instead.h', handlers: ['h'] } },
      closed: [{ step: 'a', state: 'cancelled' }],
    });
    run.complete('h1', 'done');
    expect(run.open()).toEqual(['b']);
  });

  it('is gone when the step is done', () => {
    const run = start([aUserTask('a', { on: [late('h', [aUserTask('h1')])] }), aUserTask('b')]);

    run.complete('a', 'done');

    expect(run.state.timers).toEqual([]);
    run.advance(2 * HOUR);
    expect(run.open()).toEqual(['b']);
  });

  it('rule 20: a branch beside outlives the step, and the scope waits for it', () => {
    const on = [late('h', [aUserTask('h1')], { interrupting: false })];
    const run = start([anExclusive('x', 'true', [aUserTask('a', { on })], []), aUserTask('b')]);
    run.advance(HOUR);
    expect(run.open()).toEqual(['a', 'h1']);

    run.complete('a', 'done');
    expect(run.open()).toEqual(['h1', 'b']);
    run.complete('b', 'done');

    expect(run.state.status).toBe('running');
    expect(run.entries.at(-1)?.case.position).toEqual(['h1']);
    run.complete('h1', 'done');
    expect(run.state.status).toBe('completed');
  });

  it('comes every so long, so often, each time with a branch of its own', () => {
    const on = [late('h', [aUserTask('h1')], { interrupting: false, every: 'PT1H', times: 3 })];
    const run = start([aUserTask('a', { on })]);

    run.advance(9 * HOUR);

    expect(run.open()).toEqual(['a', 'h1', 'h1', 'h1']);
    expect(run.state.timers).toEqual([]);
    expect(new Set(run.state.tasks.map(({ frame }) => frame)).size).toBe(4);
  });

  it('whose moment cannot be told is an incident, and a retry sets it', () => {
    const handler = aHandler('h', { catch: 'timer', at: 'if amount > 5 then now else amount' }, [aUserTask('h1')]);
    const run = start([aUserTask('a', { on: [handler] })]);
    expect(run.open()).toEqual(['a']);
    const incident = run.state.incidents[0];
    expect(incident).toMatchObject({ code: 'expression_not_moment', step: 'a', resume: { part: 'instead.h' } });

    run.send({ kind: 'retry', actor: 'operator', incident: incident!.id, vars: { amount: 9 } });
    run.advance(0);

    expect(run.open()).toEqual(['h1']);
  });

  it('that is due at once does not go round for ever', () => {
    const now = aHandler('h', { catch: 'timer', at: 'today' }, [aJump('back', 'a')]);
    const run = start([aUserTask('a', { on: [now] }), aUserTask('b')]);

    run.advance(HOUR);

    expect(run.state.incidents).toMatchObject([{ code: 'timer_spin', step: 'a' }]);
    expect(run.open()).toEqual(['a']);
  });

  it('interrupts an approval with all who are asked, and a parallel with all its branches', () => {
    const people = { assign: { rule: 'persons' as const, persons: ['p1', 'p2'] } };
    const resolve = () => ({ persons: ['p1', 'p2'], explanation: { rule: 'persons' as const, inputs: {} } });
    const steps = [
      anApproval('all', { mode: 'all', people, on: [late('h', [])] }),
      aParallel('both', [[aUserTask('c')], [aUserTask('d')]], { on: [late('g', [aUserTask('g1')])] }),
    ];
    const run = start(steps, { options: { resolve } });
    expect(run.open()).toEqual(['all', 'all']);

    run.advance(HOUR);
    expect(run.open()).toEqual(['c', 'd']);
    run.advance(HOUR);

    expect(run.open()).toEqual(['g1']);
    run.complete('g1', 'done');
    expect(run.state.status).toBe('completed');
  });
});

describe('rule 20: what closes a branch beside', () => {
  const beside = [late('h', [aUserTask('h1')], { interrupting: false })];

  it('the end of its scope', () => {
    const part = aSubProcess('s', [aUserTask('a', { on: beside }), anEnd('stop', 'over', { ends: 'scope' })]);
    const run = start([part, aUserTask('b')]);
    run.advance(HOUR);

    run.complete('a', 'done');

    expect(run.open()).toEqual(['b']);
  });

  it('a return that undoes its step, and not one that comes back behind it', () => {
    const steps = [aUserTask('z'), aUserTask('a', { on: beside }), aUserTask('b'), aUserTask('c')];
    const run = start(steps);
    run.complete('z', 'done');
    run.advance(HOUR);
    run.complete('a', 'done');
    run.complete('b', 'done');

    run.returnTo('c', 'b');
    expect(run.open()).toEqual(['h1', 'b']);
    run.returnTo('b', 'a');

    expect(run.open()).toEqual(['a']);
    run.complete('a', 'done');
    expect(run.state.trail.map(({ step }) => step)).toEqual(['z', 'a']);
  });

  it('a join that cancels the branch in which its step stands', () => {
    const both = aParallel('any', [[aUserTask('a', { on: beside })], [aUserTask('b')]], { join: 'any' });
    const run = start([both, aUserTask('c')]);
    run.advance(HOUR);

    run.complete('b', 'done');

    expect(run.open()).toEqual(['c']);
  });

  it('but not the join that its own branch has met', () => {
    const both = aParallel('any', [[aUserTask('a', { on: beside })], [aUserTask('b')]], { join: 'any' });
    const run = start([both, aUserTask('c')]);
    run.advance(HOUR);

    run.complete('a', 'done');

    expect(run.open()).toEqual(['h1', 'c']);
  });

  it('a round of a loop waits for its branches', () => {
    const run = start([aLoop('again', 'outcomes.h1 = "done"', [aUserTask('a', { on: beside })])]);
    run.advance(HOUR);
    run.complete('a', 'done');
    expect(run.open()).toEqual(['h1']);

    run.complete('h1', 'done');

    expect(run.state.status).toBe('completed');
  });
});

describe('a sub-process', () => {
  it('waits for what its handlers began beside, and an interrupting one ends it', () => {
    const on = [
      late('soon', [aUserTask('n1')], { interrupting: false }),
      aHandler('at2', { catch: 'timer', in: 'PT2H' }, [aUserTask('i1')]),
    ];
    const run = start([aSubProcess('s', [aUserTask('a')], on), aUserTask('b')]);
    run.advance(HOUR);
    run.complete('a', 'done');
    expect(run.open()).toEqual(['n1']);

    run.advance(HOUR);
    expect(run.open()).toEqual(['i1']);
    run.complete('i1', 'done');

    expect(run.open()).toEqual(['b']);
    expect(run.state.timers).toEqual([]);
  });

  it('a return leads into it when it is over, and its handlers are set anew', () => {
    const run = start([
      aSubProcess('s', [aUserTask('a'), aUserTask('b')], [late('h', [aUserTask('h1')])]),
      aUserTask('c'),
    ]);
    run.complete('a', 'done');
    run.complete('b', 'done');
    expect(returnTargets(run.compiled, run.state, run.task('c'))).toEqual(['a', 'b']);

    run.returnTo('c', 'b');
    expect(run.open()).toEqual(['b']);
    run.advance(HOUR);

    expect(run.open()).toEqual(['h1']);
  });

  it('rule 21: out of the branch that interrupted it a return leads before it, never into its steps', () => {
    const part = aSubProcess('s', [aUserTask('a'), aUserTask('b')], [late('h', [aUserTask('h0'), aUserTask('h1')])]);
    const run = start([aUserTask('z'), part, aUserTask('c')]);
    run.complete('z', 'done');
    run.complete('a', 'done');
    run.advance(HOUR);
    run.complete('h0', 'done');

    expect(returnTargets(run.compiled, run.state, run.task('h1'))).toEqual(['z', 'h0']);
    run.returnTo('h1', 'h0');
    expect(run.open()).toEqual(['h0']);
    run.complete('h0', 'done');
    run.returnTo('h1', 'z');

    expect(run.open()).toEqual(['z']);
    run.complete('z', 'done');
    expect(run.open()).toEqual(['a']);
  });

  it('returns within one of several branches of the same handler leave the others alone', () => {
    const on = [late('h', [aUserTask('h0'), aUserTask('h1')], { interrupting: false, every: 'PT1H', times: 2 })];
    const run = start([aUserTask('a', { on })]);
    run.advance(2 * HOUR);
    const [, , second] = run.state.tasks;
    run.send({ kind: 'complete', task: second!.id, assignment: 1, outcome: 'done', actor: 'p1', vars: {} });
    expect(run.open()).toEqual(['a', 'h0', 'h1']);

    expect(run.returnTo('h1', 'h0')).toBeNull();

    expect(run.open()).toEqual(['a', 'h0', 'h0']);
    expect(run.state.tasks.at(-1)?.frame).not.toBe(run.state.tasks.at(-2)?.frame);
  });
});

describe('errors', () => {
  const refusing = { perform: () => ({ error: 'too_low', business: true as const }) };

  it('of the business go to the nearest handler of their code', () => {
    const inner = aHandler('inner', { catch: 'error', codes: ['other'] }, [aUserTask('no')]);
    const outer = aHandler('outer', { catch: 'error', codes: ['too_low'] }, [aUserTask('yes')]);
    const steps = [aSubProcess('s', [aServiceTask('call', { on: [inner] })], [outer]), aUserTask('b')];
    const run = start(steps, { options: refusing });

    expect(run.open()).toEqual(['yes']);
    expect(run.entries.at(-1)?.event).toMatchObject({ type: 'activity_failed', data: { handlers: ['outer'] } });
    run.complete('yes', 'done');
    expect(run.open()).toEqual(['b']);
  });

  it('technical ones never are caught', () => {
    const on = [aHandler('h', { catch: 'error' }, [aUserTask('h1')])];
    const run = start([aServiceTask('call', { on })], { options: { perform: () => ({ error: 'timeout' }) } });

    expect(run.state.incidents).toMatchObject([{ code: 'activity_failed', detail: { error: 'timeout' } }]);
  });

  it('an error end goes past the branch that already took the place', () => {
    const again = anEnd('again', 'broken', { ends: 'error' });
    const on = [aHandler('h', { catch: 'error' }, [aUserTask('h1'), again])];
    const steps = [aSubProcess('s', [aUserTask('a'), anEnd('bad', 'broken', { ends: 'error' })], on), aUserTask('b')];
    const run = start(steps);
    run.complete('a', 'done');
    expect(run.open()).toEqual(['h1']);

    run.complete('h1', 'done');

    expect(run.state.incidents).toMatchObject([{ code: 'error_uncaught', step: 'again', detail: { error: 'broken' } }]);
  });

  it('on the flow take the place of everything, and end the case', () => {
    const on = [aHandler('h', { catch: 'error' }, [aUserTask('h1')])];
    const bad = [aUserTask('c'), anEnd('bad', 'broken', { ends: 'error' })];
    const run = start([aParallel('p', [[aUserTask('a')], bad]), aUserTask('b')], { flow: { on } });

    run.complete('c', 'done');
    expect(run.open()).toEqual(['h1']);
    run.complete('h1', 'done');

    expect(run.state).toMatchObject({ status: 'completed', outcome: 'completed' });
  });
});

describe('escalations', () => {
  it('of a handler’s own branch are for whoever is further out, not for itself', () => {
    const again = aHandler('h', { catch: 'escalation', interrupting: false }, [help, aUserTask('h1')]);
    const outer = aHandler('o', { catch: 'escalation', interrupting: false }, [aUserTask('o1')]);
    const run = start([aSubProcess('s', [help, aUserTask('a')], [again])], { flow: { on: [outer] } });

    expect(run.open().toSorted()).toEqual(['a', 'h1', 'o1']);
  });

  const help = aThrow('ask', { escalation: 'help' });

  it('start a branch beside, each time, and the thrower goes on', () => {
    const on = [aHandler('h', { catch: 'escalation', code: 'help', interrupting: false }, [aUserTask('h1')])];
    const run = start([aSubProcess('s', [help, aUserTask('a'), { ...help, id: 'ask2' }, aUserTask('b')], on)]);
    expect(run.open()).toEqual(['h1', 'a']);

    run.complete('a', 'done');

    expect(run.open()).toEqual(['h1', 'h1', 'b']);
    expect(run.entries.at(-1)?.event.data).toMatchObject({ handlers: ['h'], escalations: ['help'] });
  });

  it('interrupt the scope they were thrown in', () => {
    const on = [aHandler('h', { catch: 'escalation' }, [aUserTask('h1')])];
    const run = start([
      aSubProcess('s', [aParallel('p', [[aUserTask('a')], [help, aUserTask('b')]])], on),
      aUserTask('c'),
    ]);

    expect(run.open()).toEqual(['h1']);
  });

  it('without a handler are only in the log', () => {
    const run = start([help, aUserTask('a')]);

    expect(run.open()).toEqual(['a']);
    expect(run.entries[0]?.event.data).toMatchObject({ escalations: ['help'] });
  });
});

describe('a decision taken back', () => {
  it('is too late when a handler has begun since', () => {
    const run = start([
      aUserTask('a'),
      aUserTask('b', { on: [late('h', [aUserTask('h1')], { interrupting: false })] }),
    ]);
    run.complete('a', 'done');
    const decided = run.entries.at(-1)!.closed[0]!.task;
    run.advance(HOUR);

    expect(run.send({ kind: 'takeBack', decided, actor: 'p1', vars: {} })).toMatchObject({
      code: 'take_back_too_late',
    });
  });

  it('in a branch that is over cannot be', () => {
    const run = start([aUserTask('a', { on: [late('h', [aUserTask('h1')], { interrupting: false })] })]);
    run.advance(HOUR);
    run.complete('h1', 'done');
    const decided = run.entries.at(-1)!.closed[0]!.task;

    expect(run.send({ kind: 'takeBack', decided, actor: 'p1', vars: {} })).toMatchObject({
      code: 'take_back_too_late',
    });
  });
});
