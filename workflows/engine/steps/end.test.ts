import { describe, expect, it } from 'vitest';
import { Simulation } from '../simulate.ts';
import { aHandler, anEnd, anExclusive, aSubProcess, aUserTask, compileSteps } from '../testing.ts';

describe('end', () => {
  it('ends the case with its outcome and leaves nothing open', () => {
    const steps = [anExclusive('split', 'true', [anEnd('stop', 'refused')], []), aUserTask('after')];
    const run = new Simulation(compileSteps(steps));
    run.start('owner');

    expect(run.state).toMatchObject({ status: 'completed', outcome: 'refused', root: null, tasks: [] });
    expect(run.entries.at(-1)?.case).toEqual({
      status: 'completed',
      called: false,
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

  it('of a branch ends the flow with its outcome where nothing runs beside', () => {
    const early = anEnd('stop', 'refused', { ends: 'branch' });
    const run = new Simulation(compileSteps([anExclusive('split', 'true', [early], []), aUserTask('after')]));
    run.start('owner');

    expect(run.state).toMatchObject({ status: 'completed', outcome: 'refused' });
  });

  it('of a branch lets what runs beside the flow or a sub-process go on', () => {
    const beside = aHandler('told', { catch: 'signal', name: 'storm', interrupting: false }, [aUserTask('secure')]);
    const early = anEnd('stop', 'enough', { ends: 'branch' });
    const inside = aSubProcess('scope', [aUserTask('work'), early, aUserTask('never')], [beside]);
    const run = new Simulation(compileSteps([inside, aUserTask('after')]));
    run.start('owner');
    run.signal('storm');
    run.complete('work', 'done');
    expect(run.open()).toEqual(['secure']);
    run.complete('secure', 'done');

    expect(run.open()).toEqual(['after']);
  });
});
