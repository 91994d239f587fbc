/** Folding the log gives the same case as running it (rule 19), also where the engine itself failed in between. */
import { describe, expect, it } from 'vitest';
import { crash, type Unwaited } from './crash.ts';
import { fold } from './fold.ts';
import { Simulation } from './simulate.ts';
import { aServiceTask, aUserTask, compileSteps } from './testing.ts';

/** As the shell does where `step` throws. */
function fail(run: Simulation, event: Unwaited): void {
  const { state, delta } = crash(run.compiled, run.state, event, run.now);
  run.state = state;
  if (delta) run.entries.push(delta);
}
const retry = (run: Simulation) =>
  run.send({ kind: 'retry', actor: 'operator', incident: run.state.incidents[0]?.id ?? 0, vars: {} });

describe('fold', () => {
  it('stops where the engine failed on a timer, and goes on where a retry did', () => {
    const due = { in: 'PT1H', then: { do: 'complete' as const, outcome: 'done' } };
    const compiled = compileSteps([aUserTask('a', { due }), aUserTask('b')]);
    const run = new Simulation(compiled);
    run.start('owner');
    run.now += 3_600_000;
    fail(run, { type: 'timer' });
    expect(fold(compiled, 'case', run.entries)).toEqual(run.state);

    retry(run);
    run.consume({ type: 'timer' });

    expect(run.open()).toEqual(['b']);
    expect(fold(compiled, 'case', run.entries)).toEqual(run.state);
  });

  it('stops where the engine failed on a result, and takes it where a retry did', () => {
    const compiled = compileSteps([aServiceTask('print'), aUserTask('b')]);
    const run = new Simulation(compiled, { perform: () => undefined });
    run.start('owner');
    const effect = run.entries[0]?.effects[0]?.id ?? 0;
    fail(run, { type: 'activityDone', effect, vars: {}, patch: 'p' });
    expect(fold(compiled, 'case', run.entries)).toEqual(run.state);

    retry(run);

    expect(run.open()).toEqual(['b']);
    expect(fold(compiled, 'case', run.entries)).toEqual(run.state);
  });

  it('takes an activity that failed with that very code as what it is', () => {
    const compiled = compileSteps([aServiceTask('print')]);
    const run = new Simulation(compiled, { perform: () => ({ error: 'engine_error' }) });
    run.start('owner');

    expect(fold(compiled, 'case', run.entries)).toEqual(run.state);
    expect(run.state.incidents).toMatchObject([{ code: 'activity_failed' }]);
  });
});
