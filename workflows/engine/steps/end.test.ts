import { describe, expect, it } from 'vitest';
import { Simulation } from '../simulate.ts';
import { anEnd, anExclusive, aUserTask, compileSteps } from '../testing.ts';

describe('end', () => {
  it('ends the case with its outcome and leaves nothing open', () => {
    const steps = [anExclusive('split', 'true', [anEnd('stop', 'refused')], []), aUserTask('after')];
    const run = new Simulation(compileSteps(steps));
    run.start('owner');

    expect(run.state).toMatchObject({ status: 'completed', outcome: 'refused', root: null, tasks: [] });
    expect(run.entries.at(-1)?.case).toEqual({
      status: 'completed',
      outcome: 'refused',
      position: [],
      incidents: [],
      awaits: [],
    });
  });

  it('is reached by itself behind the last step', () => {
    const run = new Simulation(compileSteps([aUserTask('a')]));
    run.start('owner');
    run.complete('a', 'done');

    expect(run.state).toMatchObject({ status: 'completed', outcome: 'completed' });
    expect(run.send({ kind: 'cancel', actor: 'operator', vars: {} })).toMatchObject({ code: 'case_closed' });
  });
});
