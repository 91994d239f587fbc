/** Timers of handlers and of a race's branches in the time of a calendar: reckoned, stopped and reckoned again as due times are. */
import { describe, expect, it } from 'vitest';
import office from '../../content/calendars/office.json' with { type: 'json' };
import { workingTimesOf, type WorkingTimesByKey } from './calendar/working-times.ts';
import { check } from './check.ts';
import { compile, type Compiled } from './compile.ts';
import { fold } from './fold.ts';
import { Simulation } from './simulate.ts';
import { nextDue, type State } from './state.ts';
import { aFlow, aHandler, aRace, aUserTask, load } from './testing.ts';
import type { Flow, Step } from './flow.gen.ts';

const hour = 3_600_000;
const compileFlow = (flow: Flow, version = 1): Compiled => compile(load(flow, { version }));
const name = { 'zh-CN': '放假', en: 'Closed' };
const at = (local: string) => Date.parse(`${local.replace(' ', 'T')}:00+08:00`);
const told = (ms: number | null) =>
  ms === null ? null : new Date(ms + 8 * hour).toISOString().slice(0, 16).replace('T', ' ');
const friday = '2026-01-09 16:00';

function closedOn(version: number, ...dates: string[]): WorkingTimesByKey {
  const { 2026: year } = office.years;
  const holidays = [...year.holidays, ...dates.map((date) => ({ name, from: date, to: date }))];
  return { office: workingTimesOf({ ...office, years: { 2026: { ...year, holidays } } }, version) };
}
function begin(given: Flow, from = friday, calendars = closedOn(1)): Simulation {
  const run = new Simulation(compileFlow(given), { at: at(from), calendars });
  run.start('owner');
  return run;
}
const timed = (fields: object, steps: Step[] = [aUserTask('late')]) =>
  aHandler('slow', { catch: 'timer', calendar: 'office', ...fields }, steps);
const handled = (fields: object) => aFlow([aUserTask('a', { on: [timed(fields)] }), aUserTask('z')]);
const raced = aFlow([
  aRace('first', [
    [{ catch: 'timer', in: 'PT3H', calendar: 'office' }, [aUserTask('late')]],
    [{ catch: 'signal', name: 'storm' }, [aUserTask('storm')]],
  ]),
]);
const suspend = (run: Simulation) => run.send({ kind: 'suspend', actor: 'admin', vars: {} });
const resume = (run: Simulation) => run.send({ kind: 'resumeCase', actor: 'admin', vars: {} });
const change = (run: Simulation, calendars: WorkingTimesByKey) =>
  run.send({ kind: 'recalendar', actor: 'admin', calendars, vars: {} });
const due = ({ state }: { state: State }) => told(nextDue(state));
const isSound = (run: Simulation) => {
  expect(fold(run.compiled, 'case', run.entries)).toEqual(run.state);
};

describe.each<[string, Flow]>([
  ['a handler of a step', handled({ in: 'PT3H' })],
  ['a handler of the flow', { ...aFlow([aUserTask('a')]), on: [timed({ in: 'PT3H' })] }],
  ['a branch of a race', raced],
])('%s in working time', (_what, given) => {
  it('happens when so much of it is over', () => {
    const run = begin(given);

    // Two hours of the Friday, and one of the Monday.
    expect(due(run)).toBe('2026-01-12 10:00');
    run.advance(at('2026-01-12 09:59') - run.now);
    expect(run.open()).not.toContain('late');
    run.advance(60_000);
    expect(run.open()).toContain('late');
    isSound(run);
  });

  it('stands while the case is suspended, and goes on with what was left of it', () => {
    const run = begin(given);
    run.advance(hour);
    suspend(run);
    run.advance(at('2026-01-14 12:00') - run.now);
    expect(due(run)).toBeNull();
    resume(run);

    // Two hours were left; the midday break is no time of the office.
    expect(due(run)).toBe('2026-01-14 15:30');
    isSound(run);
  });

  it('moves with a changed calendar, also while it stands', () => {
    const run = begin(given);
    expect(change(run, closedOn(2, '2026-01-12'))).toBeNull();
    expect(due(run)).toBe('2026-01-13 10:00');

    suspend(run);
    run.advance(hour);
    change(run, closedOn(3, '2026-01-12', '2026-01-13'));
    resume(run);
    expect(due(run)).toBe('2026-01-14 11:00');
    isSound(run);
  });

  it('waits for somebody where the case lacks the calendar, and goes on when it is tried again', () => {
    const run = begin(given, friday, {});
    expect(run.state.incidents).toMatchObject([{ code: 'calendar_missing', detail: { calendar: 'office' } }]);
    expect(change(run, closedOn(1))).toBeNull();
    const [incident] = run.state.incidents;
    run.send({ kind: 'retry', actor: 'admin', incident: incident!.id, vars: {} });

    expect(due(run)).toBe('2026-01-12 10:00');
    expect(run.state.incidents).toEqual([]);
  });

  it('names a calendar that the company has', () => {
    const context = { fields: {}, roles: ['staff', 'manager'], activities: {}, calendars: [] };
    const problems = check(given, context).filter(({ code }) => code === 'unknown_calendar');

    expect(problems).toMatchObject([
      { property: expect.stringMatching(/calendar$/) as string, params: { calendar: 'office' } },
    ]);
    expect(compileFlow(given).calendars).toEqual(new Set(['office']));
  });
});

describe('a handler that comes again', () => {
  it('comes so long after the last time, in working time, and none that was missed is made up for', () => {
    const on = timed({ every: 'PT4H', times: 9, interrupting: false }, [aUserTask('look')]);
    const given = begin(aFlow([aUserTask('a', { on: [on] })]));

    expect(due(given)).toBe('2026-01-12 11:00');
    given.advance(at('2026-01-12 11:00') - given.now);
    expect(due(given)).toBe('2026-01-12 16:30');
    // Nothing ran from the Monday to the Wednesday: of 16:30, 11:30, 17:00 and 12:00 the first comes late, and the others not at all.
    given.now = at('2026-01-14 12:00');
    given.consume({ type: 'timer' });
    expect(due(given)).toBe('2026-01-14 17:30');
    expect(given.open().filter((step) => step === 'look')).toHaveLength(2);
    isSound(given);
  });
});

describe('moving to another version', () => {
  it('keeps the time, and reckons it again when a calendar changes', () => {
    const given = begin(handled({ in: 'PT3H' }));
    const target = compileFlow(aFlow([aUserTask('a', { on: [timed({ in: 'PT9H' })] }), aUserTask('z')]), 2);
    expect(given.migrate(target, { calendars: closedOn(1) })).toBeNull();

    expect(due(given)).toBe('2026-01-12 10:00');
    change(given, closedOn(2, '2026-01-12'));
    expect(due(given)).toBe('2026-01-13 10:00');
  });

  it('into working time keeps the moment', () => {
    const given = begin(
      aFlow([aUserTask('a', { on: [aHandler('slow', { catch: 'timer', in: 'PT3H' }, [aUserTask('late')])] })]),
    );
    const target = compileFlow(aFlow([aUserTask('a', { on: [timed({ in: 'PT9H' })] })]), 2);
    expect(given.migrate(target, { calendars: closedOn(1) })).toBeNull();

    expect(due(given)).toBe('2026-01-09 19:00');
  });
});

it('a calendar with nothing to count is refused', () => {
  const context = { fields: { day: { type: 'date' } }, roles: ['staff'], activities: {}, calendars: ['office'] };
  const flow = handled({ at: 'day' });

  expect(check(flow, context)).toContainEqual({
    step: 'a',
    property: 'on.0.calendar',
    code: 'calendar_unused',
    params: {},
  });
});
