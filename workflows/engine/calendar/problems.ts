/** What its schema cannot say about a calendar: it has time to work, its shifts are in order, its days lie in their year and none is both. */
import type { Json } from '../types.ts';
import type { Calendar, Year } from './calendar.gen.ts';
import { shiftsOf } from './working-times.ts';
import { dayOfDate, weekdayOf } from './zone.ts';

export interface CalendarProblem {
  /** JSON pointer. */
  path: string;
  code: CalendarProblemCode;
  params: Record<string, Json>;
}
export const CALENDAR_PROBLEMS = [
  'no_working_time',
  'shifts_overlap',
  'date_not_in_year',
  'dates_reversed',
  'day_listed_twice',
  'day_worked_anyway',
] as const;
type CalendarProblemCode = (typeof CALENDAR_PROBLEMS)[number];

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** Empty: flows may reckon with it. */
export function problemsOfCalendar(calendar: Calendar): CalendarProblem[] {
  const { week, worked = [], years } = calendar;
  const problems: CalendarProblem[] = [];
  if (WEEKDAYS.every((day) => week[day].length === 0))
    problems.push({ path: '/week', code: 'no_working_time', params: {} });
  for (const day of WEEKDAYS) problems.push(...overlaps(`/week/${day}`, week[day]));
  problems.push(...overlaps('/worked', worked));
  for (const [year, list] of Object.entries(years)) problems.push(...problemsOfYear(calendar, year, list));
  return problems;
}

function overlaps(path: string, shifts: Calendar['week']['mon']): CalendarProblem[] {
  const times = shiftsOf(shifts);
  return times.flatMap(([from], index): CalendarProblem[] => {
    const before = times[index - 1];
    return before && from < before[1] ? [{ path: `${path}/${index}`, code: 'shifts_overlap', params: {} }] : [];
  });
}

interface Listed {
  path: string;
  date: string;
  isWorked: boolean;
}

/** Problems of one year's list, for a calendar with this week. */
function problemsOfYear({ week }: Pick<Calendar, 'week'>, year: string, list: Year): CalendarProblem[] {
  const path = `/years/${year}`;
  const problems: CalendarProblem[] = [];
  const edges: Listed[] = [
    ...list.holidays.flatMap(({ from, to }, index) => [
      { path: `${path}/holidays/${index}/from`, date: from, isWorked: false },
      { path: `${path}/holidays/${index}/to`, date: to, isWorked: false },
    ]),
    ...list.worked.map(({ on }, index) => ({ path: `${path}/worked/${index}/on`, date: on, isWorked: true })),
  ];
  for (const { path: at, date } of edges)
    if (!date.startsWith(`${year}-`)) problems.push({ path: at, code: 'date_not_in_year', params: { date, year } });
  for (const [index, { from, to }] of list.holidays.entries())
    if (to < from)
      problems.push({ path: `${path}/holidays/${index}/to`, code: 'dates_reversed', params: { from, to } });
  // Where dates are wrong as such, what they mean together is not worth telling.
  return problems.length > 0 ? problems : [...listedTwice(path, list), ...workedAnyway(path, week, list)];
}

function listedTwice(path: string, { holidays, worked }: Year): CalendarProblem[] {
  const seen = new Set<number>();
  const spans = [
    ...holidays.map(({ from, to }, index) => ({ at: `${path}/holidays/${index}`, from, to })),
    ...worked.map(({ on }, index) => ({ at: `${path}/worked/${index}`, from: on, to: on })),
  ];
  return spans.flatMap(({ at, from, to }): CalendarProblem[] => {
    const days = daysFrom(from, to);
    const isKnown = days.some((day) => seen.has(day));
    days.forEach((day) => seen.add(day));
    return isKnown ? [{ path: at, code: 'day_listed_twice', params: { from, to } }] : [];
  });
}

function daysFrom(from: string, to: string): number[] {
  const [first, last] = [dayOfDate(from), dayOfDate(to)];
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** A day worked instead of a day off that is no day off: a slip of the pen. */
function workedAnyway(path: string, week: Calendar['week'], { worked }: Year): CalendarProblem[] {
  return worked.flatMap(({ on }, index): CalendarProblem[] => {
    const weekday = WEEKDAYS[weekdayOf(dayOfDate(on))] ?? 'mon';
    return week[weekday].length > 0
      ? [{ path: `${path}/worked/${index}/on`, code: 'day_worked_anyway', params: { date: on } }]
      : [];
  });
}
