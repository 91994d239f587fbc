import { describe, expect, it } from 'vitest';
import { Simulation } from '../simulate.ts';
import { aUserTask, compileSteps } from '../testing.ts';

const pool = { assign: { rule: 'pool' as const, role: 'dispatcher' } };

describe('userTask', () => {
  it('opens one task for the person of a field and goes on when it is done', () => {
    const people = { assign: { rule: 'field' as const, field: 'helper' } };
    const run = new Simulation(compileSteps([aUserTask('a', { people }), aUserTask('b')]));
    run.start('owner', { helper: 'p7' });
    expect(run.task('a')).toMatchObject({ assignee: 'p7', pool: null, assignment: 1 });

    run.complete('a', 'done');

    expect(run.open()).toEqual(['b']);
    expect(run.entries.at(-1)).toMatchObject({
      closed: [{ step: 'a', state: 'done', outcome: 'done', by: 'p7' }],
      opened: [{ step: 'b', assignee: 'owner' }],
    });
  });

  it('opens one row for a pool, whoever claims it', () => {
    const run = new Simulation(compileSteps([aUserTask('a', { people: pool })]));
    run.start('owner');

    expect(run.task('a')).toMatchObject({ assignee: null, pool: 'dispatcher' });
  });

  it.each([
    ['goes to the pool of managers unless told otherwise', undefined, { pool: 'manager' }],
    ['goes to the pool of a role', { role: 'hr' }, { pool: 'hr' }],
  ])('finding nobody, %s', (_name, whenEmpty, expected) => {
    const people = { assign: { rule: 'field' as const, field: 'helper' }, ...(whenEmpty ? { whenEmpty } : {}) };
    const run = new Simulation(compileSteps([aUserTask('a', { people })]));
    run.start('owner');

    expect(run.task('a')).toMatchObject({ ...expected, explanation: { policy: 'whenEmpty' } });
  });

  it('finding nobody, is passed over or stops with an incident', () => {
    const rule = { assign: { rule: 'field' as const, field: 'helper' } };
    const skip = new Simulation(
      compileSteps([aUserTask('a', { people: { ...rule, whenEmpty: 'skip' } }), aUserTask('b')]),
    );
    skip.start('owner');
    expect(skip.open()).toEqual(['b']);

    const stop = new Simulation(compileSteps([aUserTask('a', { people: { ...rule, whenEmpty: 'incident' } })]));
    stop.start('owner');
    expect(stop.state.incidents).toMatchObject([{ step: 'a', code: 'people_empty' }]);
    const incident = stop.state.incidents[0]?.id ?? 0;
    stop.send({ kind: 'retry', actor: 'operator', incident, vars: { helper: 'p7' } });
    expect(stop.task('a')).toMatchObject({ assignee: 'p7' });
    expect(stop.state.incidents).toEqual([]);
  });

  it('is passed over when its doer is the initiator and the flow says so', () => {
    const people = { assign: { rule: 'field' as const, field: 'helper' }, whenInitiator: 'skip' as const };
    const run = new Simulation(compileSteps([aUserTask('a', { people }), aUserTask('b')]));
    run.start('owner', { helper: 'owner' });

    expect(run.open()).toEqual(['b']);
  });

  it('rule 11: a reassigned task refuses what its former holder sends', () => {
    const run = new Simulation(compileSteps([aUserTask('a')]));
    run.start('owner');
    const { id: task } = run.task('a');

    expect(run.send({ kind: 'transfer', task, assignment: 1, to: 'p2', actor: 'owner', vars: {} })).toBeNull();

    expect(run.task('a')).toMatchObject({ assignee: 'p2', assignment: 2 });
    expect(
      run.send({ kind: 'complete', task, assignment: 1, outcome: 'done', actor: 'owner', vars: {} }),
    ).toMatchObject({
      code: 'assignment_changed',
    });
    expect(run.send({ kind: 'complete', task, assignment: 2, outcome: 'done', actor: 'p2', vars: {} })).toBeNull();
  });

  it('gives the first of the people that are looked up', () => {
    const people = { assign: { rule: 'leastLoaded' as const, role: 'technician' } };
    const explanation = { rule: 'leastLoaded' as const, inputs: {} };
    const run = new Simulation(compileSteps([aUserTask('a', { people })]), {
      resolve: () => ({ persons: ['p3', 'p4'], explanation }),
    });
    run.start('owner');

    expect(run.task('a')).toMatchObject({ assignee: 'p3', explanation });
    expect(run.entries.map(({ event }) => event.type)).toEqual(['case_started', 'people_resolved']);
  });
});
