/**
 * Reckoning with time: wall-clock time, or the working time of a calendar in a zone. Pure; goes day by day, never minute by minute, and
 * never further than `MOST_DAYS`.
 *
 * In working time an hour is an hour of work. A day is a working day: from a moment within the hours of one day to the moment at which as
 * much of a later one is over; counted from outside the hours, or from their very beginning, n days are over at the end of the nth. A week
 * is as many working days as the calendar's week has. Nothing added to a moment is that moment, also outside the hours.
 */
import { durationMs, durationParts } from '../duration.ts';
import { Days, type Span } from './days.ts';
import { dayOfInstant } from './zone.ts';
import { civilOf } from '../instant.ts';
import type { WorkingTimes } from './working-times.ts';

export interface Reckoner {
  /** The first moment at which so much time (ISO 8601 duration) has passed since `at`. */
  add: (at: number, duration: string) => number;
  addMs: (at: number, ms: number) => number;
  /** The last moment from which so much time passes until `at`. */
  subtract: (at: number, duration: string) => number;
  /** Time between two moments in ms; none where they are the other way round. */
  between: (from: number, to: number) => number;
  /** Whether the days off of all years from one moment to the other are known. */
  knows: (from: number, to: number) => boolean;
}

/** As clocks go: a day is 24 hours. */
export const WALL: Reckoner = {
  add: (at, duration) => at + durationMs(duration),
  addMs: (at, ms) => at + ms,
  subtract: (at, duration) => at - durationMs(duration),
  between: (from, to) => Math.max(0, to - from),
  knows: () => true,
};

/** Some decades. What a calendar does not give by then is taken from the wall clock, so that no search goes on without end. */
const MOST_DAYS = 20_000;

export function reckonerOf(times: WorkingTimes, zone: string): Reckoner {
  const days = new Days(times, zone);
  const workdays = Math.max(1, times.week.filter((shifts) => shifts.length > 0).length);
  const partsOf = (duration: string): { days: number; ms: number } => {
    const { weeks, days: single, ms } = durationParts(duration);
    return { days: weeks * workdays + single, ms };
  };
  return {
    add: (at, duration) => {
      const parts = partsOf(duration);
      return addMs(days, addDays(days, at, parts.days), parts.ms);
    },
    addMs: (at, ms) => addMs(days, at, ms),
    subtract: (at, duration) => {
      const parts = partsOf(duration);
      return subtractDays(days, subtractMs(days, at, parts.ms), parts.days);
    },
    between: (from, to) => between(days, from, to),
    knows: (from, to) => knows(times, zone, { from, to }),
  };
}

function knows({ years }: WorkingTimes, zone: string, { from, to }: Span): boolean {
  if (years === null) return true;
  const [first, last] = [from, to].map((at) => civilOf(dayOfInstant(at, zone))[0]);
  for (let year = first ?? 0; year <= (last ?? 0); year += 1) if (!years.includes(year)) return false;
  return true;
}

// ------------------------------------------------------------------------------------------------ hours

function addMs(days: Days, at: number, ms: number): number {
  if (ms <= 0) return at;
  let left = ms;
  let end = at;
  const first = days.dayAt(at) - 1;
  for (let day = first; day < first + MOST_DAYS; day += 1) {
    for (const span of days.spansOf(day)) {
      const from = Math.max(span.from, at);
      const length = span.to - from;
      if (length <= 0) continue;
      if (left <= length) return from + left;
      left -= length;
      end = span.to;
    }
  }
  return end + left;
}

function subtractMs(days: Days, at: number, ms: number): number {
  if (ms <= 0) return at;
  let left = ms;
  let begin = at;
  const last = days.dayAt(at);
  for (let day = last; day > last - MOST_DAYS; day -= 1) {
    for (const span of days.spansOf(day).reverse()) {
      const to = Math.min(span.to, at);
      const length = to - span.from;
      if (length <= 0) continue;
      if (left <= length) return to - left;
      left -= length;
      begin = span.from;
    }
  }
  return begin - left;
}

function between(days: Days, from: number, to: number): number {
  if (to <= from) return 0;
  let sum = 0;
  const last = days.dayAt(to);
  for (let day = days.dayAt(from) - 1; day <= last; day += 1)
    for (const span of days.spansOf(day)) sum += Math.max(0, Math.min(span.to, to) - Math.max(span.from, from));
  return sum;
}

// ------------------------------------------------------------------------------------------------ days

/** A place in a day's work: how much of it is over. */
interface Place {
  day: number;
  doneMs: number;
}

/** The day at work at a moment, or the next; undefined: there is none. */
function placeFrom(days: Days, at: number): Place | undefined {
  const first = days.dayAt(at) - 1;
  for (let day = first; day < first + MOST_DAYS; day += 1) {
    const spans = days.spansOf(day);
    if (spans.some(({ to }) => to > at)) return { day, doneMs: doneBy(spans, at) };
  }
  return undefined;
}

/** The day at work just before a moment. */
function placeBefore(days: Days, at: number): Place | undefined {
  const last = days.dayAt(at);
  for (let day = last; day > last - MOST_DAYS; day -= 1) {
    const spans = days.spansOf(day);
    if (spans.some(({ from }) => from < at)) return { day, doneMs: doneBy(spans, at) };
  }
  return undefined;
}

function doneBy(spans: readonly Span[], at: number): number {
  return spans.reduce((sum, { from, to }) => sum + Math.max(0, Math.min(to, at) - from), 0);
}

/** The nth day of work after (or before) a day. */
function workday(days: Days, from: number, count: number): Span[] | undefined {
  const direction = count < 0 ? -1 : 1;
  let left = Math.abs(count);
  for (let step = 0; step < MOST_DAYS; step += 1) {
    const spans = days.spansOf(from + step * direction);
    if (step === 0 || spans.length > 0) {
      if (left === 0) return spans;
      left -= 1;
    }
  }
  return undefined;
}

function addDays(days: Days, at: number, count: number): number {
  if (count === 0) return at;
  const place = placeFrom(days, at);
  if (place === undefined) return WALL.add(at, `P${count}D`);
  const isWhole = place.doneMs === 0;
  const spans = workday(days, place.day, isWhole ? count - 1 : count);
  if (spans === undefined) return WALL.add(at, `P${count}D`);
  return isWhole ? endOf(spans, at) : momentAfter(spans, place.doneMs, at);
}

function subtractDays(days: Days, at: number, count: number): number {
  if (count === 0) return at;
  const place = placeBefore(days, at);
  if (place === undefined) return WALL.subtract(at, `P${count}D`);
  const isWhole = days.spansOf(place.day).every(({ to }) => to <= at);
  const spans = workday(days, place.day, isWhole ? 1 - count : -count);
  if (spans === undefined) return WALL.subtract(at, `P${count}D`);
  return isWhole ? (spans[0]?.from ?? at) : momentAfter(spans, place.doneMs, at);
}

function endOf(spans: readonly Span[], otherwise: number): number {
  return spans.at(-1)?.to ?? otherwise;
}

/** The moment of a day at which so much of its work is over; its end where it has less. */
function momentAfter(spans: readonly Span[], doneMs: number, otherwise: number): number {
  let left = doneMs;
  for (const { from, to } of spans) {
    if (left <= to - from) return from + left;
    left -= to - from;
  }
  return endOf(spans, otherwise);
}
