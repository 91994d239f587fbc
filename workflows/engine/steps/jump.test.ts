import { describe, expect, it } from 'vitest';
import type { Step } from '../flow.gen.ts';
import { fold } from '../fold.ts';
import { Simulation } from '../simulate.ts';
import { aHandler, aJump, aLoop, anExclusive, aParallel, aTimer, aUserTask, compileSteps } from '../testing.ts';

describe('jump', () => {
  it('goes back to a step around it, and forgets what came after', () => {
    const again = anExclusive('again', 'amount > 5', [aUserTask('inside'), aJump('back', 'a')], []);
    const run = new Simulation(compileSteps([aUserTask('a'), aUserTask('b'), again, aUserTask('c')]));
    run.start('owner', { amount: 9 });
    for (const step of ['a', 'b', 'inside']) run.complete(step, 'done');
    expect([run.open(), run.state.trail]).toEqual([['a'], []]);

    run.complete('a', 'done', { vars: { amount: 1 } });
    run.complete('b', 'done');
    expect(run.open()).toEqual(['c']);
  });

  it('goes forward over steps, also out of a loop', () => {
    const body = [aUserTask('a'), anExclusive('out', 'amount > 5', [aJump('leave', 'last')], [])];
    const run = new Simulation(compileSteps([aLoop('round', 'false', body), aUserTask('between'), aUserTask('last')]));
    run.start('owner', { amount: 1 });
    run.complete('a', 'done');
    run.complete('a', 'done', { vars: { amount: 9 } });

    expect(run.open()).toEqual(['last']);
  });

  it('leaves the branches beside it alone', () => {
    const branch = [aUserTask('a'), anExclusive('again', 'amount > 5', [aJump('back', 'a')], [])];
    const run = new Simulation(compileSteps([aParallel('fork', [branch, [aUserTask('b')]])]));
    run.start('owner', { amount: 9 });
    const { id } = run.task('b');
    run.complete('a', 'done');

    expect([run.open().sort(), run.task('b').id]).toEqual([['a', 'b'], id]);
  });

  it('leaves what runs beside the steps it goes back over', () => {
    const remind = aHandler('late', { catch: 'timer', in: 'PT1H', interrupting: false }, [aUserTask('reminded')]);
    const again = anExclusive('again', 'amount > 5', [aJump('back', 'a')], []);
    const run = new Simulation(compileSteps([aUserTask('a', { on: [remind] }), aUserTask('b'), again]));
    run.start('owner', { amount: 9 });
    run.advance(3_600_000);
    run.complete('a', 'done');

    run.complete('b', 'done');

    expect(run.open().toSorted()).toEqual(['a', 'reminded']);
  });

  describe('round and round', () => {
    const nobodyFound = { resolve: () => ({ persons: [], explanation: { rule: 'role' as const, inputs: {} } }) };
    const nobody = { people: { assign: { rule: 'role' as const, role: 'staff' }, whenEmpty: 'skip' as const } };
    const round = (steps: Step[]) => new Simulation(compileSteps([...steps, aJump('back', steps[0]!.id)]), nobodyFound);
    const incidents = ({ state }: Simulation) => state.incidents.map(({ code, step }) => [code, step]);

    it('over steps that nobody does stops with an incident, and a retry goes on for as long again', () => {
      const run = round([aUserTask('a', nobody)]);
      run.start('owner');
      expect(incidents(run)).toEqual([['step_budget', 'back']]);
      const { length } = run.entries;
      run.send({ kind: 'retry', actor: 'operator', incident: run.state.incidents[0]!.id, vars: {} });

      expect(incidents(run)).toEqual([['step_budget', 'back']]);
      expect(run.entries.length).toBeGreaterThan(length + 50);
      expect(fold(run.compiled, 'case', run.entries)).toEqual(run.state);
    });

    it('with a timer in between goes on as long as it likes', () => {
      const run = round([aUserTask('a', nobody), aTimer('wait', { in: 'PT1S' })]);
      run.start('owner');
      run.advance(300_000);

      expect([incidents(run), run.entries.length > 300]).toEqual([[], true]);
    });

    it('by people goes on as long as they like', () => {
      const run = round([aUserTask('a'), aUserTask('b', nobody)]);
      run.start('owner');
      for (let turn = 0; turn < 150; turn += 1) run.complete('a', 'done');

      expect([incidents(run), run.open()]).toEqual([[], ['a']]);
    });
  });
});
