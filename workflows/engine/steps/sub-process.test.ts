import { describe, expect, it } from 'vitest';
import { Simulation } from '../simulate.ts';
import { anEnd, anExclusive, aParallel, aSubProcess, aUserTask, compileSteps } from '../testing.ts';
import type { Step } from '../flow.gen.ts';

const start = (steps: Step[]): Simulation => {
  const run = new Simulation(compileSteps(steps));
  run.start('p1', { amount: 9 });
  return run;
};

describe('subProcess', () => {
  it('does its steps, and the case goes on', () => {
    const run = start([aSubProcess('s', [aUserTask('a'), aUserTask('b')]), aUserTask('c')]);

    for (const step of ['a', 'b', 'c']) run.complete(step, 'done');

    expect(run.state.status).toBe('completed');
  });

  it('an end of the scope cancels whatever else is open in it, and nothing outside', () => {
    const stop = anExclusive('x', 'amount > 5', [anEnd('stop', 'over', { ends: 'scope' })], []);
    const inner = aSubProcess('s', [aParallel('p', [[aUserTask('a')], [aUserTask('b'), stop]])]);
    const run = start([aParallel('q', [[inner, aUserTask('c')], [aUserTask('d')]])]);

    run.complete('b', 'done');

    expect(run.open()).toEqual(['d', 'c']);
  });
});
