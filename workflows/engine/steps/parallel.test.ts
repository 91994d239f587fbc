import { describe, expect, it } from 'vitest';
import { Simulation } from '../simulate.ts';
import { anEnd, anExclusive, aParallel, aTimer, aUserTask, compileSteps } from '../testing.ts';
import type { Parallel, Step } from '../flow.gen.ts';

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

/** After `a` its branch is over before the join, when the amount is 0. */
function losing(join?: Parallel['join']): Step {
  const lost = anExclusive('x', 'amount = 0', [anEnd('stop', 'stopped', { ends: 'token' })], []);
  return aParallel('fork', [[aUserTask('a'), lost], [aUserTask('b')]], join === undefined ? {} : { join });
}
function run(steps: Step[], amount = 0): Simulation {
  const simulation = new Simulation(compileSteps(steps));
  simulation.start('owner', { amount });
  return simulation;
}
const operator = { actor: 'operator', vars: {} };

describe('a branch whose token is used up before the join', () => {
  it.each([['a', 'b'] as const, ['b', 'a'] as const])('leaves it waiting, in the order %s, %s', (first, second) => {
    const waiting = run([losing(), aUserTask('after')]);
    waiting.complete(first, 'done');
    expect(waiting.state.incidents).toEqual([]);
    waiting.complete(second, 'done');

    expect(waiting.open()).toEqual([]);
    expect(waiting.entries.at(-1)?.case).toMatchObject({
      status: 'running',
      position: ['fork'],
      incidents: [{ step: 'fork', code: 'join_incomplete', detail: { arrived: 1, needed: 2 } }],
    });
  });

  it('goes on once somebody skips the join', () => {
    const waiting = run([losing(), aUserTask('after')]);
    waiting.complete('a', 'done');
    waiting.complete('b', 'done');
    const [incident] = waiting.state.incidents;
    waiting.send({ kind: 'skip', ...operator, step: null, item: null, incident: incident!.id, outcome: null });

    expect(waiting.open()).toEqual(['after']);
  });

  it('begins that branch again when the join is tried again', () => {
    const waiting = run([losing(), aUserTask('after')]);
    waiting.complete('b', 'done');
    waiting.complete('a', 'done');
    waiting.send({ kind: 'retry', ...operator, incident: waiting.state.incidents[0]!.id, vars: { amount: 1 } });
    expect(waiting.open()).toEqual(['a']);
    waiting.complete('a', 'done');

    expect(waiting.open()).toEqual(['after']);
  });

  it('is open again when its last decision is taken back, and nothing waits in vain', () => {
    const waiting = run([losing(), aUserTask('after')]);
    waiting.complete('b', 'done');
    const decided = waiting.task('a').id;
    waiting.complete('a', 'done');
    waiting.send({ kind: 'takeBack', actor: 'owner', decided, vars: {} });

    expect([waiting.open(), waiting.state.incidents]).toEqual([['a'], []]);
  });

  it('is not waited for by an inclusive join', () => {
    const going = run([losing('inclusive'), aUserTask('after')]);
    going.complete('a', 'done');
    expect(going.open()).toEqual(['b']);
    going.complete('b', 'done');

    expect(going.open()).toEqual(['after']);
  });

  it.each(['all', 'inclusive'] as const)('ends the branch around when no other came to the join: %s', (join) => {
    const gone = aParallel('inner', [
      [anEnd('e1', 'gone', { ends: 'token' })],
      [anEnd('e2', 'gone', { ends: 'token' })],
    ]);
    const outer = aParallel('outer', [[{ ...gone, join }, aUserTask('never')], [aUserTask('b')]], {
      join: 'inclusive',
    });
    const going = run([outer, aUserTask('after')]);
    expect(going.open()).toEqual(['b']);
    going.complete('b', 'done');
    expect(going.open()).toEqual(['after']);

    expect(run([gone]).state).toMatchObject({ status: 'completed', outcome: 'gone' });
  });

  it('is still not waited for, or missing, after a migration', () => {
    for (const [join, expected] of [
      ['inclusive', ['after']],
      ['all', []],
    ] as const) {
      const moved = run([losing(join), aUserTask('after')]);
      moved.complete('a', 'done');
      const target = compileSteps([aUserTask('before'), losing(join), aUserTask('after')], { version: 2 });
      expect(moved.migrate(target, {})).toBeNull();
      moved.complete('b', 'done');
      expect(moved.open()).toEqual(expected);
    }
  });
});
