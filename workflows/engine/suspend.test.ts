import { describe, expect, it } from 'vitest';
import { fold } from './fold.ts';
import { Simulation } from './simulate.ts';
import { aParallel, aServiceTask, aTimer, aUserTask, compileSteps } from './testing.ts';

const hour = 3_600_000;
const due = { in: 'PT4H', remind: [{ before: 'PT1H' }] };
const suspend = { kind: 'suspend' as const, actor: 'operator', vars: {} };
const resume = { kind: 'resumeCase' as const, actor: 'operator', vars: {} };

describe('a suspended case', () => {
  it('lets nobody act, and its clocks stand; resumed, all its times move by the time it stood', () => {
    const steps = [aParallel('p', [[aUserTask('a', { due })], [aTimer('wait', { in: 'PT2H' }), aUserTask('b')]])];
    const compiled = compileSteps(steps);
    const run = new Simulation(compiled);
    run.start('owner');
    const dueAt = run.task('a').dueAt ?? 0;
    run.advance(hour);

    run.send(suspend);
    expect(run.entries.at(-1)).toMatchObject({
      event: { type: 'case_suspended', actor: 'operator' },
      case: { status: 'suspended', position: ['a', 'wait'] },
      changed: [{ dueAt: null, pausedAt: null, pausedUntil: null }],
    });
    expect(run.complete('a', 'done')).toMatchObject({ code: 'case_suspended' });
    expect(run.send({ kind: 'withdraw', actor: 'owner', vars: {} })).toMatchObject({ code: 'case_suspended' });
    expect(run.send(suspend)).toMatchObject({ code: 'case_suspended' });
    run.advance(100 * hour);
    expect(run.entries).toHaveLength(2);

    run.send(resume);
    expect(run.entries.at(-1)).toMatchObject({
      event: { type: 'case_resumed' },
      case: { status: 'running' },
      changed: [{ dueAt: dueAt + 100 * hour }],
    });
    run.advance(hour);
    expect(run.open()).toEqual(['a', 'b']);
    run.advance(2 * hour);
    expect(run.entries.at(-1)).toMatchObject({ notices: [{ kind: 'overdue' }] });
    expect(fold(compiled, 'case', run.entries)).toEqual(run.state);
    expect(run.send(resume)).toMatchObject({ code: 'not_suspended' });
  });

  it('a pause in it ends when it was to end, or when the case goes on; the task is due as much later as both together', () => {
    const run = new Simulation(compileSteps([aUserTask('a', { due, pause: { max: 'P2D' } })]));
    run.start('owner');
    const dueAt = run.task('a').dueAt ?? 0;
    run.pause('a', 2 * hour);
    run.advance(hour);
    run.send(suspend);
    run.advance(10 * hour);
    run.send(resume);

    run.advance(0);

    expect(run.task('a')).toMatchObject({ paused: null, dueAt: dueAt + 11 * hour });
  });

  it('lets activities in flight finish; what they go on with waits', () => {
    const compiled = compileSteps([aServiceTask('print'), aUserTask('a')]);
    const run = new Simulation(compiled, { perform: () => undefined });
    run.start('owner');
    run.send(suspend);

    const effect = run.state.effects[0]!.id;
    run.consume({ type: 'activityDone', effect, vars: {}, patch: 'kept' });
    expect(run.entries.at(-1)).toMatchObject({ patchEffect: effect, opened: [], case: { position: ['print'] } });
    run.send(resume);

    expect(run.open()).toEqual(['a']);
    expect(fold(compiled, 'case', run.entries)).toEqual(run.state);
  });

  it('keeps the people that were being looked up until it goes on', () => {
    const people = { assign: { rule: 'role' as const, role: 'staff' } };
    const compiled = compileSteps([aUserTask('a', { people, due })]);
    const run = new Simulation(compiled, { resolve: () => undefined });
    run.start('owner');
    run.send(suspend);

    const found = { persons: ['p7'], explanation: { rule: 'role' as const, inputs: {} } };
    run.consume({ type: 'resolved', effect: run.state.effects[0]!.id, people: found });
    expect([run.open(), run.entries.at(-1)?.event.type]).toEqual([[], 'people_resolved']);
    run.advance(hour);
    run.send(resume);

    expect(run.task('a')).toMatchObject({ assignee: 'p7', dueAt: run.now + 4 * hour });
    expect(fold(compiled, 'case', run.entries)).toEqual(run.state);
  });

  it('may be cancelled; what was done is undone at once', () => {
    const compensate = { activity: 'undo' };
    const run = new Simulation(compileSteps([aServiceTask('pay', { compensate }), aUserTask('a')]));
    run.start('owner');
    run.send(suspend);

    run.send({ kind: 'cancel', actor: 'operator', vars: {} });

    expect(run.entries.map(({ event }) => event.type).slice(-2)).toEqual(['case_cancelled', 'step_compensated']);
    expect(run.state).toMatchObject({ status: 'cancelled', suspended: null });
  });
});
