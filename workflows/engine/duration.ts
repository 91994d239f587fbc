/** ISO 8601 durations without years and months: a day is 24 h of wall-clock time, or a day of a calendar (calendar/reckoner.ts). */
const PATTERN = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;
const WEEK_MS = 604_800_000;
const DAY_MS = 86_400_000;
const UNITS_MS = [WEEK_MS, DAY_MS, 3_600_000, 60_000, 1000];

/** Milliseconds of a duration the schema has accepted; NaN for anything else. */
export function durationMs(text: string): number {
  const parts = PATTERN.exec(text);
  if (!parts) return Number.NaN;
  return UNITS_MS.reduce((sum, unit, index) => sum + unit * Number(parts[index + 1] ?? 0), 0);
}

/** Weeks and days apart from the rest: in a working calendar they are no fixed number of hours. */
export function durationParts(text: string): { weeks: number; days: number; ms: number } {
  const [, weeks, days] = PATTERN.exec(text) ?? [];
  const parts = { weeks: Number(weeks ?? 0), days: Number(days ?? 0) };
  return { ...parts, ms: durationMs(text) - parts.weeks * WEEK_MS - parts.days * DAY_MS };
}
