import { describe, expect, it } from 'vitest';
import type { Due } from './flow.gen.ts';
import { Simulation } from './simulate.ts';
import { nextDue } from './state.ts';
import { aUserTask, compileSteps } from './testing.ts';

const hour = 3_600_000;

function waiting(due: Due, options: { resolve?: string[] } = {}): Simulation {
  const steps = [aUserTask('a'), aUserTask('b', { due }), aUserTask('c')];
  const run = new Simulation(compileSteps(steps), {
    resolve: () => ({ persons: options.resolve ?? [], explanation: { rule: 'role', inputs: {} } }),
  });
  run.start('owner');
  run.complete('a', 'done');
  return run;
}
const said = (run: Simulation) =>
  run.entries.flatMap((entry) => entry.notices.map(({ kind }) => [kind, (entry.at - start(run)) / hour]));
const start = (run: Simulation) => run.entries[1]?.at ?? 0;

describe('due', () => {
  it('keeps absolute due times, the earliest first', () => {
    const run = waiting({ in: 'P1D', remind: [{ before: 'PT2H' }] });

    expect(run.task('b').dueAt).toBe(run.now + 24 * hour);
    expect(nextDue(run.state)).toBe(run.now + 22 * hour);
    run.complete('b', 'done');
    expect(nextDue(run.state)).toBeNull();
  });

  it('thread 25: reminds before and after, again and again, each in its own event', () => {
    const run = waiting({ in: 'PT4H', remind: [{ before: 'PT1H' }, { after: 'PT1H', every: 'PT2H', times: 3 }] });

    run.advance(100 * hour);

    expect(said(run)).toEqual([
      ['reminder', 3],
      ['overdue', 4],
      ['overdue', 5],
      ['overdue', 7],
      ['overdue', 9],
    ]);
    expect(run.state.timers).toEqual([]);
  });

  it('thread 25: escalates at once or later, and the task stays where it is', () => {
    const atOnce = waiting({ in: 'PT4H', then: { do: 'escalate', to: 'manager' } });
    atOnce.advance(4 * hour);
    expect(atOnce.entries.at(-1)?.notices).toMatchObject([
      { kind: 'overdue', to: 'holders' },
      { kind: 'escalation', to: { role: 'manager' } },
    ]);

    const later = waiting({ in: 'PT4H', then: { do: 'escalate', to: 'manager', after: 'PT2H' } });
    later.advance(8 * hour);
    expect(said(later)).toEqual([
      ['overdue', 4],
      ['escalation', 6],
    ]);
    expect(later.open()).toEqual(['b']);
  });

  it('thread 25: after two years is as alive as on the first day', () => {
    const year = 365 * 24 * hour;
    const run = waiting({ in: 'P700D', remind: [{ before: 'P30D' }], then: { do: 'escalate', to: 'manager' } });

    run.advance(2 * year);

    expect(said(run)).toEqual([
      ['reminder', 670 * 24],
      ['overdue', 700 * 24],
      ['escalation', 700 * 24],
    ]);
    expect(run.complete('b', 'done')).toBeNull();
    run.advance(2 * year);
    expect(run.complete('c', 'done')).toBeNull();
    expect(run.state.status).toBe('completed');
  });

  it('thread 25: completes with an outcome, by nobody', () => {
    const run = waiting({ in: 'PT4H', then: { do: 'complete', outcome: 'done' } });
    run.advance(4 * hour);

    expect(run.open()).toEqual(['c']);
    expect(run.entries.at(-1)).toMatchObject({
      event: { type: 'timer_fired', actor: null, data: { action: 'complete' } },
      closed: [{ step: 'b', outcome: 'done', by: null }],
    });
  });

  it('hands over to a rule with a new assignment', () => {
    const then = { do: 'transfer' as const, people: { assign: { rule: 'role' as const, role: 'manager' } } };
    const run = waiting({ in: 'PT4H', then }, { resolve: ['p9'] });
    run.advance(4 * hour);

    expect(run.task('b')).toMatchObject({ assignee: 'p9', assignment: 2 });
    expect(run.entries.at(-1)?.changed).toMatchObject([{ assignee: 'p9', assignment: 2 }]);
  });

  it('hands over to the managers when the rule finds nobody', () => {
    const then = { do: 'transfer' as const, people: { assign: { rule: 'role' as const, role: 'hr' } } };
    const run = waiting({ in: 'PT4H', then });
    run.advance(4 * hour);

    expect(run.task('b')).toMatchObject({ assignee: null, pool: 'manager', assignment: 2 });
  });

  it('stops with an incident when the rule finds nobody and the flow says so; deciding the task settles it', () => {
    const people = { assign: { rule: 'field' as const, field: 'helper' }, whenEmpty: 'incident' as const };
    const run = waiting({ in: 'PT4H', then: { do: 'transfer', people } });
    run.advance(4 * hour);
    expect(run.state.incidents).toMatchObject([{ step: 'b', code: 'people_empty' }]);
    expect(run.task('b')).toMatchObject({ assignee: 'owner', assignment: 1 });

    run.complete('b', 'done');

    expect(run.state.incidents).toEqual([]);
    expect(run.open()).toEqual(['c']);
  });

  it('hands over when that incident is retried', () => {
    const people = { assign: { rule: 'field' as const, field: 'helper' }, whenEmpty: 'incident' as const };
    const run = waiting({ in: 'PT4H', then: { do: 'transfer', people } });
    run.advance(4 * hour);

    run.send({ kind: 'retry', actor: 'operator', incident: run.state.incidents[0]?.id ?? 0, vars: { helper: 'p7' } });

    expect(run.task('b')).toMatchObject({ assignee: 'p7', assignment: 2 });
  });

  it('sends the case back', () => {
    const run = waiting({ in: 'PT4H', then: { do: 'return', step: 'a' } });
    run.advance(4 * hour);

    expect(run.task('a')).toMatchObject({ assignee: 'owner', returnedBy: null });
  });

  it('a timer event with nothing due leaves no trace', () => {
    const run = waiting({ in: 'PT4H' });
    const { rev } = run.state;

    run.consume({ type: 'timer' });

    expect(run.state.rev).toBe(rev);
  });

  it('does not make up for reminders missed while nothing ran', () => {
    const run = waiting({ in: 'PT4H', remind: [{ after: 'PT1H', every: 'PT2H', times: 6 }] });
    const notices = () => run.entries.flatMap((entry) => entry.notices).length;
    run.now += 10 * hour;

    while ((nextDue(run.state) ?? Infinity) <= run.now) run.consume({ type: 'timer' });

    expect(notices()).toBe(2);
    expect(nextDue(run.state)).toBe(start(run) + 11 * hour);
    run.advance(100 * hour);
    expect(notices()).toBe(5);
  });

  it('tells the holders where the rule finds nobody to hand over to and the flow says skip', () => {
    const people = { assign: { rule: 'field' as const, field: 'helper' }, whenEmpty: 'skip' as const };
    const run = waiting({ in: 'PT4H', then: { do: 'transfer', people } });
    run.advance(4 * hour);

    expect(run.task('b')).toMatchObject({ assignee: 'owner', assignment: 1 });
    expect(run.entries.at(-1)?.notices).toMatchObject([{ kind: 'overdue', to: 'holders' }]);
  });
});

describe('due times that only chase each other', () => {
  it('stop with an incident instead of going round without end', () => {
    const now = { at: 'now' };
    const back = { ...now, then: { do: 'return' as const, step: 'a' } };
    const on = { ...now, then: { do: 'complete' as const, outcome: 'done' } };
    const run = new Simulation(compileSteps([aUserTask('a', { due: on }), aUserTask('b', { due: back })]));
    run.start('owner');
    run.advance(1);

    expect(run.state.incidents).toMatchObject([{ code: 'timer_spin' }]);
    expect(run.entries.length).toBeLessThan(300);
    expect(run.state.tasks).toHaveLength(1);
  });
});
