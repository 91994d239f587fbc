import { describe, expect, it } from 'vitest';
import { Simulation } from '../simulate.ts';
import { anEnd, anExclusive, aParallel, aTimer, aUserTask, compileSteps } from '../testing.ts';
import type { Parallel } from '../flow.gen.ts';

function fork(join?: Parallel['join']): Simulation {
  const branches = [[aUserTask('a1'), aUserTask('a2')], [aUserTask('b')], [aUserTask('c')]];
  const run = new Simulation(
    compileSteps([aParallel('fork', branches, join === undefined ? {} : { join }), aUserTask('after')]),
  );
  run.start('owner');
  return run;
}

describe('parallel', () => {
  it('opens all branches in one event and goes on when the last is done', () => {
    const run = fork();
    expect(run.open()).toEqual(['a1', 'b', 'c']);
    expect(run.entries).toHaveLength(1);
    expect(run.entries[0]?.case.position).toEqual(['a1', 'b', 'c']);

    for (const step of ['b', 'a1', 'c']) run.complete(step, 'done');
    expect(run.open()).toEqual(['a2']);
    run.complete('a2', 'done');
    expect(run.open()).toEqual(['after']);
  });

  it('rule 24: any: the first branch done cancels the others in the same event, and a decision that was on its way is refused', () => {
    const run = fork('any');
    const late = run.task('c');
    run.complete('b', 'done');

    expect(run.open()).toEqual(['after']);
    expect(run.entries.at(-1)?.closed.map(({ step, state }) => [step, state])).toEqual([
      ['b', 'done'],
      ['a1', 'cancelled'],
      ['c', 'cancelled'],
    ]);
    const sent = { kind: 'complete' as const, task: late.id, assignment: late.assignment, outcome: 'done' };
    expect(run.send({ ...sent, actor: 'owner', vars: {} })).toMatchObject({ code: 'task_closed' });
  });

  it('rule 24: n: waits for so many', () => {
    const run = fork(2);
    run.complete('c', 'done');
    expect(run.open()).toEqual(['a1', 'b']);
    run.complete('b', 'done');

    expect(run.open()).toEqual(['after']);
  });

  it('goes on through empty branches, and waits for what is no task', () => {
    const run = new Simulation(compileSteps([aParallel('fork', [[], [aTimer('wait')]]), aUserTask('after')]));
    run.start('owner');
    expect([run.open(), run.entries.at(-1)?.case.position]).toEqual([[], ['wait']]);

    run.advance(3_600_000);
    expect(run.open()).toEqual(['after']);
  });

  it('holds parallels inside parallels', () => {
    const inner = aParallel('inner', [[aUserTask('x')], [aUserTask('y')]], { join: 'any' });
    const run = new Simulation(compileSteps([aParallel('outer', [[inner, aUserTask('z')], [aUserTask('b')]])]));
    run.start('owner');
    run.complete('y', 'done');
    expect(run.open()).toEqual(['b', 'z']);
    run.complete('b', 'done');
    run.complete('z', 'done');

    expect(run.state.status).toBe('completed');
  });

  it('is left by an end of the case from any branch, and by an end of the branch only there', () => {
    const stop = (ends: 'case' | 'branch') => {
      const branches = [
        [aUserTask('a'), anExclusive('e', 'true', [anEnd('stop', 'stopped', { ends })], [])],
        [aUserTask('b')],
      ];
      const run = new Simulation(compileSteps([aParallel('fork', branches), aUserTask('after')]));
      run.start('owner');
      run.complete('a', 'done');
      return run;
    };
    expect(stop('case').state).toMatchObject({ status: 'completed', outcome: 'stopped', tasks: [] });

    const run = stop('branch');
    expect(run.open()).toEqual(['b']);
    run.complete('b', 'done');
    expect(run.open()).toEqual(['after']);
  });
});
