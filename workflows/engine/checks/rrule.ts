/** The syntax of a recurrence rule (RFC 5545 section 3.3.10) as far as schedules use it: parts that are known, once each, with values in range. */

const NUMBERS = (low: number, high: number, signed = false) =>
  list(new RegExp(signed ? '^-?\\d{1,3}$' : '^\\d{1,2}$'), low, high);
const PARTS: Record<string, (value: string) => boolean> = {
  FREQ: (value) => /^(HOURLY|DAILY|WEEKLY|MONTHLY|YEARLY)$/.test(value),
  INTERVAL: (value) => /^[1-9]\d{0,3}$/.test(value),
  COUNT: (value) => /^[1-9]\d{0,4}$/.test(value),
  UNTIL: (value) => /^\d{8}(T\d{6}Z)?$/.test(value),
  WKST: (value) => /^(MO|TU|WE|TH|FR|SA|SU)$/.test(value),
  BYDAY: (value) => value.split(',').every((each) => /^(-?[1-5]?\d)?(MO|TU|WE|TH|FR|SA|SU)$/.test(each)),
  BYMONTH: NUMBERS(1, 12),
  BYMONTHDAY: NUMBERS(1, 31, true),
  BYYEARDAY: NUMBERS(1, 366, true),
  BYWEEKNO: NUMBERS(1, 53, true),
  BYSETPOS: NUMBERS(1, 366, true),
  BYHOUR: NUMBERS(0, 23),
  BYMINUTE: NUMBERS(0, 59),
};

/** The part that is wrong; null: none. */
export function problemOfRrule(text: string): string | null {
  const seen = new Set<string>();
  for (const part of text.split(';')) {
    const [name = '', value = ''] = part.split('=');
    if (seen.has(name) || !Object.hasOwn(PARTS, name) || PARTS[name]?.(value) !== true) return part;
    seen.add(name);
  }
  return seen.has('COUNT') && seen.has('UNTIL') ? 'COUNT, UNTIL' : null;
}

/** Whether there is such a day and time, as `2026-02-28T09:00`. */
export function isLocalTime(text: string): boolean {
  const [date = '', time = ''] = text.split('T');
  const [year, month, day] = date.split('-').map(Number) as [number, number, number];
  return day >= 1 && day <= daysIn(year, month) && time < '24:00' && time.slice(3) < '60';
}

function daysIn(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
}

function list(pattern: RegExp, low: number, high: number): (value: string) => boolean {
  return (value) =>
    value.split(',').every((each) => {
      const size = Math.abs(Number(each));
      return pattern.test(each) && size >= low && size <= high;
    });
}
