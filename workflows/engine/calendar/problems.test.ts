import { describe, expect, it } from 'vitest';
import office from '../../../content/calendars/office.json' with { type: 'json' };
import type { Calendar } from './calendar.gen.ts';
import { CALENDAR_PROBLEMS, problemsOfCalendar } from './problems.ts';

const name = { 'zh-CN': '假', en: 'Off' };
const day = [{ from: '09:00', to: '17:00' }];
const closed = { mon: [], tue: [], wed: [], thu: [], fri: [], sat: [], sun: [] };
const week = { ...closed, mon: day };

function aCalendar(fields: Partial<Calendar>): Calendar {
  return { key: 'c', title: name, week, keepsHolidays: true, years: {}, ...fields };
}
const off = (from: string, to = from) => ({ name, from, to });
const on = (date: string) => ({ name, on: date });

const cases: [string, Partial<Calendar>, string, string][] = [
  ['no hours at all', { week: closed }, 'no_working_time', '/week'],
  [
    'shifts that overlap',
    { week: { ...week, tue: [...day, { from: '16:00', to: '18:00' }] } },
    'shifts_overlap',
    '/week/tue/1',
  ],
  [
    'a shift past midnight before one of the same evening',
    {
      worked: [
        { from: '22:00', to: '06:00' },
        { from: '23:00', to: '23:30' },
      ],
    },
    'shifts_overlap',
    '/worked/1',
  ],
  [
    'a day of another year',
    { years: { '2026': { holidays: [off('2025-12-31', '2026-01-02')], worked: [] } } },
    'date_not_in_year',
    '/years/2026/holidays/0/from',
  ],
  [
    'an end before its beginning',
    { years: { '2026': { holidays: [off('2026-01-03', '2026-01-01')], worked: [] } } },
    'dates_reversed',
    '/years/2026/holidays/0/to',
  ],
  [
    'a day off that is worked',
    { years: { '2026': { holidays: [off('2026-01-01', '2026-01-04')], worked: [on('2026-01-04')] } } },
    'day_listed_twice',
    '/years/2026/worked/0',
  ],
  [
    'a Monday worked instead of a day off',
    { years: { '2026': { holidays: [], worked: [on('2026-01-05')] } } },
    'day_worked_anyway',
    '/years/2026/worked/0/on',
  ],
];

describe('a calendar is refused for', () => {
  it.each(cases)('%s', (_name, fields, code, path) => {
    expect(problemsOfCalendar(aCalendar(fields))).toMatchObject([{ code, path }]);
  });

  it('each of its problems somewhere above', () => {
    expect(new Set(cases.map(([, , code]) => code))).toEqual(new Set(CALENDAR_PROBLEMS));
  });
});

it('the calendar that ships has none', () => {
  expect(problemsOfCalendar(office)).toEqual([]);
});
