/** Working time told by hand: a week, holidays, swapped days, shifts past midnight, changes of clocks, month ends and leap days. */
import { describe, expect, it } from 'vitest';
import office from '../../../content/calendars/office.json' with { type: 'json' };
import service from '../../../content/calendars/service.json' with { type: 'json' };
import holidays from '../../../content/staff/holidays-2026.json' with { type: 'json' };
import type { Calendar } from './calendar.gen.ts';
import { reckonerOf, WALL } from './reckoner.ts';
import { workingTimesOf, type WorkingTimes } from './working-times.ts';
import { dayOfDate, instantOfLocal } from './zone.ts';

const shanghai = 'Asia/Shanghai';
/** Monday to Friday 9–12 and 13:30–18: 7.5 hours. */
const cn = workingTimesOf(office, 1);
const everyDay = workingTimesOf(service, 1);
const bare: Calendar = { ...office, keepsHolidays: false, years: {} };

function shifts(each: [string, string][], days: (keyof Calendar['week'])[]): WorkingTimes {
  const worked = each.map(([from, to]) => ({ from, to }));
  const week = { mon: [], tue: [], wed: [], thu: [], fri: [], sat: [], sun: [] };
  const filled = Object.fromEntries(days.map((day) => [day, worked]));
  return workingTimesOf({ ...bare, week: { ...week, ...filled } }, 1);
}
const ALL: (keyof Calendar['week'])[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** `2026-01-05 09:00` in a zone. */
function at(local: string, zone = shanghai): number {
  const [date = '', time = '00:00'] = local.split(' ');
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return instantOfLocal(dayOfDate(date) * 86_400_000 + (hours * 60 + minutes) * 60_000, zone);
}
const iso = (ms: number) => new Date(ms).toISOString();

function added(times: WorkingTimes, from: string, duration: string, zone = shanghai): string {
  return iso(reckonerOf(times, zone).add(at(from, zone), duration));
}

describe('hours of work', () => {
  it.each([
    ['within a morning', '2026-01-05 09:00', 'PT2H', '2026-01-05 11:00'],
    ['over noon', '2026-01-05 11:00', 'PT2H', '2026-01-05 14:30'],
    ['to the end of a day, not the beginning of the next', '2026-01-05 09:00', 'PT7H30M', '2026-01-05 18:00'],
    ['over night', '2026-01-05 17:00', 'PT2H', '2026-01-06 10:00'],
    ['from outside the hours', '2026-01-05 20:00', 'PT1H', '2026-01-06 10:00'],
    ['over a weekend', '2026-01-09 17:00', 'PT2H', '2026-01-12 10:00'],
    ['over New Year into the Sunday worked instead', '2025-12-31 17:00', 'PT2H', '2026-01-04 10:00'],
    ['over the nine days of Spring Festival', '2026-02-14 17:00', 'PT2H', '2026-02-24 10:00'],
    ['none at all', '2026-01-10 03:00', 'PT0S', '2026-01-10 03:00'],
    ['over the end of a month', '2026-03-31 17:30', 'PT1H', '2026-04-01 09:30'],
  ])('%s', (_name, from, duration, to) => {
    expect(added(cn, from, duration)).toBe(iso(at(to)));
  });
});

describe('days of work', () => {
  it.each([
    ['three of them end as far into the day', '2026-01-05 10:00', 'P3D', '2026-01-08 10:00'],
    ['from before work begins they are whole', '2026-01-05 07:00', 'P3D', '2026-01-07 18:00'],
    ['from the evening they begin the next morning', '2026-01-05 19:00', 'P1D', '2026-01-06 18:00'],
    ['a Friday over the weekend', '2026-01-09 16:00', 'P1D', '2026-01-12 16:00'],
    ['a Saturday worked instead counts', '2026-05-08 10:00', 'P1D', '2026-05-09 10:00'],
    ['the days of Labour Day do not', '2026-04-30 10:00', 'P2D', '2026-05-07 10:00'],
    ['with hours after them', '2026-01-05 10:00', 'P1DT4H', '2026-01-06 15:30'],
    ['a week is as many as the week has', '2026-01-05 10:00', 'P1W', '2026-01-12 10:00'],
    ['over a leap day', '2028-02-28 10:00', 'P2D', '2028-03-01 10:00'],
    ['over the end of a February without one', '2027-02-26 10:00', 'P1D', '2027-03-01 10:00'],
  ])('%s', (_name, from, duration, to) => {
    expect(added(cn, from, duration)).toBe(iso(at(to)));
  });

  it('a calendar of every day counts holidays and seven days a week', () => {
    expect(added(everyDay, '2026-02-14 10:00', 'P1W')).toBe(iso(at('2026-02-21 10:00')));
    expect(added(everyDay, '2026-02-16 19:00', 'PT2H')).toBe(iso(at('2026-02-17 09:00')));
  });

  it('backwards from a due time', () => {
    const { subtract } = reckonerOf(cn, shanghai);

    expect(iso(subtract(at('2026-02-24 10:00'), 'PT2H'))).toBe(iso(at('2026-02-14 17:00')));
    expect(iso(subtract(at('2026-01-08 10:00'), 'P3D'))).toBe(iso(at('2026-01-05 10:00')));
    expect(iso(subtract(at('2026-01-05 18:00'), 'P1D'))).toBe(iso(at('2026-01-05 09:00')));
    expect(iso(subtract(at('2026-01-11 12:00'), 'P1D'))).toBe(iso(at('2026-01-09 09:00')));
  });
});

describe('shifts past midnight', () => {
  const night = shifts([['22:00', '06:00']], ['mon', 'tue', 'wed', 'thu', 'fri']);

  it('belong to the day they begin on', () => {
    expect(added(night, '2026-01-09 23:00', 'PT5H')).toBe(iso(at('2026-01-10 04:00')));
    expect(added(night, '2026-01-10 05:00', 'PT2H')).toBe(iso(at('2026-01-12 23:00')));
    expect(added(night, '2026-01-06 02:00', 'P1D')).toBe(iso(at('2026-01-07 02:00')));
    expect(added(night, '2026-01-10 02:00', 'P1D')).toBe(iso(at('2026-01-13 02:00')));
  });

  it('are not worked twice where the next day begins before they end', () => {
    const both = shifts(
      [
        ['05:00', '08:00'],
        ['22:00', '06:00'],
      ],
      ALL,
    );
    expect(reckonerOf(both, shanghai).between(at('2026-01-05 22:00'), at('2026-01-06 22:00'))).toBe(10 * 3_600_000);
    expect(added(both, '2026-01-06 05:30', 'PT1H')).toBe(iso(at('2026-01-06 06:30')));
  });

  it('a day round the clock is 24 hours, a year of them every hour of it', () => {
    const always = shifts([['00:00', '00:00']], ALL);
    const { between, add } = reckonerOf(always, shanghai);

    expect(between(at('2026-01-01 00:00'), at('2027-01-01 00:00'))).toBe(365 * 86_400_000);
    expect(iso(add(at('2028-02-28 13:00'), 'PT48H'))).toBe(iso(at('2028-03-01 13:00')));
  });
});

describe('changes of clocks', () => {
  const night = shifts([['22:00', '06:00']], ALL);

  it.each([
    ['America/New_York in spring', 'America/New_York', '2026-03-07', 7],
    ['America/New_York in autumn', 'America/New_York', '2026-10-31', 9],
    ['Europe/Berlin in spring', 'Europe/Berlin', '2026-03-28', 7],
    ['Europe/Berlin in autumn', 'Europe/Berlin', '2026-10-24', 9],
    ['Lord Howe in spring, by half an hour', 'Australia/Lord_Howe', '2026-10-03', 7.5],
    ['Lord Howe in autumn', 'Australia/Lord_Howe', '2026-04-04', 8.5],
    ['Shanghai has none', shanghai, '2026-03-28', 8],
  ])('%s: a night has as many hours as it has', (_name, zone, date, hours) => {
    const { add, between } = reckonerOf(night, zone);
    const begins = at(`${date} 22:00`, zone);
    const ends = begins + hours * 3_600_000;

    expect(between(begins, begins + 86_400_000 / 2)).toBe(hours * 3_600_000);
    expect(iso(add(begins, 'P1D'))).toBe(iso(ends));
    expect(iso(add(begins, `PT${hours * 60}M`))).toBe(iso(ends));
  });

  it('a working day is as long on the wall before and after', () => {
    const day = shifts([['09:00', '17:00']], ALL);
    for (const date of ['2026-03-28', '2026-10-24'])
      expect(added(day, `${date} 10:00`, 'PT8H', 'Europe/Berlin')).toBe(
        iso(at(`${date.slice(0, 8)}${Number(date.slice(8)) + 1} 10:00`, 'Europe/Berlin')),
      );
  });

  it('a shift that clocks jump over is no work', () => {
    const early = shifts([['02:00', '03:00']], ALL);
    expect(added(early, '2026-03-29 00:00', 'PT1H', 'Europe/Berlin')).toBe(
      iso(at('2026-03-30 03:00', 'Europe/Berlin')),
    );
  });

  it('a day that begins at one o’clock is one', () => {
    const day = shifts([['00:00', '08:00']], ALL);
    // Beirut's clocks go from 24:00 to 1:00.
    const { between } = reckonerOf(day, 'Asia/Beirut');
    expect(between(at('2026-03-28 12:00', 'Asia/Beirut'), at('2026-03-29 12:00', 'Asia/Beirut'))).toBe(7 * 3_600_000);
  });
});

describe('what is not known', () => {
  it('is told by the years that a span of time touches', () => {
    const { knows } = reckonerOf(cn, shanghai);

    expect(knows(at('2026-01-01 00:00'), at('2026-12-31 23:59'))).toBe(true);
    expect(knows(at('2026-12-31 10:00'), at('2027-01-01 00:00'))).toBe(false);
    expect(knows(at('2025-12-31 10:00'), at('2026-01-01 10:00'))).toBe(false);
    expect(reckonerOf(everyDay, shanghai).knows(at('2020-01-01'), at('2050-01-01'))).toBe(true);
  });

  it('falls back on the hours of the week', () => {
    expect(added(cn, '2027-10-01 10:00', 'P1D')).toBe(iso(at('2027-10-04 10:00')));
  });

  it('never searches without end: without any hours the wall clock goes on', () => {
    const never = shifts([], []);
    const { add, subtract, between } = reckonerOf(never, shanghai);
    const from = at('2026-01-05 10:00');

    expect(add(from, 'P2DT3H')).toBe(WALL.add(from, 'P2DT3H'));
    expect(subtract(from, 'P2DT3H')).toBe(WALL.subtract(from, 'P2DT3H'));
    expect(between(from, at('2027-01-05 10:00'))).toBe(0);
  });
});

it('the list of 2026 that ships is the one the demo’s leave is reckoned by, and its swapped days are weekends', () => {
  const days = holidays.days.map(({ date, kind }) => `${date} ${kind}`);
  const listed = [...cn.on.map((date) => `${date} workday`)];
  for (const [first, last] of cn.off)
    for (let day = dayOfDate(first); day <= dayOfDate(last); day += 1)
      listed.push(`${iso(day * 86_400_000).slice(0, 10)} holiday`);

  expect(listed.sort()).toEqual([...days].sort());
  expect(cn.on.map((date) => new Date(date).getUTCDay() % 6)).toEqual(cn.on.map(() => 0));
});
