import { describe, expect, it } from 'vitest';
import { crash } from './crash.ts';
import type { UserTask } from './flow.gen.ts';
import { Simulation } from './simulate.ts';
import { nextDue } from './state.ts';
import { aUserTask, compileSteps } from './testing.ts';
import { snapshot } from './views.ts';

const hour = 3_600_000;
const transfer = { do: 'transfer' as const, people: { assign: { rule: 'role' as const, role: 'manager' } } };

/** The second step may pause for a day and is due in four hours. */
function waiting(fields: Partial<UserTask> = {}, resolve?: () => undefined): Simulation {
  const due = { in: 'PT4H', remind: [{ before: 'PT1H' }], then: { do: 'escalate' as const, to: 'manager' } };
  const steps = [aUserTask('a'), aUserTask('b', { pause: { max: 'P1D' }, due, ...fields }), aUserTask('c')];
  const explanation = { rule: 'role' as const, inputs: {} };
  const run = new Simulation(compileSteps(steps), { resolve: resolve ?? (() => ({ persons: ['p9'], explanation })) });
  run.start('owner');
  run.complete('a', 'done');
  return run;
}
const started = (run: Simulation) => run.entries[1]?.at ?? 0;
const said = (run: Simulation) =>
  run.entries.flatMap((entry) => entry.notices.map(({ kind }) => [kind, (entry.at - started(run)) / hour]));

describe('pause', () => {
  it('stops reminders and due time until the moment given; all move by the time it stood', () => {
    const run = waiting();
    run.advance(2 * hour);

    expect(run.pause('b', 10 * hour)).toBeNull();

    const at = { pausedAt: run.now, pausedUntil: run.now + 10 * hour, dueAt: null };
    expect(run.entries.at(-1)).toMatchObject({
      event: { type: 'task_paused', step: 'b', actor: 'owner', data: { until: run.now + 10 * hour } },
      changed: [{ ...at, assignee: 'owner', assignment: 1 }],
    });
    expect(snapshot(run.compiled, run.state).tasks).toMatchObject([at]);
    run.advance(10 * hour);
    expect(run.entries.at(-1)).toMatchObject({
      event: { type: 'task_resumed', actor: null, command: null },
      changed: [{ pausedAt: null, pausedUntil: null, dueAt: started(run) + 14 * hour }],
    });
    run.advance(100 * hour);
    expect(said(run)).toEqual([
      ['reminder', 13],
      ['overdue', 14],
      ['escalation', 14],
    ]);
  });

  it('ends when somebody resumes; its own timer is gone', () => {
    const run = waiting();
    run.pause('b', 10 * hour);
    run.advance(hour);

    expect(run.resume('b')).toBeNull();

    expect(run.entries.at(-1)).toMatchObject({ event: { type: 'task_resumed', actor: 'owner' } });
    expect(run.task('b')).toMatchObject({ dueAt: started(run) + 5 * hour, paused: null });
    expect(nextDue(run.state)).toBe(started(run) + 4 * hour);
    expect(run.state.timers.some(({ what }) => what.kind === 'resume')).toBe(false);
  });

  it('stands no longer than the flow allows', () => {
    const run = waiting();
    run.pause('b', 1000 * hour);

    expect(run.task('b').paused?.until).toBe(run.now + 24 * hour);
    run.resume('b');
    run.pause('b', -hour);
    expect(run.task('b').paused?.until).toBe(run.now);
  });

  it('of a task that was overdue goes on with what is left to come', () => {
    const then = { do: 'escalate' as const, to: 'manager', after: 'PT2H' };
    const run = waiting({ due: { in: 'PT4H', then } });
    run.advance(5 * hour);
    run.pause('b', 3 * hour);
    run.advance(100 * hour);

    expect(said(run)).toEqual([
      ['overdue', 4],
      ['escalation', 9],
    ]);
  });

  it('is refused where the flow knows none, twice, and resumed only when it stands', () => {
    const run = waiting();
    const refused = { code: 'act_not_allowed' };

    expect(run.resume('b')).toMatchObject({ ...refused, params: { act: 'resume' } });
    run.pause('b', hour);
    expect(run.pause('b', hour)).toMatchObject({ ...refused, params: { act: 'pause' } });
    run.complete('b', 'done');
    expect(run.pause('c', hour)).toMatchObject({ ...refused, params: { act: 'pause' } });
  });

  it('does not keep the task from being decided or returned, and leaves no timer', () => {
    const [done, returned] = [waiting(), waiting()];
    for (const run of [done, returned]) run.pause('b', hour);

    expect(done.complete('b', 'done')).toBeNull();
    expect(returned.returnTo('b', 'a')).toBeNull();

    expect([done.open(), done.state.timers]).toEqual([['c'], []]);
    expect([returned.open(), returned.state.timers]).toEqual([['a'], []]);
  });

  it('ends when the task goes to somebody else, by hand or by an end action that was under way', () => {
    const run = waiting();
    run.pause('b', 10 * hour);
    run.advance(hour);
    const { id: task, assignment } = run.task('b');
    run.send({ kind: 'transfer', task, assignment, to: 'p2', actor: 'owner', vars: {} });
    expect(run.entries.at(-1)?.changed).toMatchObject([
      { assignee: 'p2', assignment: 2, pausedAt: null, dueAt: started(run) + 5 * hour },
    ]);

    const overdue = waiting({ due: { in: 'PT4H', then: transfer } }, () => undefined);
    overdue.advance(4 * hour);
    overdue.pause('b', 10 * hour);
    const effect = overdue.state.effects[0]?.id ?? 0;
    overdue.consume({
      type: 'resolved',
      effect,
      people: { persons: ['p9'], explanation: { rule: 'role', inputs: {} } },
    });
    expect(overdue.task('b')).toMatchObject({ assignee: 'p9', paused: null });
    expect(overdue.state.timers).toEqual([]);
  });

  it('whose end fails goes on by a retry, or by hand, which settles the incident', () => {
    const [retried, resumed] = [waiting(), waiting()];
    for (const run of [retried, resumed]) {
      run.pause('b', hour);
      run.now += hour;
      run.state = crash(run.compiled, run.state, { type: 'timer' }, run.now).state;
      expect(run.state.incidents).toMatchObject([{ code: 'engine_error' }]);
    }

    const incident = retried.state.incidents[0]?.id ?? 0;
    retried.send({ kind: 'retry', actor: 'operator', incident, vars: {} });
    retried.advance(0);
    resumed.resume('b');

    for (const run of [retried, resumed]) {
      expect(run.task('b').paused).toBeNull();
      expect(run.state.incidents).toEqual([]);
    }
  });
});
