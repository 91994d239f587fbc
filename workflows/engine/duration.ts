/** ISO 8601 durations without years and months: a day is 24 h of wall-clock time. */
const PATTERN = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;
const UNITS_MS = [604_800_000, 86_400_000, 3_600_000, 60_000, 1000];

/** Milliseconds of a duration the schema has accepted; NaN for anything else. */
export function durationMs(text: string): number {
  const parts = PATTERN.exec(text);
  if (!parts) return Number.NaN;
  return UNITS_MS.reduce((sum, unit, index) => sum + unit * Number(parts[index + 1] ?? 0), 0);
}
