/** Due times that the record says, and lists of end actions. */
import { describe, expect, it } from 'vitest';
import type { Due } from './flow.gen.ts';
import { Simulation } from './simulate.ts';
import { aUserTask, compileSteps } from './testing.ts';
import type { ValueType, Vars } from './types.ts';

const hour = 3_600_000;
const start = 1_767_200_400_000; // 2026-01-01T01:00:00+08:00
const types: Record<string, ValueType> = { day: 'date', visit: 'dateTime' };

function waiting(due: Due, vars: Vars = {}, zone = 'Asia/Shanghai'): Simulation {
  const explanation = { rule: 'role' as const, inputs: {} };
  const run = new Simulation(compileSteps([aUserTask('a', { due }), aUserTask('b')], { types }), {
    zone,
    resolve: () => ({ persons: ['p9'], explanation }),
  });
  run.start('owner', vars);
  return run;
}
const dueAt = (run: Simulation) => {
  const at = run.task('a').dueAt;
  return at === null ? null : new Date(at).toISOString();
};
const events = (run: Simulation) =>
  run.entries
    .slice(1)
    .map(({ at, event, notices }) => [(at - start) / hour, event.data.action, ...notices.map(({ kind }) => kind)]);

describe('due.at', () => {
  it.each([
    ['a date is its end in the zone of the community', 'day', { day: '2026-01-05' }, '2026-01-05T15:59:59.000Z'],
    ['a date and time is what it says', 'visit', { visit: '2026-01-05T10:00:00Z' }, '2026-01-05T10:00:00.000Z'],
    ['with a zone of its own', 'visit', { visit: '2026-01-05T10:00:00+05:00' }, '2026-01-05T05:00:00.000Z'],
    ['one without is of the community', 'visit', { visit: '2026-01-05T10:00:00' }, '2026-01-05T02:00:00.000Z'],
    ['may be reckoned', 'visit + duration("PT30M")', { visit: '2026-01-05T10:00:00Z' }, '2026-01-05T10:30:00.000Z'],
    ['may be the day after', 'day + duration("P1D")', { day: '2026-01-05' }, '2026-01-06T15:59:59.000Z'],
    ['past: at once', 'visit', { visit: '2025-01-05T10:00:00Z' }, '2025-12-31T17:00:00.000Z'],
    ['nothing, and no budget: never', 'visit', {}, null],
  ])('%s', (_name, at, vars, expected) => {
    const run = waiting({ at }, vars);

    expect(run.state.incidents).toEqual([]);
    expect(dueAt(run)).toBe(expected);
  });

  it('ends a day by summer time too', () => {
    const run = waiting({ at: 'day' }, { day: '2026-03-29' }, 'Europe/Berlin');

    expect(dueAt(run)).toBe('2026-03-29T21:59:59.000Z');
  });

  it('takes the budget where it gives nothing', () => {
    expect(dueAt(waiting({ at: 'visit', in: 'PT4H' }))).toBe(new Date(start + 4 * hour).toISOString());
  });

  it('is over at once when it is past', () => {
    const run = waiting({ at: 'visit', then: { do: 'complete', outcome: 'done' } }, { visit: '2025-01-05T10:00:00Z' });
    run.advance(0);

    expect(run.open()).toEqual(['b']);
  });

  it.each(['amount', 'date("999999-12-31")', 'day + 1'])(
    'that gives no moment stops with an incident beside the task, which takes the budget: %s',
    (at) => {
      const run = waiting({ at, in: 'PT4H' }, { amount: 5, day: '2026-01-05' });

      expect(run.state.incidents).toMatchObject([{ step: 'a', detail: { expression: at } }]);
      expect(dueAt(run)).toBe(new Date(start + 4 * hour).toISOString());
    },
  );

  it('is asked again by a retry, and its timers start anew', () => {
    const run = waiting({ at: 'if amount = 1 then now + duration("PT9H") else amount', in: 'PT4H' }, { amount: 5 });

    run.send({ kind: 'retry', actor: 'operator', incident: run.state.incidents[0]?.id ?? 0, vars: { amount: 1 } });

    expect(run.state.incidents).toEqual([]);
    expect(run.entries.at(-1)?.changed).toMatchObject([{ dueAt: start + 9 * hour }]);
    expect(run.state.timers.map(({ at }) => at)).toEqual([start + 9 * hour]);
  });
});

describe('a list of end actions', () => {
  it('goes in its order at the due time, and each so long after it, one event each', () => {
    const then: Due['then'] = [
      { do: 'complete', outcome: 'done', after: 'PT3H' },
      { do: 'escalate', to: 'manager' },
      { do: 'transfer', people: { assign: { rule: 'role', role: 'manager' } } },
      { do: 'escalate', to: 'director', after: 'PT1H' },
      { do: 'remind', after: 'PT2H' },
    ];
    const run = waiting({ in: 'PT4H', then });
    run.advance(100 * hour);

    expect(events(run)).toEqual([
      [4, 'escalate', 'overdue', 'escalation'],
      [4, 'transfer'],
      [4, undefined],
      [5, 'escalate', 'escalation'],
      [6, 'remind', 'overdue'],
      [7, 'complete'],
    ]);
    expect(run.open()).toEqual(['b']);
    expect(run.state.timers).toEqual([]);
  });

  it('tells the holders at the due time when all of it comes later', () => {
    const run = waiting({ in: 'PT4H', then: [{ do: 'complete', outcome: 'done', after: 'PT1H' }] });
    run.advance(100 * hour);

    expect(events(run)).toEqual([
      [4, 'remind', 'overdue'],
      [5, 'complete'],
    ]);
  });
});
