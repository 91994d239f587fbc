import { describe, expect, it } from 'vitest';
import { Simulation } from './simulate.ts';
import type { Place } from './types.ts';
import { compile } from './compile.ts';
import type { Step } from './flow.gen.ts';
import {
  aFlow,
  aHandler,
  anApproval,
  anExclusive,
  aLoop,
  aParallel,
  aServiceTask,
  aSubProcess,
  aUserTask,
  compileSteps,
  load,
} from './testing.ts';

const at = (...steps: string[]): Place[] => steps.map((step) => ({ step, item: null }));
const moving = (cancel: Place[], start: Place[], compensate = true) => {
  return { kind: 'modify' as const, actor: 'operator', vars: {}, cancel, start, compensate };
};
const both = aParallel('both', [[aUserTask('x'), aUserTask('x2')], [aUserTask('y')], [aUserTask('z')]]);

function started(...steps: Parameters<typeof compileSteps>[0]): Simulation {
  const run = new Simulation(compileSteps(steps));
  run.start('owner');
  return run;
}

describe('rule 14: modify', () => {
  it('takes work away where it stands and begins it elsewhere, in one event', () => {
    const run = started(aUserTask('a'), aUserTask('b'), aUserTask('c'));

    run.send(moving(at('a'), at('c')));

    expect(run.entries.at(-1)).toMatchObject({
      event: { type: 'case_modified', actor: 'operator', data: { cancelled: ['a'], started: ['c'] } },
      closed: [{ step: 'a', state: 'cancelled' }],
      opened: [{ step: 'c' }],
    });
    run.complete('c', 'done');
    expect(run.state.status).toBe('completed');
  });

  it('rule 21: inside a parallel the other branches count as arrived; two may begin; its join is met', () => {
    const run = started(aUserTask('a'), both, aUserTask('b'));
    run.send(moving(at('a'), at('x2', 'y')));
    expect(run.open()).toEqual(['x2', 'y']);

    run.complete('x2', 'done');
    run.complete('y', 'done');

    expect(run.open()).toEqual(['b']);
  });

  it('a branch from which all is taken away counts as done; one that is done begins again', () => {
    const run = started(both, aUserTask('b'));
    run.complete('z', 'done');
    run.send(moving(at('x'), []));
    expect(run.open()).toEqual(['y']);

    run.send(moving([], at('z')));
    expect(run.open()).toEqual(['y', 'z']);
    run.complete('y', 'done');
    run.complete('z', 'done');

    expect(run.open()).toEqual(['b']);
  });

  it('into the other branch of a choice, and into a named round of a loop', () => {
    const choice = anExclusive('choice', 'false', [aUserTask('big')], [aUserTask('small')]);
    const run = started(choice, aLoop('l', 'false', [aUserTask('r')], 3), aUserTask('b'));
    run.send(moving(at('small'), at('big')));
    expect(run.open()).toEqual(['big']);

    run.send(moving(at('big'), [{ step: 'r', item: '3' }]));
    run.complete('r', 'done');

    expect(run.open()).toEqual(['b']);
  });

  it('undoes what it goes back over, unless told not to', () => {
    const compensate = { activity: 'undo' };
    const undone: boolean[] = [];
    for (const wanted of [true, false]) {
      const compiled = compileSteps([aUserTask('a'), aServiceTask('pay', { compensate }), aUserTask('b')]);
      const calls: (number | null)[] = [];
      const run = new Simulation(compiled, {
        perform: ({ undoes }) => {
          calls.push(undoes);
          return { vars: {}, patch: null };
        },
      });
      run.start('owner');
      run.complete('a', 'done');
      run.send(moving(at('b'), at('a'), wanted));
      expect(run.open()).toEqual(['a']);
      undone.push(calls.length === 2);
    }
    expect(undone).toEqual([true, false]);
  });

  it('of a suspended case; what it begins waits until it is resumed', () => {
    const run = started(aUserTask('a', { due: { in: 'PT1H' } }), anApproval('ok'));
    run.send({ kind: 'suspend', actor: 'operator', vars: {} });

    run.send(moving(at('a'), at('ok')));
    expect([run.open(), run.entries.at(-1)?.case.position]).toEqual([[], ['ok']]);
    run.send({ kind: 'resumeCase', actor: 'operator', vars: {} });

    expect([run.open(), run.state.timers]).toEqual([['ok'], []]);
  });

  describe('in the branches of handlers', () => {
    const storm = (steps: Step[], fields: object = { interrupting: false }) =>
      aHandler('storm', { catch: 'signal', name: 'storm', ...fields }, steps);
    function stormy(steps: Step[], on = [storm([aUserTask('h1'), aUserTask('h2')])]): Simulation {
      const run = new Simulation(compile(load(aFlow(steps, { on }))));
      run.start('owner');
      run.signal('storm');
      return run;
    }

    it('does not bring a case back that is being cancelled', () => {
      const undo = aHandler('gone', { catch: 'cancel' }, [aUserTask('u1'), aUserTask('u2')]);
      const run = new Simulation(compile(load(aFlow([aUserTask('a'), aUserTask('b')], { on: [undo] }))));
      run.start('p1');
      run.send({ kind: 'cancel', actor: 'operator', vars: {} });

      expect(run.send(moving(at('u1'), at('b')))).toMatchObject({ params: { reason: 'case_cancelled', step: 'b' } });
      expect(run.send(moving(at('u1'), at('u2')))).toBeNull();
      expect(run.open()).toEqual(['u2']);
    });

    it('cancels what runs beside, and leaves the rest', () => {
      const run = stormy([aUserTask('a'), aUserTask('b')]);
      expect(run.open()).toEqual(['a', 'h1']);
      expect(run.send(moving(at('h1'), []))).toBeNull();
      expect(run.open()).toEqual(['a']);
      run.complete('a', 'done');
      run.complete('b', 'done');

      expect(run.state.status).toBe('completed');
    });

    it('moves it within its branch, which goes on from there', () => {
      const run = stormy([aUserTask('a')]);
      expect(run.send(moving(at('h1'), at('h2')))).toBeNull();
      expect(run.open()).toEqual(['a', 'h2']);
      run.complete('a', 'done');
      expect(run.open()).toEqual(['h2']);
      run.complete('h2', 'done');

      expect(run.state.status).toBe('completed');
    });

    it('a scope that only waited for the branch is done without it', () => {
      const sub = aSubProcess('s', [aUserTask('a')], [storm([aUserTask('h1')])]);
      const run = new Simulation(compileSteps([sub, aUserTask('b')]));
      run.start('owner');
      run.signal('storm');
      run.complete('a', 'done');
      expect(run.open()).toEqual(['h1']);
      expect(run.send(moving(at('h1'), []))).toBeNull();

      expect(run.open()).toEqual(['b']);
    });

    it('of two turns of a branch it has to be said which', () => {
      const run = stormy([aUserTask('a')]);
      run.signal('storm');
      expect(run.open()).toEqual(['a', 'h1', 'h1']);
      expect(run.send(moving(at('h1'), []))).toMatchObject({ params: { reason: 'not_there' } });
      const { item } = run.state.tasks.at(-1)!;
      expect(run.send(moving([{ step: 'h1', item }], [{ step: 'h2', item }]))).toBeNull();

      expect(run.open()).toEqual(['a', 'h1', 'h2']);
    });

    it('of one that has taken the place of a step: moved within, or given up with the step', () => {
      const steps = [aUserTask('a', { on: [storm([aUserTask('h1'), aUserTask('h2')], {})] }), aUserTask('b')];
      const within = stormy(steps, []);
      expect(within.open()).toEqual(['h1']);
      expect(within.send(moving(at('h1'), at('h2')))).toBeNull();
      within.complete('h2', 'done');
      expect(within.open()).toEqual(['b']);

      const out = stormy(steps, []);
      expect(out.send(moving(at('h1'), at('b')))).toBeNull();
      expect(out.open()).toEqual(['b']);
    });

    it('begins none that its handler has not begun, and leaves no case with nothing', () => {
      const run = started(aUserTask('a', { on: [storm([aUserTask('h1')])] }));
      expect(run.send(moving([], at('h1')))).toMatchObject({ params: { reason: 'in_handler' } });
      const last = stormy([aUserTask('a')]);
      last.complete('a', 'done');

      expect(last.send(moving(at('h1'), []))).toMatchObject({ params: { reason: 'nothing_left' } });
    });
  });

  it.each([
    ['nothing_to_do', [], []],
    ['not_there', at('b'), []],
    ['unknown_step', [], at('nowhere')],
    ['place_taken', [], at('b')],
    ['nothing_left', at('a'), []],
    ['unknown_round', at('a'), [{ step: 'r', item: '9' }]],
    ['unknown_round', at('a'), [{ step: 'b', item: '1' }]],
  ])('is refused where it would leave no sound position: %s', (reason, cancel, start) => {
    const run = started(aUserTask('a'), aUserTask('b'), aLoop('l', 'false', [aUserTask('r')], 3));
    const before = JSON.stringify(run.state);

    expect(run.send(moving(cancel, start))).toMatchObject({ code: 'modify_invalid', params: { reason } });
    expect(JSON.stringify(run.state)).toBe(before);
  });
});
