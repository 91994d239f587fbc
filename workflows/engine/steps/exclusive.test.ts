import { describe, expect, it } from 'vitest';
import { Simulation } from '../simulate.ts';
import { aHandler, anExclusive, aSubProcess, aUserTask, compileSteps } from '../testing.ts';

function split(when: string, vars: Record<string, string | number | null>): Simulation {
  const steps = [anExclusive('split', when, [aUserTask('then')], [aUserTask('else')]), aUserTask('after')];
  const run = new Simulation(compileSteps(steps, { types: { amount: 'money' } }));
  run.start('owner', vars);
  return run;
}

describe('exclusive', () => {
  it.each([
    ['amount > 5000', { amount: '5000.01' }, 'then'],
    ['amount > 5000', { amount: '5000.00' }, 'else'],
    ['amount > 5000', { amount: null }, 'else'],
    ['initiator = "owner"', {}, 'then'],
  ])('%s with %o goes to %s', (when, vars, expected) => {
    const run = split(when, vars);

    expect(run.open()).toEqual([expected]);
    run.complete(expected, 'done');
    expect(run.open()).toEqual(['after']);
  });

  it('goes on at once through an empty branch', () => {
    const run = new Simulation(
      compileSteps([anExclusive('split', 'false', [aUserTask('then')], []), aUserTask('after')]),
    );
    run.start('owner');

    expect(run.open()).toEqual(['after']);
  });

  it('stops with the expression and its inputs when a condition fails, and a retry evaluates it again', () => {
    const run = split('amount + place > 5', { amount: '5.00', place: 'here' });
    expect(run.state.incidents).toMatchObject([
      {
        step: 'split',
        code: 'expression_failed',
        detail: { expression: 'amount + place > 5', inputs: { amount: '5.00', place: 'here' } },
      },
    ]);

    run.send({ kind: 'retry', actor: 'operator', incident: run.state.incidents[0]?.id ?? 0, vars: { place: 1 } });

    expect(run.open()).toEqual(['then']);
  });

  it('waits where no way is given, which no handler of errors catches, until a retry finds one', () => {
    const caught = aHandler('caught', { catch: 'error' }, [aUserTask('mend')]);
    const scope = aSubProcess('scope', [anExclusive('split', 'amount > 5', [aUserTask('then')], null)], [caught]);
    const run = new Simulation(compileSteps([scope]));
    run.start('owner', { amount: 1 });
    expect([run.open(), run.state.incidents]).toMatchObject([[], [{ step: 'split', code: 'no_way' }]]);

    run.send({ kind: 'retry', actor: 'operator', incident: run.state.incidents[0]?.id ?? 0, vars: { amount: 6 } });
    expect(run.open()).toEqual(['then']);
  });

  it.each([
    [{ total: 'net + tax' }, 'total = 0.3'],
    [{ total: 'half * 2', half: 'net * 10.05' }, 'total = 2.02'],
  ])('rounds computed money as the table does: %o', (formulas: Record<string, string>, when) => {
    const steps = [anExclusive('split', when, [aUserTask('then')], [aUserTask('else')])];
    const types = { net: 'money', tax: 'money', half: 'money', total: 'money' } as const;
    const run = new Simulation(compileSteps(steps, { formulas, types }));
    run.start('owner', { net: '0.10', tax: '0.20' });

    expect(run.open()).toEqual(['then']);
  });

  it('rule 16: computes formulas from their inputs, which are all it holds', () => {
    const steps = [anExclusive('split', 'total > 10', [aUserTask('then')], [aUserTask('else')])];
    const run = new Simulation(compileSteps(steps, { formulas: { total: 'net + tax', net: 'price * 2' } }));
    run.start('owner', { price: 4, tax: 3, total: 0 });

    expect(run.open()).toEqual(['then']);
    expect(run.state.vars).toEqual({ price: 4, tax: 3 });
  });
});
