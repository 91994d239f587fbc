import { describe, expect, it } from 'vitest';
import { Simulation } from '../simulate.ts';
import { aHandler, aJump, aRace, aUserTask, compileSteps } from '../testing.ts';
import type { Step } from '../flow.gen.ts';

const start = (steps: Step[], vars = {}): Simulation => {
  const run = new Simulation(compileSteps(steps));
  run.start('p1', vars);
  return run;
};
const answer = { catch: 'message' as const, name: 'answer', key: '"k1"' };
const late = { catch: 'timer' as const, in: 'PT3H' };

describe('race', () => {
  it('is decided by the first that happens; the others are waited for no more', () => {
    const run = start([
      aRace('r', [
        [answer, [aUserTask('a')]],
        [late, [aUserTask('b')]],
      ]),
      aUserTask('c'),
    ]);
    expect(run.entries.at(-1)?.case).toMatchObject({ position: ['r'], awaits: [{ step: 'r', part: 'branches.0' }] });

    run.message('answer', 'k1');
    expect(run.open()).toEqual(['a']);
    expect([run.state.timers, run.state.waits]).toEqual([[], []]);
    run.advance(9 * 3_600_000);
    run.complete('a', 'done');

    expect(run.open()).toEqual(['c']);
  });

  it('by time', () => {
    const run = start([
      aRace('r', [
        [answer, []],
        [late, [aUserTask('b')]],
      ]),
    ]);

    run.advance(3 * 3_600_000);

    expect(run.open()).toEqual(['b']);
    expect(run.message('answer', 'k1')).toBe(false);
  });

  it('by a condition, also one that holds already, and by a signal', () => {
    const when = { catch: 'condition' as const, when: 'amount > 5' };
    const steps = [
      aRace('r', [
        [{ catch: 'signal', name: 'go' }, [aUserTask('a')]],
        [when, [aUserTask('b')]],
      ]),
    ];

    expect(start(steps, { amount: 9 }).open()).toEqual(['b']);
    const run = start(steps, { amount: 1 });
    run.signal('go');
    expect(run.open()).toEqual(['a']);
  });

  it('keeps its handlers while a branch is gone', () => {
    const on = [aHandler('h', { catch: 'signal', name: 'stop' }, [aUserTask('h1')])];
    const run = start([
      aRace(
        'r',
        [
          [answer, [aUserTask('a')]],
          [late, []],
        ],
        { on },
      ),
    ]);
    run.message('answer', 'k1');

    run.signal('stop');

    expect(run.open()).toEqual(['h1']);
  });

  it('whose branch cannot be told waits for the others and for a retry', () => {
    const steps = [
      aRace('r', [
        [{ ...answer, key: 'order' }, [aUserTask('a')]],
        [late, [aUserTask('b')]],
      ]),
    ];
    const run = start(steps);
    expect(run.state.incidents).toMatchObject([{ code: 'key_missing', resume: { part: 'branches.0' } }]);

    run.advance(3 * 3_600_000);

    expect(run.open()).toEqual(['b']);
    expect(run.state.incidents).toEqual([]);
  });

  it('a return leads before it, and it waits anew', () => {
    const run = start([
      aUserTask('z'),
      aRace('r', [
        [answer, [aUserTask('a')]],
        [late, [aJump('j', 'z')]],
      ]),
    ]);
    run.complete('z', 'done');
    run.message('answer', 'k1');

    run.returnTo('a', 'z');
    run.complete('z', 'done');

    expect(run.entries.at(-1)?.case.position).toEqual(['r']);
    run.advance(3 * 3_600_000);
    expect(run.open()).toEqual(['z']);
  });
});
