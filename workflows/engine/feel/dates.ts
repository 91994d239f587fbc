/**
 * FEEL's arithmetic of dates, times and durations where feelin leaves gaps (DMN 1.5, 10.3.2.3 and tables 57 and 59). A days and time
 * duration is an exact length, so a day is 24 hours also across a change of clocks; years and months move the calendar and stop at the
 * end of a shorter month. What carries no zone means the zone of the community. Reads no clock.
 */
import { dateAndTime, duration, FeelDate, FeelDateTime, FeelDuration, FeelTime, parseDate } from 'feelin';
import { isoOf } from '../instant.ts';
import { must } from '../unreachable.ts';

const DAY_MS = 86_400_000;

type Zoned = ReturnType<ReturnType<FeelDateTime['unwrap']>['toZonedDateTime']>;
export type Point = FeelDate | FeelTime | FeelDateTime;

/** Where durations and times are laid out to be compared. */
export const EPOCH = must(parseDate('1970-01-01'), 'epoch').unwrap();

export function isPoint(value: unknown): value is Point {
  return value instanceof FeelDate || value instanceof FeelTime || value instanceof FeelDateTime;
}

/** An instant as the zone's date and time. In the hour that clocks go through twice only an offset tells which one is meant. */
function inZone(at: Zoned, zone: string): FeelDateTime {
  const there = at.withTimeZone(zone);
  const wall = there.toPlainDateTime();
  const first = wall.toZonedDateTime(zone).epochMilliseconds === at.epochMilliseconds;
  return new FeelDateTime(wall, first ? zone : there.offset);
}

/** Epoch ms as a date and time of the zone. */
export function momentOf(epochMs: number, zone: string): FeelDateTime {
  return inZone(
    must(dateAndTime(isoOf(epochMs)), 'instant')
      .unwrap()
      .toZonedDateTime('UTC'),
    zone,
  );
}

/** A date is its beginning, a time stands on the first day of 1970. */
function zonedOf(value: Point, zone: string): Zoned {
  if (value instanceof FeelDate) return value.unwrap().toZonedDateTime(zone);
  if (value instanceof FeelDateTime) return value.unwrap().toZonedDateTime(value.zone ?? zone);
  return EPOCH.toZonedDateTime({ plainTime: value.unwrap(), timeZone: value.zone ?? zone });
}

export const epochMsOf = (value: Point, zone: string): number => zonedOf(value, zone).epochMilliseconds;

/** A point moved by a duration; undefined for a time moved by months. A date moved by part of a day becomes a date and time. */
export function shift(value: Point, by: FeelDuration, zone: string): Point | undefined {
  const amount = by.unwrap();
  if (value instanceof FeelTime)
    return by.yearsMonths ? undefined : new FeelTime(value.unwrap().add(amount), value.zone);
  if (value instanceof FeelDate) {
    const isWhole = by.yearsMonths || msOf(by) % DAY_MS === 0;
    return isWhole ? new FeelDate(value.unwrap().add(amount)) : shiftInZone(value, by, zone);
  }
  // Without a zone there are no changes of clocks to mind.
  if (value.zone === null) return new FeelDateTime(value.unwrap().add(amount));
  return shiftInZone(value, by, value.zone);
}

/** Hours are exact to Temporal, days are not. */
function shiftInZone(value: FeelDate | FeelDateTime, by: FeelDuration, zone: string): FeelDateTime {
  const amount = by.unwrap();
  return inZone(zonedOf(value, zone).add(by.yearsMonths ? amount : amount.round({ largestUnit: 'hour' })), zone);
}

/** The time from `b` to `a`; undefined when one is a time and the other is not. */
export function between(a: Point, b: Point, zone: string): FeelDuration | undefined {
  if (a instanceof FeelTime !== b instanceof FeelTime) return undefined;
  if (a instanceof FeelDate && b instanceof FeelDate) return new FeelDuration(a.unwrap().since(b.unwrap()), false);
  if (isLocal(a) && isLocal(b)) return new FeelDuration(a.unwrap().since(b.unwrap()), false);
  return new FeelDuration(zonedOf(a, zone).since(zonedOf(b, zone), { largestUnit: 'hour' }), false);
}

function isLocal(value: Point): value is FeelDateTime {
  return value instanceof FeelDateTime && value.zone === null;
}

/** Milliseconds of a days and time duration. */
const msOf = (value: FeelDuration): number => value.unwrap().total('millisecond');

/** Months of a years and months duration. */
const monthsOf = (value: FeelDuration): number => value.unwrap().years * 12 + value.unwrap().months;

/** How long a duration is in the unit of its kind. */
export const sizeOf = (value: FeelDuration): number => (value.yearsMonths ? monthsOf(value) : msOf(value));

/** A duration of the same kind as `like`; what is smaller than a millisecond or a month is cut off. Null beyond what can be told. */
export function durationOf(size: number, like: FeelDuration): FeelDuration | null {
  const whole = Math.trunc(size);
  if (!Number.isSafeInteger(whole)) return null;
  if (!like.yearsMonths) return duration(whole);
  return duration(`${whole < 0 ? '-' : ''}P${String(Math.abs(whole))}M`);
}

/** Whole months from one date to another; negative when `to` is earlier (DMN 1.5, 10.3.4.1). */
export function monthsBetween(from: FeelDate | FeelDateTime, to: FeelDate | FeelDateTime): FeelDuration | null {
  const { years, months } = dayOf(from).until(dayOf(to), { largestUnit: 'month' });
  return durationOf(years * 12 + months, must(duration('P0M'), 'duration'));
}

export function lastDayOfMonth(of: FeelDate | FeelDateTime): FeelDate {
  const day = dayOf(of);
  return new FeelDate(day.with({ day: day.daysInMonth }));
}

function dayOf(value: FeelDate | FeelDateTime): ReturnType<FeelDate['unwrap']> {
  return value instanceof FeelDate ? value.unwrap() : value.unwrap().toPlainDate();
}
