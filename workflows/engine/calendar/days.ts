/** The working spans of each day of a calendar, as instants: a shift belongs to the day it begins on, also past midnight. */
import { dayOfDate, DAY_MS, dayOfInstant, instantOfLocal, startOfDay, weekdayOf } from './zone.ts';
import type { Shift, WorkingTimes } from './working-times.ts';

/** From inclusive, to exclusive, epoch ms. */
export interface Span {
  from: number;
  to: number;
}

const DAY_MINUTES = 1440;

export class Days {
  private readonly times: WorkingTimes;
  private readonly zone: string;
  private readonly off: { first: number; last: number }[];
  private readonly on: ReadonlySet<number>;

  constructor(times: WorkingTimes, zone: string) {
    this.times = times;
    this.zone = zone;
    this.off = times.off.map(([first, last]) => ({ first: dayOfDate(first), last: dayOfDate(last) }));
    this.on = new Set(times.on.map(dayOfDate));
  }

  dayAt(at: number): number {
    return dayOfInstant(at, this.zone);
  }

  /** Spans in their order without overlap: what the shift of the day before still covers is not worked twice. */
  spansOf(day: number): Span[] {
    const before = this.shiftsOf(day - 1).at(-1);
    let last = before ? this.instant(day - 1, before[1]) : -Infinity;
    const spans: Span[] = [];
    for (const [begins, ends] of this.shiftsOf(day)) {
      const from = Math.max(this.instant(day, begins), last);
      const to = this.instant(day, ends);
      // A change of clocks may swallow a whole shift.
      if (to > from) spans.push({ from, to });
      last = Math.max(last, to);
    }
    return spans;
  }

  private shiftsOf(day: number): Shift[] {
    if (this.on.has(day)) return this.times.swapped;
    if (this.off.some(({ first, last }) => first <= day && day <= last)) return [];
    return this.times.week[weekdayOf(day)] ?? [];
  }

  /** Most days have 24 hours, so that most moments are told without asking the zone. */
  private instant(day: number, minutes: number): number {
    if (minutes >= DAY_MINUTES) return this.instant(day + 1, minutes - DAY_MINUTES);
    const start = startOfDay(day, this.zone);
    const isPlain = startOfDay(day + 1, this.zone) - start === DAY_MS;
    return isPlain ? start + minutes * 60_000 : instantOfLocal(day * DAY_MS + minutes * 60_000, this.zone);
  }
}
