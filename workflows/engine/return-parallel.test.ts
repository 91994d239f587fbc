/** Returns where branches run together (protocol.md rule 21): the threads that other engines lose. */
import { describe, expect, it } from 'vitest';
import { returnTargets } from './return.ts';
import { Simulation } from './simulate.ts';
import { aParallel, aUserTask, compileSteps, anApproval } from './testing.ts';
import type { Parallel } from './flow.gen.ts';

function compiledFork(join: Parallel['join'] = 'all') {
  return compileSteps([
    aUserTask('first'),
    aParallel(
      'fork',
      [
        [aUserTask('a1'), aUserTask('a2')],
        [aUserTask('b1'), aUserTask('b2')],
      ],
      { join },
    ),
    aUserTask('last'),
  ]);
}
function at(compiled: ReturnType<typeof compiledFork>, ...done: string[]): Simulation {
  const run = new Simulation(compiled);
  run.start('owner');
  for (const step of done) run.complete(step, 'done');
  return run;
}
const order = (run: Simulation) => run.open().sort();

describe('rule 21: return and parallel branches', () => {
  it('within a branch leaves the other untouched (ux.md threads 1 and 2)', () => {
    const run = at(compiledFork(), 'first', 'a1', 'b1');
    const beside = run.task('b2').id;
    expect(returnTargets(run.compiled, run.state, run.task('a2'))).toEqual(['first', 'a1']);
    run.returnTo('a2', 'a1');

    expect([order(run), run.task('b2').id]).toEqual([['a1', 'b2'], beside]);
    expect(run.state.trail.map(({ step }) => step)).toEqual(['first', 'b1']);
    for (const step of ['b2', 'a1', 'a2']) run.complete(step, 'done');
    expect(run.open()).toEqual(['last']);
  });

  it('never leads into a branch beside', () => {
    const run = at(compiledFork(), 'first', 'a1', 'b1');

    expect(run.returnTo('a2', 'b1')).toMatchObject({ code: 'return_target_invalid' });
  });

  it('to before the parallel closes all its branches, and the join waits for all of them again', () => {
    const run = at(compiledFork(), 'first', 'a1', 'b1');
    run.returnTo('a2', 'first');
    expect(order(run)).toEqual(['first']);
    expect(run.entries.at(-1)?.closed.map(({ step, state }) => [step, state])).toEqual([
      ['a2', 'done'],
      ['b2', 'cancelled'],
    ]);

    for (const step of ['first', 'a1', 'a2', 'b1']) run.complete(step, 'done');
    expect(run.open()).toEqual(['b2']);
    run.complete('b2', 'done');
    expect(run.open()).toEqual(['last']);
  });

  it('from behind into a closed parallel reopens only the target’s branch, and the join waits for it', () => {
    const run = at(compiledFork(), 'first', 'a1', 'b1', 'a2', 'b2');
    expect(returnTargets(run.compiled, run.state, run.task('last'))).toEqual(['first', 'a1', 'b1', 'a2', 'b2']);
    run.returnTo('last', 'b1');
    expect(run.open()).toEqual(['b1']);
    expect(run.state.trail.map(({ step }) => step)).toEqual(['first', 'a1', 'a2']);

    run.complete('b1', 'done');
    expect(run.open()).toEqual(['b2']);
    run.complete('b2', 'done');
    expect(run.open()).toEqual(['last']);
  });

  it('offers no branch of a parallel that did not wait for all', () => {
    const run = at(compiledFork('any'), 'first', 'a1', 'a2');

    expect(returnTargets(run.compiled, run.state, run.task('last'))).toEqual(['first']);
  });

  it('straight back opens the target beside the position; siblings go on, and the join still needs both', () => {
    const run = at(compiledFork(), 'first', 'a1', 'b1');
    run.returnTo('a2', 'first', { mode: 'straightBack' });
    expect(order(run)).toEqual(['b2', 'first']);
    run.complete('b2', 'done');
    run.complete('first', 'done');
    expect(run.open()).toEqual(['a2']);
    run.complete('a2', 'done');

    expect(run.open()).toEqual(['last']);
  });

  it('straight back into a closed parallel disturbs nothing of it', () => {
    const run = at(compiledFork(), 'first', 'a1', 'b1', 'a2', 'b2');
    run.returnTo('last', 'a1', { mode: 'straightBack' });
    run.complete('a1', 'done');

    expect(run.open()).toEqual(['last']);
  });

  it('to an approval by all asks each of them again (ux.md thread 1)', () => {
    const people = { assign: { rule: 'field' as const, field: 'board' } };
    const compiled = compileSteps([
      aParallel('fork', [[anApproval('all', { mode: 'all', people }), aUserTask('a')], [aUserTask('b')]]),
    ]);
    const run = new Simulation(compiled);
    run.start('owner', { board: ['p1', 'p2'] });
    run.complete('all', 'approved');
    run.complete('all', 'approved');
    run.returnTo('a', 'all');

    expect(run.state.tasks.map(({ step, assignee }) => [step, assignee])).toEqual([
      ['b', 'owner'],
      ['all', 'p1'],
      ['all', 'p2'],
    ]);
  });
});
