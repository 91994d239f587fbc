/** Days of a zone, and the instants at which its clocks show a time. Days are counted from 1970-01-01; all times are milliseconds. */
import { parseDate } from 'feelin';
import { must } from '../unreachable.ts';

export const DAY_MS = 86_400_000;

const EPOCH_DAY = must(parseDate('1970-01-01'), 'epoch').unwrap();
const EPOCH_LOCAL = EPOCH_DAY.toPlainDateTime();

/** When clocks in the zone show a time: the first of two such moments; where they jump over it, as much later as they jump. */
export function instantOfLocal(local: number, zone: string): number {
  return EPOCH_LOCAL.add({ milliseconds: local }).toZonedDateTime(zone).epochMilliseconds;
}

/** Beginnings of days by zone. They are the same for ever, so that it does not matter what was asked before. */
const starts = new Map<string, Map<number, number>>();
const MOST_STARTS = 50_000;

/** When a day begins in a zone. */
export function startOfDay(day: number, zone: string): number {
  const ofZone = starts.get(zone) ?? new Map<number, number>();
  const known = ofZone.get(day);
  if (known !== undefined) return known;
  if (ofZone.size >= MOST_STARTS) ofZone.clear();
  const start = instantOfLocal(day * DAY_MS, zone);
  starts.set(zone, ofZone.set(day, start));
  return start;
}

/** The day it is in a zone. */
export function dayOfInstant(at: number, zone: string): number {
  let day = Math.floor(at / DAY_MS);
  while (startOfDay(day + 1, zone) <= at) day += 1;
  while (startOfDay(day, zone) > at) day -= 1;
  return day;
}

/** Monday is 0: the first of January 1970 was a Thursday. */
export function weekdayOf(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}

/** Day of a date as `2026-02-28` (Howard Hinnant, "chrono-compatible date algorithms"). */
export function dayOfDate(date: string): number {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  return (
    era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
  );
}
