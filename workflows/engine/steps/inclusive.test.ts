import { describe, expect, it } from 'vitest';
import { Simulation } from '../simulate.ts';
import { anInclusive, aUserTask, compileSteps } from '../testing.ts';

const steps = [
  anInclusive(
    'some',
    [
      ['amount > 5', [aUserTask('big')]],
      ['amount > 1', [aUserTask('small')]],
      ['amount + place > 9', [aUserTask('odd')]],
    ],
    [aUserTask('none')],
  ),
  aUserTask('after'),
];
function some(amount: number, place: number | string = 0): Simulation {
  const run = new Simulation(compileSteps(steps));
  run.start('owner', { amount, place });
  return run;
}

describe('inclusive', () => {
  it.each([
    [10, ['big', 'small', 'odd']],
    [2, ['small']],
    [0, ['none']],
  ])('begins every branch whose condition is true, else the other: %d → %o', (amount, expected) => {
    const run = some(amount);
    expect(run.open()).toEqual(expected);

    for (const step of [...expected].reverse()) {
      expect(run.open()).not.toContain('after');
      run.complete(step, 'done');
    }
    expect(run.open()).toEqual(['after']);
  });

  it('begins none while one condition fails, and all again after a retry', () => {
    const run = some(10, 'here');
    expect([run.open(), run.state.incidents[0]]).toMatchObject([[], { step: 'some', code: 'expression_failed' }]);

    const incident = run.state.incidents[0]!.id;
    run.send({ kind: 'retry', actor: 'operator', incident, vars: { place: 0 } });
    expect(run.open()).toEqual(['big', 'small', 'odd']);
  });

  it('waits where no condition holds and nothing is said for that', () => {
    const { otherwise: _none, ...step } = anInclusive('some', [['amount > 5', [aUserTask('big')]]]);
    const run = new Simulation(compileSteps([step]));
    run.start('owner', { amount: 1 });

    expect([run.open(), run.state.incidents]).toMatchObject([[], [{ step: 'some', code: 'no_way' }]]);
  });

  it('waits for a branch that was not begun where all must come, and begins it when it is tried again', () => {
    const run = new Simulation(
      compileSteps(
        [
          anInclusive('some', [
            ['amount > 1', [aUserTask('small')]],
            ['amount > 5', [aUserTask('big')]],
          ]),
          aUserTask('after'),
        ].map((step) => (step.kind === 'inclusive' ? { ...step, join: 'all' as const } : step)),
      ),
    );
    run.start('owner', { amount: 2 });
    run.complete('small', 'done');
    expect(run.state.incidents).toMatchObject([{ step: 'some', code: 'join_incomplete' }]);
    const again = (amount: number) =>
      run.send({ kind: 'retry', actor: 'operator', incident: run.state.incidents[0]!.id, vars: { amount } });
    again(0);
    expect(run.state.incidents).toMatchObject([{ step: 'some', code: 'join_incomplete' }]);
    again(6);
    run.complete('big', 'done');

    expect(run.open()).toEqual(['after']);
  });
});
