/** What a scenario row means on the day of the load: `person:`, `unit:`, `photo:` and `at:` become ids and instants. */
import { addDays, todayIn } from './days.ts';
import { demoId } from './random.ts';

export interface Meaning {
  loadedAt: Date;
  timeZone: string;
  /** Puts the photo into the files of the asking person; gives its id. */
  photo(name: string): Promise<string>;
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
  const [, what, name] = (typeof value === 'string' ? /^(person|unit|photo|at):(.+)$/.exec(value) : null) ?? [];
  if (what === undefined || name === undefined) return value;
  switch (what) {
    case 'photo':
      return meaning.photo(name);
    case 'at':
      return instantOf(name, meaning);
    default:
      return demoId(what, name);
  }
}

/** `+2T10:00`: ten o'clock in the community, two days after the load. */
function instantOf(text: string, { loadedAt, timeZone }: Meaning): string {
  const [, days, time] = /^\+(\d+)T(\d\d:\d\d)$/.exec(text) ?? [];
  if (days === undefined || time === undefined) throw new RangeError(`not a time of the demo: ${text}`);
  const date = addDays(todayIn(timeZone, loadedAt), Number(days));
  const asUtc = Date.parse(`${date}T${time}:00Z`);
  return new Date(asUtc - offsetMs(timeZone, asUtc)).toISOString();
}

/** How far the zone's clock is ahead of UTC about that instant. Exact except in the hour a zone changes its clock. */
function offsetMs(timeZone: string, instantMs: number): number {
  const clock = new Date(instantMs).toLocaleString('sv-SE', { timeZone });
  return Date.parse(`${clock.replace(' ', 'T')}Z`) - Math.floor(instantMs / 1000) * 1000;
}
