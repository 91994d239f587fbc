// Instants as people of the community read them: in the community's time zone, never the browser's.
// Input is an ISO instant or milliseconds; `now` is passed in so that a test can stand still.
import { m } from '#lib/paraglide/messages.js';
import { currentLocale } from '#lib/i18n/locale.ts';

type Instant = string | number;

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

let timeZone = 'Asia/Shanghai';

/** Set once after sign-in from GET /api/me. */
export function setTimeZone(zone: string): void {
  timeZone = zone;
  formats.clear();
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const known = formats.get(name);
  if (known) return known;
  const made = new Intl.DateTimeFormat(currentLocale(), { ...options, timeZone });
  formats.set(name, made);
  return made;
}

/** The present as an ISO instant. */
export function nowIso(): string {
  return new Date().toISOString();
}

export function toMs(at: Instant): number {
  return typeof at === 'number' ? at : Date.parse(at);
}

/** The community's calendar day as YYYY-MM-DD. */
export function dayOf(at: Instant): string {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  return parts.format(toMs(at));
}

/** Whole days from now's calendar day to that of `at`: −1 yesterday, 0 today, 1 tomorrow. */
export function daysBetween(now: Instant, at: Instant): number {
  return Math.round((Date.parse(dayOf(at)) - Date.parse(dayOf(now))) / DAY_MS);
}

/** 14:05 */
export function timeOf(at: Instant): string {
  return format('time', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(toMs(at));
}

/** 11月23日 14:05; with the year when it is not this one. */
export function dateTime(at: Instant, now: Instant = Date.now()): string {
  const sameYear = dayOf(at).slice(0, 4) === dayOf(now).slice(0, 4);
  const options: Intl.DateTimeFormatOptions = {
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  };
  return sameYear
    ? format('dateTime', options).format(toMs(at))
    : format('yearDateTime', { ...options, year: 'numeric' }).format(toMs(at));
}

/** 11月23日, with the year when it is not this one. For plain dates (YYYY-MM-DD) use `plainDate`. */
export function shortDate(at: Instant, now: Instant = Date.now()): string {
  const sameYear = dayOf(at).slice(0, 4) === dayOf(now).slice(0, 4);
  const options: Intl.DateTimeFormatOptions = { month: 'short', day: 'numeric' };
  return sameYear
    ? format('date', options).format(toMs(at))
    : format('yearDate', { ...options, year: 'numeric' }).format(toMs(at));
}

/** A calendar date without a time (YYYY-MM-DD) as people write it; never shifted by a zone. */
export function plainDate(date: string): string {
  const options: Intl.DateTimeFormatOptions = { year: 'numeric', month: 'short', day: 'numeric', timeZone: 'UTC' };
  return new Intl.DateTimeFormat(currentLocale(), options).format(new Date(`${date}T00:00:00Z`));
}

/** The same without the year when it is this one. */
export function plainDay(date: string, now: Instant = Date.now()): string {
  if (!date.startsWith(dayOf(now).slice(0, 4))) return plainDate(date);
  const options: Intl.DateTimeFormatOptions = { month: 'short', day: 'numeric', timeZone: 'UTC' };
  return new Intl.DateTimeFormat(currentLocale(), options).format(new Date(`${date}T00:00:00Z`));
}

/** How long ago, for what just happened; then the day; then the date. */
export function ago(at: Instant, now: Instant): string {
  const past = toMs(now) - toMs(at);
  if (past < MINUTE_MS) return m.time_just_now();
  if (past < HOUR_MS) return m.time_minutes_ago({ n: Math.floor(past / MINUTE_MS) });
  const days = daysBetween(now, at);
  if (days === 0) return m.time_hours_ago({ n: Math.floor(past / HOUR_MS) });
  if (days === -1) return m.time_yesterday({ time: timeOf(at) });
  return dateTime(at, now);
}

/** A length of time in its largest unit: 40 分钟, 3 小时, 2 天. Rounded down, at least one minute. */
export function span(ms: number): string {
  const length = Math.abs(ms);
  if (length >= 2 * DAY_MS) return m.time_span_days({ n: Math.floor(length / DAY_MS) });
  if (length >= HOUR_MS) return m.time_span_hours({ n: Math.floor(length / HOUR_MS) });
  return m.time_span_minutes({ n: Math.max(1, Math.floor(length / MINUTE_MS)) });
}
