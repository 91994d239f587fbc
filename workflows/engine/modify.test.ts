import { describe, expect, it } from 'vitest';
import { Simulation } from './simulate.ts';
import type { Place } from './types.ts';
import { anApproval, anExclusive, aLoop, aParallel, aServiceTask, aUserTask, compileSteps } from './testing.ts';

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
