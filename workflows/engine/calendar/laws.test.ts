/** What holds of any calendar in any zone (fast-check). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reckonerOf } from './reckoner.ts';
import type { Shift, WorkingTimes } from './working-times.ts';

const zone = fc.constantFrom(
  'America/New_York',
  'Europe/Berlin',
  'Australia/Lord_Howe',
  'Asia/Shanghai',
  'UTC',
  'Asia/Beirut',
);
/** Hours of a day in order, the last perhaps past midnight. */
const shifts: fc.Arbitrary<Shift[]> = fc
  .uniqueArray(fc.integer({ min: 0, max: 1439 }), { minLength: 2, maxLength: 6 })
  .chain((minutes) =>
    fc.boolean().map((isLate) => {
      const sorted = [...minutes].sort((a, b) => a - b);
      const pairs: Shift[] = [];
      for (let i = 0; i + 1 < sorted.length; i += 2) pairs.push([sorted[i]!, sorted[i + 1]!]);
      const last = pairs.at(-1);
      if (isLate && last) pairs[pairs.length - 1] = [last[0], 1440 + Math.min(last[0], 600)];
      return pairs;
    }),
  );
const times: fc.Arbitrary<WorkingTimes> = fc
  .record({ week: fc.array(fc.option(shifts, { nil: [] }), { minLength: 7, maxLength: 7 }), swapped: shifts })
  .filter(({ week }) => week.some((day) => day.length > 0))
  .map(({ week, swapped }) => ({
    key: 'any',
    version: 1,
    week,
    swapped,
    years: [2026],
    off: [
      ['2026-03-06', '2026-03-09'],
      ['2026-10-01', '2026-10-07'],
    ],
    on: ['2026-03-28', '2026-10-10', '2026-10-25'],
  }));
/** About the changes of clocks, the holidays, a leap day and the turn of the year. */
const at = fc
  .constantFrom(
    '2026-03-08',
    '2026-03-29',
    '2026-04-05',
    '2026-10-04',
    '2026-10-25',
    '2026-11-01',
    '2027-01-01',
    '2028-02-29',
  )
  .chain((day) => fc.integer({ min: -5 * 86_400, max: 5 * 86_400 }).map((s) => Date.parse(day) + s * 1000));
const ms = fc.integer({ min: 1, max: 200 * 3600 }).map((s) => s * 1000);
const iso = (text: number): string => `PT${text / 1000}S`;

describe('for any calendar, zone and moment', () => {
  const settings = { numRuns: 400 };

  it('what is added is the time between, and what is taken away too', () => {
    fc.assert(
      fc.property(times, zone, at, ms, (calendar, place, from, length) => {
        const { addMs, subtract, between } = reckonerOf(calendar, place);

        expect(between(from, addMs(from, length))).toBe(length);
        expect(between(subtract(from, iso(length)), from)).toBe(length);
      }),
      settings,
    );
  });

  it('no moment before has it all: the sum is the first, the difference the last', () => {
    fc.assert(
      fc.property(times, zone, at, ms, (calendar, place, from, length) => {
        const { addMs, subtract, between } = reckonerOf(calendar, place);

        expect(between(from, addMs(from, length) - 1)).toBe(length - 1);
        expect(between(subtract(from, iso(length)) + 1, from)).toBe(length - 1);
      }),
      settings,
    );
  });

  it('adding and taking away again comes back to the same, or to where work goes on', () => {
    fc.assert(
      fc.property(times, zone, at, ms, (calendar, place, from, length) => {
        const { addMs, subtract, between } = reckonerOf(calendar, place);
        const back = subtract(addMs(from, length), iso(length));

        expect(back).toBeGreaterThanOrEqual(from);
        expect(between(from, back)).toBe(0);
      }),
      settings,
    );
  });

  it('later and longer is never earlier; hours add up', () => {
    const duration = fc.tuple(fc.nat({ max: 12 }), fc.nat({ max: 30 })).map(([d, h]) => ({ d, h }));
    const lengths = fc.record({ length: duration, later: fc.nat({ max: 400_000 }) });
    const text = ({ d, h }: { d: number; h: number }) => `P${d}DT${h}H`;
    fc.assert(
      fc.property(times, zone, at, lengths, (calendar, place, from, { length, later }) => {
        const { add, addMs, subtract } = reckonerOf(calendar, place);

        expect(add(from + later * 1000, text(length))).toBeGreaterThanOrEqual(add(from, text(length)));
        expect(add(from, text({ ...length, d: length.d + 1 }))).toBeGreaterThanOrEqual(add(from, text(length)));
        expect(subtract(from + later * 1000, text(length))).toBeGreaterThanOrEqual(subtract(from, text(length)));
        expect(addMs(addMs(from, 3_600_000), 7_200_000)).toBe(addMs(from, 10_800_000));
        expect(add(from, 'P0DT0H')).toBe(from);
      }),
      settings,
    );
  });
});
