/** A calendar that changes while cases run. */
import { describe, expect, it } from 'vitest';
import office from '../../content/calendars/office.json' with { type: 'json' };
import { workingTimesOf, type WorkingTimesByKey } from './calendar/working-times.ts';
import { fold } from './fold.ts';
import type { UserTask } from './flow.gen.ts';
import { Simulation } from './simulate.ts';
import { nextDue } from './state.ts';
import { aTimer, aUserTask, compileSteps } from './testing.ts';

const hour = 3_600_000;
const name = { 'zh-CN': '放假', en: 'Closed' };
const at = (local: string) => Date.parse(`${local.replace(' ', 'T')}:00+08:00`);
const friday = at('2026-01-09 16:00');

/** The office with more days off in 2026. */
function closedOn(version: number, ...dates: string[]): WorkingTimesByKey {
  const { 2026: year } = office.years;
  const holidays = [...year.holidays, ...dates.map((date) => ({ name, from: date, to: date }))];
  return { office: workingTimesOf({ ...office, years: { 2026: { ...year, holidays } } }, version) };
}

function waiting(fields: Partial<UserTask> = {}): Simulation {
  const due = {
    in: 'P1D',
    calendar: 'office',
    remind: [{ before: 'PT1H' }],
    then: { do: 'escalate' as const, to: 'manager' },
  };
  const run = new Simulation(
    compileSteps([aUserTask('a', { due, pause: { max: 'P9D' }, ...fields }), aUserTask('b')]),
    {
      at: friday,
      calendars: closedOn(1),
    },
  );
  run.start('owner');
  return run;
}
function change(run: Simulation, calendars: WorkingTimesByKey) {
  return run.send({ kind: 'recalendar', actor: 'admin', calendars, vars: {} });
}
const told = (ms: number | null) =>
  ms === null ? null : new Date(ms + 8 * hour).toISOString().slice(0, 16).replace('T', ' ');

describe('a changed calendar', () => {
  it('moves open due times with their reminders, and the log says from when to when', () => {
    const run = waiting();
    const task = run.task('a').id;

    expect(change(run, closedOn(2, '2026-01-12'))).toBeNull();

    const [from, to] = [at('2026-01-12 16:00'), at('2026-01-13 16:00')];
    expect(run.entries.at(-1)).toMatchObject({
      event: {
        type: 'calendar_changed',
        actor: 'admin',
        data: { calendars: [{ calendar: 'office', from: 1, to: 2 }], moved: 1, tasks: [{ task, step: 'a', from, to }] },
      },
      changed: [{ task, dueAt: to, dueBy: { calendar: 'office', version: 2, isGuess: false, before: from } }],
    });
    expect(told(nextDue(run.state))).toBe('2026-01-13 15:00');
    expect(fold(run.compiled, 'case', run.entries)).toEqual(run.state);
  });

  it('counts from where the clock began: also what is past is reckoned as if it had always been so', () => {
    const run = waiting();
    run.now = at('2026-01-12 15:30');
    run.advance(0);
    change(run, closedOn(2, '2026-01-12'));

    expect(told(run.task('a').dueAt)).toBe('2026-01-13 16:00');
  });

  it('fires nothing twice: what was said stays said, what waits moves', () => {
    const run = waiting();
    run.now = at('2026-01-12 15:30');
    run.advance(0);
    change(run, closedOn(2, '2026-01-12'));
    run.advance(10 * 24 * hour);
    change(run, closedOn(3, '2026-01-12', '2026-01-20', '2026-01-21'));
    run.advance(100 * 24 * hour);

    const notices = run.entries.flatMap((entry) => entry.notices.map(({ kind }) => `${told(entry.at)} ${kind}`));
    expect(notices).toEqual(['2026-01-12 15:30 reminder', '2026-01-13 16:00 overdue', '2026-01-13 16:00 escalation']);
  });

  it('may make a task due at once', () => {
    const run = waiting();
    run.now = at('2026-01-10 20:00');
    const week = { ...office.week, fri: [{ from: '00:00', to: '00:00' }], sat: [{ from: '00:00', to: '00:00' }] };
    change(run, { office: workingTimesOf({ ...office, week }, 2) });
    run.advance(0);

    expect(run.entries.flatMap(({ notices }) => notices.map(({ kind }) => kind))).toContain('overdue');
  });

  it('comes to a task that stands; it goes on with what is left', () => {
    const run = waiting();
    run.advance(hour);
    run.pause('a', 1000 * hour);
    change(run, closedOn(2, '2026-01-12'));
    expect(run.entries.at(-1)?.changed).toMatchObject([{ dueAt: null }]);
    run.now = at('2026-01-13 10:00');
    run.resume('a');

    // An hour of Friday and one of Tuesday passed while it stood.
    expect(told(run.task('a').dueAt)).toBe('2026-01-13 18:00');
  });

  it('moves a timer step', () => {
    const compiled = compileSteps([aTimer('t', { in: 'P1D', calendar: 'office' }), aUserTask('b')]);
    const run = new Simulation(compiled, { at: friday, calendars: closedOn(1) });
    run.start('owner');
    change(run, closedOn(2, '2026-01-12'));

    expect(told(nextDue(run.state))).toBe('2026-01-13 16:00');
  });

  it('leaves what is due by the clock on the wall, and is refused where it brings nothing new', () => {
    const run = waiting();
    const refused = { code: 'calendar_known' };

    expect(change(run, closedOn(1, '2026-01-12'))).toMatchObject(refused);
    expect(change(run, {})).toMatchObject(refused);
    expect(change(waiting({ due: { in: 'P1D' } }), closedOn(2))).toMatchObject(refused);
    expect(told(run.task('a').dueAt)).toBe('2026-01-12 16:00');
  });

  it('told twice over moves nothing the second time, and leaves where it came from', () => {
    const run = waiting();
    change(run, closedOn(2, '2026-01-12'));
    change(run, closedOn(3, '2026-01-12', '2026-05-08'));

    expect(run.entries.at(-1)).toMatchObject({
      event: { data: { moved: 0, tasks: [] } },
      changed: [{ dueBy: { version: 3, before: at('2026-01-12 16:00') } }],
    });
  });
});
