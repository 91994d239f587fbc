/** What a scenario row means on the day of the load: `person:`, `unit:`, `photo:`, `case:`, `at:`, `weekday:` … become ids, instants and dates. */
import { addDays, todayIn } from './days.ts';
import { demoId } from './random.ts';

export interface Meaning {
  loadedAt: Date;
  timeZone: string;
  /** Puts the photo into the files of the asking person; gives its id. */
  photo(name: string): Promise<string>;
  /** The case that another scenario started; its record has the same id. */
  caseOf(scenario: string): Promise<string>;
}

/** Fields as the API takes them. */
export async function resolveFields(
  fields: Record<string, unknown>,
  meaning: Meaning,
): Promise<Record<string, unknown>> {
  const entries = Object.entries(fields).map(async ([name, value]) => [name, await resolve(value, meaning)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

async function resolve(value: unknown, meaning: Meaning): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map((item) => resolve(item, meaning)));
  const [, what, name] =
    (typeof value === 'string' ? /^(person|unit|massFault|leaveType|photo|case|at|weekday):(.+)$/.exec(value) : null) ??
    [];
  if (what === undefined || name === undefined) return value;
  switch (what) {
    case 'photo':
      return meaning.photo(name);
    case 'case':
      return meaning.caseOf(name);
    case 'at':
      return momentOf(name, meaning);
    case 'weekday':
      return weekdayOf(name, meaning);
    default:
      return demoId(what, name);
  }
}

/** `+2T10:00`: ten o'clock in the community, two days after the load. */
function momentOf(text: string, { loadedAt, timeZone }: Meaning): string {
  const [, days, time] = /^\+(\d+)T(\d\d:\d\d)$/.exec(text) ?? [];
  if (days === undefined || time === undefined) throw new RangeError(`not a time of the demo: ${text}`);
  return instantOf(addDays(todayIn(timeZone, loadedAt), Number(days)), time, timeZone);
}

/** Weeks that a leave of the demo may lie ahead: none of them may cross into another year, whose balance is another. */
const daysAhead = 28;

/** `2-5`: Friday of the week after next. Near the end of a year the weeks count from the first of the next. */
function weekdayOf(text: string, { loadedAt, timeZone }: Meaning): string {
  const [, week, day] = /^(\d)-([1-5])$/.exec(text) ?? [];
  if (week === undefined || day === undefined) throw new RangeError(`not a weekday of the demo: ${text}`);
  const today = todayIn(timeZone, loadedAt);
  const year = Number(today.slice(0, 4));
  const from = addDays(today, daysAhead).startsWith(String(year)) ? today : `${year + 1}-01-04`;
  const sinceMonday = (new Date(`${from}T00:00:00Z`).getUTCDay() + 6) % 7;
  return addDays(from, Number(week) * 7 + Number(day) - 1 - sinceMonday);
}

/** The instant at which clocks in the zone show that date and time; ISO 8601. */
export function instantOf(date: string, time: string, timeZone: string): string {
  const asUtc = Date.parse(`${date}T${time}:00Z`);
  return new Date(asUtc - offsetMs(timeZone, asUtc)).toISOString();
}

/** How far the zone's clock is ahead of UTC about that instant. Exact except in the hour a zone changes its clock. */
function offsetMs(timeZone: string, instantMs: number): number {
  const clock = new Date(instantMs).toLocaleString('sv-SE', { timeZone });
  return Date.parse(`${clock.replace(' ', 'T')}Z`) - Math.floor(instantMs / 1000) * 1000;
}
