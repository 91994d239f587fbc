import { describe, expect, it } from 'vitest';
import { refuse } from './refuse.ts';
import { Simulation } from './simulate.ts';
import { aUserTask, compileSteps } from './testing.ts';
import { snapshot } from './views.ts';

function started(fields: Parameters<typeof aUserTask>[1] = {}): Simulation {
  const run = new Simulation(compileSteps([aUserTask('a', fields), aUserTask('b')]));
  run.start('owner');
  return run;
}
const complete = (run: Simulation, fields: object = {}) => {
  const { id: task, assignment } = run.task('a');
  return run.send({ kind: 'complete', task, assignment, outcome: 'done', actor: 'owner', vars: {}, ...fields });
};

describe('refuse', () => {
  it('a second start', () => {
    expect(started().start('owner')).toMatchObject({ code: 'already_started' });
  });

  it('anything before the start', () => {
    const run = new Simulation(compileSteps([aUserTask('a')]));

    expect(run.send({ kind: 'cancel', actor: null, vars: {} })).toMatchObject({ code: 'act_not_allowed' });
  });

  it('thread 7: a task that is closed: of two decisions one counts', () => {
    const run = started();
    const { id: task } = run.task('a');
    complete(run);

    expect(run.send({ kind: 'complete', task, assignment: 1, outcome: 'done', actor: 'p2', vars: {} })).toEqual({
      code: 'task_closed',
      params: { task },
    });
  });

  it('an outcome the step does not have', () => {
    expect(complete(started(), { outcome: 'perhaps' })).toEqual({
      code: 'unknown_outcome',
      params: { outcome: 'perhaps' },
    });
  });

  it('rule 14 and thread 22: a command built for another version of the flow', () => {
    const run = started();
    run.state.flowVersion = 7;

    expect(complete(run)).toEqual({ code: 'flow_version_changed', params: { version: 7 } });
  });

  it('thread 23: nothing of a case whose step the next version no longer has: it is seen, and goes on by its own', () => {
    const run = new Simulation(compileSteps([aUserTask('a'), aUserTask('gone'), aUserTask('b')]));
    run.start('owner');
    run.complete('a', 'done');
    const next = compileSteps([aUserTask('a'), aUserTask('b')], { version: 2 });
    const { id: task, assignment } = run.task('gone');
    const done = { kind: 'complete' as const, task, assignment, outcome: 'done', actor: 'owner', vars: {} };
    const command = { ...done, id: 'x', n: 3, lowestPending: 3, flowVersion: next.ref.version };

    expect(refuse(next, run.state, command)).toEqual({ code: 'flow_version_changed', params: { version: 1 } });
    expect(snapshot(null, run.state)).toMatchObject({
      flowVersion: 1,
      tasks: [{ task, step: 'gone' }],
      case: { position: ['gone'] },
    });
    expect(run.send(done)).toBeNull();
    expect(run.open()).toEqual(['b']);
  });

  it('acts the step forbids', () => {
    const run = started({ allow: { transfer: false, withdraw: false } });
    const { id: task, assignment } = run.task('a');

    expect(run.send({ kind: 'transfer', task, assignment, to: 'p2', actor: 'owner', vars: {} })).toMatchObject({
      code: 'act_not_allowed',
    });
    expect(run.send({ kind: 'withdraw', actor: 'owner', vars: {} })).toEqual({
      code: 'act_not_allowed',
      params: { act: 'withdraw', step: 'a' },
    });
  });

  it('a retry of an incident that is settled', () => {
    expect(started().send({ kind: 'retry', incident: 5, actor: 'operator', vars: {} })).toMatchObject({
      code: 'incident_unknown',
    });
  });

  it('and changes nothing', () => {
    const run = started();
    const before = structuredClone(run.state);

    complete(run, { outcome: 'perhaps' });

    expect(run.state).toEqual(before);
  });
});
