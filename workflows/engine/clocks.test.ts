/** Due times, reminders, end actions and pauses in the working time of a calendar; all clocks of a case stopped; whose time it was. */
import { describe, expect, it } from 'vitest';
import office from '../../content/calendars/office.json' with { type: 'json' };
import { workingTimesOf } from './calendar/working-times.ts';
import { letAllClocksGoOn, stopAllClocks } from './clocks.ts';
import type { UserTask } from './flow.gen.ts';
import { newRun } from './run.ts';
import { Simulation } from './simulate.ts';
import { nextDue } from './state.ts';
import { aTimer, aUserTask, compileSteps } from './testing.ts';
import { snapshot } from './views.ts';

const hour = 3_600_000;
const calendars = { office: workingTimesOf(office, 3) };
const at = (local: string, zone = '+08:00') => Date.parse(`${local.replace(' ', 'T')}:00${zone}`);
const friday = at('2026-01-09 16:00');

function waiting(fields: Partial<UserTask>, given: { at?: number; calendars?: typeof calendars } = {}): Simulation {
  const explanation = { rule: 'role' as const, inputs: {} };
  const steps = [aUserTask('a', fields), aUserTask('b')];
  const run = new Simulation(compileSteps(steps), {
    at: friday,
    calendars,
    resolve: () => ({ persons: ['p9'], explanation }),
    ...given,
  });
  run.start('owner');
  return run;
}
const told = (ms: number | null) =>
  ms === null ? null : new Date(ms + 8 * hour).toISOString().slice(0, 16).replace('T', ' ');
const dueAt = (run: Simulation) => told(run.task('a').dueAt);
const fired = (run: Simulation) =>
  run.entries.flatMap(({ at: when, notices }) => notices.map(({ kind }) => `${told(when)} ${kind}`));

describe('a due time in working time', () => {
  it('has reminders before and after and end actions in the same time', () => {
    const due = {
      in: 'P1D',
      calendar: 'office',
      remind: [{ before: 'PT3H' }, { after: 'PT2H', every: 'P1D', times: 2 }],
      then: [{ do: 'remind' as const }, { do: 'escalate' as const, to: 'manager', after: 'PT4H' }],
    };
    const run = waiting({ due });

    expect(dueAt(run)).toBe('2026-01-12 16:00');
    run.advance(20 * 24 * hour);
    expect(fired(run)).toEqual([
      '2026-01-12 11:30 reminder',
      '2026-01-12 16:00 overdue',
      '2026-01-12 18:00 overdue',
      '2026-01-13 11:00 escalation',
      '2026-01-13 18:00 overdue',
    ]);
  });

  it('says by which calendar, and that a year was not known', () => {
    const known = waiting({ due: { in: 'P1D', calendar: 'office' } });
    const guessed = waiting({ due: { in: 'P2D', calendar: 'office' } }, { at: at('2026-12-31 10:00') });
    const dueBy = { calendar: 'office', version: 3, before: null };

    expect(known.entries[0]?.opened).toMatchObject([{ dueBy: { ...dueBy, isGuess: false } }]);
    expect(guessed.entries[0]?.opened).toMatchObject([{ dueBy: { ...dueBy, isGuess: true } }]);
    // The hours of the week: the first of January is a Friday.
    expect(dueAt(guessed)).toBe('2027-01-04 10:00');
    expect(waiting({ due: { in: 'P1D' } }).entries[0]?.opened).toMatchObject([{ dueBy: null }]);
  });

  it('that the record says stays where it is; its reminders count working time', () => {
    const due = { at: 'date and time("2026-01-12T10:00:00+08:00")', calendar: 'office', remind: [{ before: 'PT2H' }] };
    const run = waiting({ due });

    expect(dueAt(run)).toBe('2026-01-12 10:00');
    expect(told(nextDue(run.state))).toBe('2026-01-09 17:00');
  });

  it('by a calendar that the case does not hold stops beside the task, which takes the clock on the wall', () => {
    const run = waiting({ due: { in: 'P1D', calendar: 'office' } }, { calendars: {} as typeof calendars });

    expect(run.state.incidents).toMatchObject([
      { step: 'a', code: 'calendar_missing', detail: { calendar: 'office' } },
    ]);
    expect(dueAt(run)).toBe('2026-01-10 16:00');
    run.send({ kind: 'recalendar', actor: 'admin', calendars, vars: {} });
    expect(run.state.incidents).toEqual([]);
    expect(dueAt(run)).toBe('2026-01-12 16:00');
  });
});

describe('a timer step', () => {
  it('waits in working time', () => {
    const compiled = compileSteps([aTimer('t', { in: 'P1D', calendar: 'office' }), aUserTask('b')]);
    const run = new Simulation(compiled, { at: friday, calendars });
    run.start('owner');

    expect(told(nextDue(run.state))).toBe('2026-01-12 16:00');
    run.advance(3 * 24 * hour);
    expect(run.open()).toEqual(['b']);
  });

  it('without its calendar waits for a retry', () => {
    const compiled = compileSteps([aTimer('t', { in: 'P1D', calendar: 'office' }), aUserTask('b')]);
    const run = new Simulation(compiled, { at: friday });
    run.start('owner');
    expect(run.state.incidents).toMatchObject([{ step: 't', code: 'calendar_missing' }]);

    run.send({ kind: 'recalendar', actor: 'admin', calendars, vars: {} });
    run.send({ kind: 'retry', actor: 'operator', incident: run.state.incidents[0]?.id ?? 0, vars: {} });

    expect(told(nextDue(run.state))).toBe('2026-01-12 16:00');
  });
});

describe('a pause in working time', () => {
  const due = { in: 'P1D', calendar: 'office', remind: [{ before: 'PT1H' }] };

  it('moves due time and reminders by the working time it stood', () => {
    const run = waiting({ due, pause: { max: 'P2D' } });
    run.advance(hour);
    run.pause('a', 3 * 24 * hour, 'supplier');
    // At most two working days: from Friday 17:00 to Tuesday 17:00.
    expect(told(run.task('a').paused?.until ?? 0)).toBe('2026-01-12 17:00');

    run.advance(3 * 24 * hour);

    // It stood from Friday 17:00 to Monday 17:00, a working day: 7.5 hours.
    expect(dueAt(run)).toBe('2026-01-13 16:00');
    expect(run.state.timers.map((timer) => told(timer.at)).sort()).toEqual(['2026-01-13 15:00', '2026-01-13 16:00']);
  });

  it('over a weekend costs nothing', () => {
    const run = waiting({ due, pause: { max: 'P9D' } });
    run.now = at('2026-01-09 20:00');
    run.pause('a', 40 * hour);
    run.advance(40 * hour);

    expect(dueAt(run)).toBe('2026-01-12 16:00');
  });

  it('is refused for a party the step does not wait for', () => {
    const run = waiting({ due, pause: { max: 'P2D', waitingFor: ['owner', 'supplier'] } });

    expect(run.pause('a', hour, 'authority')).toMatchObject({
      code: 'party_not_offered',
      params: { party: 'authority', offered: ['owner', 'supplier'] },
    });
    expect(run.pause('a', hour)).toMatchObject({ code: 'party_not_offered' });
    expect(run.pause('a', hour, 'owner')).toBeNull();
    expect(run.entries.at(-1)).toMatchObject({
      event: { data: { waitingFor: 'owner' } },
      changed: [{ waitingFor: 'owner' }],
    });
  });
});

describe('each minute of a task', () => {
  it('is its holder’s, the pool’s, or theirs who is waited for; on the clock and of work', () => {
    const pool = { assign: { rule: 'pool' as const, role: 'staff' } };
    const run = waiting({ people: pool, due: { in: 'P5D', calendar: 'office' }, pause: { max: 'P9D' } });
    const task = run.task('a').id;
    run.advance(hour);
    run.send({ kind: 'transfer', task, assignment: 1, to: 'p1', actor: 'p0', vars: {} });
    run.advance(hour);
    run.pause('a', 1000 * hour, 'owner');
    run.advance(64 * hour);
    run.resume('a');
    run.advance(2 * hour);
    run.complete('a', 'done');

    const spent = run.entries.flatMap((entry) => entry.spent ?? []);
    expect(
      spent.map(({ party, person, from, to, workingMs }) => [
        party,
        person,
        (to - from) / hour,
        (workingMs ?? 0) / hour,
      ]),
    ).toEqual([
      ['pool', null, 1, 1],
      ['holder', 'p1', 1, 1],
      ['owner', 'p1', 64, 1],
      ['holder', 'p1', 2, 2],
    ]);
    expect(spent.every((each) => each.task === task && each.step === 'a')).toBe(true);
  });

  it('has no working time where it is due by the clock on the wall', () => {
    const run = waiting({});
    run.advance(hour);
    run.complete('a', 'done');

    expect(run.entries.at(-1)?.spent).toMatchObject([{ party: 'holder', workingMs: null }]);
  });
});

describe('all clocks of a case', () => {
  /** As an operator's command does it, without one. */
  function stop(run: Simulation, act: typeof stopAllClocks): ReturnType<typeof newRun> {
    const draft = newRun(run.compiled, run.state, { type: 'timer' }, { now: run.now });
    act(draft);
    return draft;
  }
  const due = { in: 'P1D', calendar: 'office', remind: [{ before: 'PT1H' }] };

  it('stand, show no due time, fire nothing, and go on with what was left', () => {
    const run = waiting({ due });
    run.advance(hour);
    const { changed } = stop(run, stopAllClocks);

    expect(changed).toMatchObject([{ dueAt: null, pausedAt: null }]);
    expect(nextDue(run.state)).toBeNull();
    expect(snapshot(run.compiled, run.state).tasks).toMatchObject([{ dueAt: null }]);
    run.advance(10 * 24 * hour);
    expect(run.entries).toHaveLength(1);

    const on = stop(run, letAllClocksGoOn);

    // Friday 17:00 to Monday week 17:00: six working days.
    expect(dueAt(run)).toBe('2026-01-20 16:00');
    expect(on.changed).toMatchObject([{ dueAt: at('2026-01-20 16:00') }]);
    expect(on.spent).toMatchObject([{ party: 'suspended', workingMs: 6 * 7.5 * hour }]);
    expect(told(nextDue(run.state))).toBe('2026-01-20 15:00');
  });

  it('stop a timer step, and a task that is opened meanwhile', () => {
    const compiled = compileSteps([
      { ...aUserTask('a') },
      aTimer('t', { in: 'PT5H', calendar: 'office' }),
      aUserTask('b', { due: { in: 'PT5H' } }),
    ]);
    const run = new Simulation(compiled, { at: friday, calendars });
    run.start('owner');
    run.complete('a', 'done');
    stop(run, stopAllClocks);
    expect(run.state.held).toHaveLength(1);
    expect(snapshot(compiled, run.state).case.position).toEqual(['t']);
    run.advance(72 * hour);
    stop(run, letAllClocksGoOn);

    // It stood from Friday 16:00 to Monday 16:00, and has five hours yet.
    expect(told(nextDue(run.state))).toBe('2026-01-13 12:00');

    run.advance(20 * hour);
    const opened = new Simulation(compiled, { at: friday, calendars });
    opened.start('owner');
    stop(opened, stopAllClocks);
    opened.complete('a', 'done');
    expect(nextDue(opened.state)).toBeNull();
    opened.advance(2 * hour);
    stop(opened, letAllClocksGoOn);
    expect(told(nextDue(opened.state))).toBe('2026-01-12 15:30');
  });

  it('leave a pause its own end', () => {
    const run = waiting({ due, pause: { max: 'P9D' } });
    run.advance(hour);
    run.pause('a', 100 * hour);
    stop(run, stopAllClocks);
    run.advance(24 * hour);
    stop(run, letAllClocksGoOn);

    expect(run.state.timers).toMatchObject([{ at: friday + 101 * hour, what: { kind: 'resume' } }]);
    run.advance(100 * hour);
    // Stood once, from Friday 17:00 to Tuesday 21:00.
    expect(dueAt(run)).toBe('2026-01-14 17:00');
  });

  it('are stopped and let go on once', () => {
    const run = waiting({ due });
    stop(run, stopAllClocks);
    const once = structuredClone(run.state);
    stop(run, stopAllClocks);
    expect(run.state).toEqual(once);
    stop(run, letAllClocksGoOn);
    const on = structuredClone(run.state);
    stop(run, letAllClocksGoOn);
    expect(run.state).toEqual(on);
    expect(dueAt(run)).toBe('2026-01-12 16:00');
  });
});
