/** The pattern of an auto-number: `WX-{yyyy}{MM}-{seq:4}` is a series `WX-202611-` and a counter of four digits at least. */

export interface NumberParts {
  year: string;
  month: string;
  day: string;
}

/** The part before the counter, with the date in it: the counter starts again when it changes. */
export function seriesOf(pattern: string, date: NumberParts): string {
  return pattern
    .replace(/\{seq:\d\}$/, '')
    .replaceAll('{yyyy}', date.year)
    .replaceAll('{yy}', date.year.slice(-2))
    .replaceAll('{MM}', date.month)
    .replaceAll('{dd}', date.day);
}

/** `seriesOf` with the counter. */
export function formatNumber(pattern: string, date: NumberParts, counter: number): string {
  const digits = Number(/\{seq:(\d)\}$/.exec(pattern)?.[1] ?? '1');
  return seriesOf(pattern, date) + String(counter).padStart(digits, '0');
}
