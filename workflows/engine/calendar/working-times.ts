/**
 * What the engine holds of a calendar: its hours and days, without names. A case gets it with its start command and with each change, so
 * that folding the log needs nothing else (rule 19).
 */
import type { Calendar, Shifts } from './calendar.gen.ts';

/** Minutes after midnight, from and to; above 1,440 it runs into the next day. */
export type Shift = [from: number, to: number];

export interface WorkingTimes {
  key: string;
  version: number;
  /** Monday first. */
  week: Shift[][];
  /** Hours of a day that is worked instead of a day off. */
  swapped: Shift[];
  /** Years whose days off are known; null: it keeps none. */
  years: number[] | null;
  /** Days off, first and last, as `2026-02-15`. */
  off: [first: string, last: string][];
  /** Days worked instead of a day off. */
  on: string[];
}
export type WorkingTimesByKey = Record<string, WorkingTimes>;

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

export function workingTimesOf(calendar: Calendar, version: number): WorkingTimes {
  const { key, week, worked, keepsHolidays, years } = calendar;
  const lists = keepsHolidays ? Object.entries(years).sort(([a], [b]) => Number(a) - Number(b)) : [];
  return {
    key,
    version,
    week: WEEKDAYS.map((weekday) => shiftsOf(week[weekday])),
    swapped: shiftsOf(worked ?? week.mon),
    years: keepsHolidays ? lists.map(([year]) => Number(year)) : null,
    off: lists.flatMap(([, { holidays }]) => holidays.map(({ from, to }): [string, string] => [from, to])),
    on: lists.flatMap(([, list]) => list.worked.map(({ on }) => on)),
  };
}

export function shiftsOf(shifts: Shifts): Shift[] {
  return shifts.map(({ from, to }): Shift => {
    const [begins, ends] = [minutesOf(from), minutesOf(to)];
    return [begins, ends > begins ? ends : ends + 1440];
  });
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}
