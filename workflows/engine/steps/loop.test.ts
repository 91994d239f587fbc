import { describe, expect, it } from 'vitest';
import { returnTargets } from '../return.ts';
import { Simulation } from '../simulate.ts';
import { aLoop, aUserTask, compileSteps } from '../testing.ts';

const steps = [
  aUserTask('before'),
  aLoop('round', 'done = true', [aUserTask('a'), aUserTask('b')], 3),
  aUserTask('after'),
];
const compiled = compileSteps(steps);
function begun(): Simulation {
  const run = new Simulation(compiled);
  run.start('owner', { done: false });
  run.complete('before', 'done');
  return run;
}
function round(run: Simulation, done = false): void {
  run.complete('a', 'done');
  run.complete('b', 'done', { vars: { done } });
}

describe('loop', () => {
  it('does its steps again until the condition is true after a round', () => {
    const run = begun();
    round(run);
    expect(run.open()).toEqual(['a']);
    round(run, true);

    expect(run.open()).toEqual(['after']);
    expect(run.state.times).toMatchObject({ a: 2, b: 2 });
  });

  it('goes on after the most rounds', () => {
    const run = begun();
    for (let n = 1; n <= 3; n++) round(run);

    expect(run.open()).toEqual(['after']);
  });

  it('rule 21: a return stays in its round, and may leave the loop', () => {
    const run = begun();
    round(run);
    run.complete('a', 'done');
    expect(returnTargets(compiled, run.state, run.task('b'))).toEqual(['before', 'a']);
    run.returnTo('b', 'a');
    expect([run.open(), run.state.trail.map(({ step, item }) => `${step} ${item}`)]).toEqual([
      ['a'],
      ['before null', 'a 1', 'b 1'],
    ]);

    run.returnTo('a', 'before');
    expect([run.open(), run.state.trail]).toEqual([['before'], []]);
    run.complete('before', 'done');
    // From its first round again.
    for (let n = 1; n <= 3; n++) round(run);
    expect(run.open()).toEqual(['after']);
  });

  it('rule 21: straight back comes back to the same round', () => {
    const run = begun();
    round(run);
    run.complete('a', 'done');
    run.returnTo('b', 'a', { mode: 'straightBack' });
    run.complete('a', 'done');
    run.complete('b', 'done', { vars: { done: true } });

    expect(run.open()).toEqual(['after']);
  });

  it('asks its condition again after a retry, and does not begin anew', () => {
    const run = new Simulation(
      compileSteps([aLoop('round', 'if amount > 5 then amount else amount > 1', [aUserTask('a')])]),
    );
    run.start('owner', { amount: 9 });
    run.complete('a', 'done');
    const [incident] = run.state.incidents;
    expect(incident).toMatchObject({ step: 'round' });

    run.send({ kind: 'retry', actor: 'operator', incident: incident!.id, vars: { amount: 2 } });
    expect(run.state.status).toBe('completed');
  });
});
