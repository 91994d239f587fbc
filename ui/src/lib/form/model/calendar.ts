// A month as a calendar shows it: weeks of seven days, Monday first, as Chinese calendars have it. Days are YYYY-MM-DD texts.
const DAY_MS = 86_400_000;

export interface CalendarDay {
  date: string;
  day: number;
  /** Of the month shown, not of its neighbours. */
  inMonth: boolean;
}

function toUtc(date: string): number {
  return Date.parse(`${date}T00:00:00Z`);
}
function toDate(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** Six weeks that hold the month of `date`, so that the panel never jumps. */
export function monthOf(date: string): CalendarDay[] {
  const first = toUtc(`${date.slice(0, 7)}-01`);
  const before = (new Date(first).getUTCDay() + 6) % 7;
  return Array.from({ length: 42 }, (_, index) => {
    const day = toDate(first + (index - before) * DAY_MS);
    return { date: day, day: Number(day.slice(8)), inMonth: day.slice(0, 7) === date.slice(0, 7) };
  });
}

export function addDays(date: string, days: number): string {
  return toDate(toUtc(date) + days * DAY_MS);
}

/** The same day of another month, or its last one: 31 January + 1 is 28 February. */
export function addMonths(date: string, months: number): string {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  const last = new Date(Date.UTC(year, month - 1 + months + 1, 0)).getUTCDate();
  return toDate(Date.UTC(year, month - 1 + months, Math.min(day, last)));
}

/** Where a key moves in the calendar; null for a key that does not. */
export function moved(date: string, key: string): string | null {
  const days: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
  const step = days[key];
  if (step !== undefined) return addDays(date, step);
  if (key === 'PageUp') return addMonths(date, -1);
  if (key === 'PageDown') return addMonths(date, 1);
  return null;
}
