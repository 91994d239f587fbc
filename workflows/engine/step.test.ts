import { describe, expect, it } from 'vitest';
import { crash } from './crash.ts';
import { Simulation } from './simulate.ts';
import { aServiceTask, aUserTask, compileSteps } from './testing.ts';
import { checksumOf, openTasksOf, snapshot } from './views.ts';

describe('step', () => {
  it('stops with an incident when one event takes too many transitions, and a retry goes on', () => {
    const nobody = { assign: { rule: 'field' as const, field: 'helper' }, whenEmpty: 'skip' as const };
    const steps = Array.from({ length: 20 }, (_, index) => aUserTask(`s${index}`, { people: nobody }));
    const run = new Simulation(compileSteps([...steps, aUserTask('last')]), { limits: { transitions: 30 } });
    run.start('owner');
    expect(run.state.incidents).toMatchObject([{ code: 'step_budget' }]);
    expect(run.entries.at(-1)?.case.position).toHaveLength(1);

    for (let turn = 0; turn < 5 && run.state.incidents[0]; turn += 1) {
      run.send({ kind: 'retry', actor: 'operator', incident: run.state.incidents[0].id, vars: {} });
    }

    expect(run.open()).toEqual(['last']);
  });
});

describe('crash: what the engine fails on', () => {
  it('a timer becomes an incident, and a retry fires it', () => {
    const compiled = compileSteps([
      aUserTask('a', { due: { in: 'PT1H', then: { do: 'complete', outcome: 'done' } } }),
      aUserTask('b'),
    ]);
    const run = new Simulation(compiled);
    run.start('owner');
    const now = run.now + 3_600_000;

    const result = crash(compiled, run.state, { type: 'timer' }, now);

    expect(result.delta).toMatchObject({ rev: 2, case: { incidents: [{ step: 'a', code: 'engine_error' }] } });
    expect(result.state.timers).toEqual([]);
    run.state = result.state;
    run.send({ kind: 'retry', actor: 'operator', incident: result.state.incidents[0]?.id ?? 0, vars: {} });
    run.advance(3_600_000);
    expect(run.open()).toEqual(['b']);
  });

  it('a result becomes an incident, and a retry takes it', () => {
    const compiled = compileSteps([aServiceTask('print'), aUserTask('b')]);
    const run = new Simulation(compiled, { perform: () => undefined });
    run.start('owner');
    const effect = run.entries[0]?.effects[0]?.id ?? 0;

    const result = crash(compiled, run.state, { type: 'activityDone', effect, vars: {}, patch: 'p' }, run.now);
    run.state = result.state;
    run.send({ kind: 'retry', actor: 'operator', incident: result.state.incidents[0]?.id ?? 0, vars: {} });

    expect(run.open()).toEqual(['b']);
    expect(run.entries.at(-1)).toMatchObject({ event: { type: 'incident_retried' }, patchEffect: effect });
  });
});

describe('crash: a late result', () => {
  it('is only logged: a closed case shows no incident that nobody can retry', () => {
    const run = new Simulation(compileSteps([aServiceTask('print')]), { perform: () => undefined });
    run.start('owner');
    const effect = run.entries[0]?.effects[0]?.id ?? 0;
    run.send({ kind: 'cancel', actor: 'operator', vars: {} });

    const { state, delta } = crash(
      run.compiled,
      run.state,
      { type: 'activityDone', effect, vars: {}, patch: null },
      run.now,
    );

    expect(state).toMatchObject({ effects: [], incidents: [] });
    expect(delta).toMatchObject({ event: { type: 'activity_done', data: { crashed: true } } });
  });
});

describe('rule 5: open tasks', () => {
  it('travel as ids, above 50 as a count and a checksum', () => {
    const run = new Simulation(compileSteps([aUserTask('a')]));
    run.start('owner');
    const task = run.task('a');
    expect(openTasksOf(run.state)).toEqual({ ids: [task.id] });

    const tasks = Array.from({ length: 51 }, (_, index) => ({ ...task, id: `case-${index}` }));

    expect(openTasksOf({ ...run.state, tasks })).toEqual({
      count: 51,
      checksum: checksumOf(tasks.map(({ id }) => id).reverse()),
    });
  });

  it('are a picture that heals rows, also while the flow is not loaded', () => {
    const compiled = compileSteps([aUserTask('a')]);
    const run = new Simulation(compiled);
    run.start('owner');

    expect(snapshot(compiled, run.state)).toMatchObject({ rev: 1, tasks: [{ step: 'a' }], case: { position: ['a'] } });
    expect(snapshot(null, run.state)).toEqual(snapshot(compiled, run.state));
  });

  it('have a checksum both sides can compute: FNV-1a over the sorted ids', () => {
    expect(checksumOf([])).toBe('811c9dc5');
    expect(checksumOf(['b', 'a'])).toBe('08876b46');
  });
});
