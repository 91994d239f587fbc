/** Laws of FEEL's arithmetic, on random values. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prepare } from '../feel-syntax.ts';
import { evaluateFeel } from '../feel.ts';
import type { Json, ValueType } from '../types.ts';

const types: Record<string, ValueType> = {
  ...{ day: 'date', other: 'date', at: 'dateTime', till: 'dateTime' },
  ...{ d: 'duration', e: 'duration', months: 'duration' },
};
const zones = ['Asia/Shanghai', 'Europe/Paris', 'America/St_Johns', 'Australia/Lord_Howe', 'Pacific/Apia', 'UTC'];

const days = fc
  .date({ min: new Date('1950-01-01'), max: new Date('2100-12-31'), noInvalidDate: true })
  .map((at) => at.toISOString().slice(0, 10));
const zone = fc.constantFrom(...zones);
/** Any second of it, also those that a zone's clocks go through twice or leave out. */
const moments = fc
  .tuple(fc.date({ min: new Date('1990-01-01'), max: new Date('2037-12-31'), noInvalidDate: true }), zone)
  .map(([at, own]) => `${at.toISOString().slice(0, 19)}@${own}`);
const wholeDays = fc.integer({ min: -40_000, max: 40_000 }).map((n) => `${n < 0 ? '-' : ''}P${String(Math.abs(n))}D`);
const seconds = fc.integer({ min: -1e9, max: 1e9 }).map((n) => `${n < 0 ? '-' : ''}PT${String(Math.abs(n))}S`);
const cents = fc.integer({ min: -1e9, max: 1e9 }).map((n) => n / 100);

function valueOf(text: string, vars: Record<string, Json>, own = 'Asia/Shanghai'): unknown {
  const ready = prepare(text, Object.keys(vars));
  if (!ready.ok) throw new Error(ready.problem.code);
  const result = evaluateFeel(ready.prepared, { vars, types, outcomes: {}, initiator: null, now: 0, zone: own });
  if (!result.ok) throw new Error(`${text}: ${result.code} ${result.message}`);
  return result.value;
}

/** `text` is true for all values. */
function law<T extends Record<string, Json>>(text: string, arbitrary: fc.Arbitrary<T>): void {
  it(text, () => {
    fc.assert(fc.property(arbitrary, zone, (vars, own) => valueOf(text, vars, own) === true));
  });
}

describe('what a duration adds, it takes away', () => {
  law('day + d - d = day', fc.record({ day: days, d: wholeDays }));
  law('at + d - d = at', fc.record({ at: moments, d: seconds }));
  law('at + (d + e) = at + d + e', fc.record({ at: moments, d: seconds, e: seconds }));
  law('day + (other - day) = other', fc.record({ day: days, other: days }));
  law('at + (till - at) = till', fc.record({ at: moments, till: moments }));
  law('(at + d) - at = d', fc.record({ at: moments, d: seconds }));
});

describe('order', () => {
  law('(day < other) != (day >= other)', fc.record({ day: days, other: days }));
  law('(at < till) = (till - at > @"PT0S")', fc.record({ at: moments, till: moments }));
  law('(at = till) = (at >= till and at <= till)', fc.record({ at: moments, till: moments }));
  law('(d < e) = (at + d < at + e)', fc.record({ at: moments, d: seconds, e: seconds }));
  law('before(at, till) = (at < till)', fc.record({ at: moments, till: moments }));
  law('min([day, other]) <= max([day, other])', fc.record({ day: days, other: days }));
});

describe('durations and numbers', () => {
  law('duration(string(d)) = d', fc.record({ d: seconds }));
  law('d * n / n = d', fc.record({ d: wholeDays, n: fc.integer({ min: 1, max: 1000 }) }));
  law('(d * n) / @"PT1S" = d / @"PT1S" * n', fc.record({ d: seconds, n: fc.integer({ min: -50, max: 50 }) }));
  law('d + d = 2 * d', fc.record({ d: seconds }));
  law('-(-d) = d', fc.record({ d: seconds }));
  law('abs(d) >= @"PT0S"', fc.record({ d: seconds }));
  law('d = e or d < e or d > e', fc.record({ d: wholeDays, e: wholeDays }));
});

describe('months', () => {
  law(
    'years and months duration(day, day + @"P1M" * n) = @"P1M" * n or day.day > 28',
    fc.record({ day: days, n: fc.integer({ min: -600, max: 600 }) }),
  );
  law('(day + @"P1M").day <= day.day', fc.record({ day: days }));
  law('last day of month(day) >= day and last day of month(day) < day + @"P31D"', fc.record({ day: days }));
});

describe('amounts', () => {
  law('a + b - b = a', fc.record({ a: cents, b: cents }));
  law('a * 3 = a + a + a', fc.record({ a: cents }));
  law('abs(round half up(a / 7, 2) - a / 7) <= 0.005', fc.record({ a: cents }));
  law('sum([a, b, -a]) = b', fc.record({ a: cents, b: cents }));
});

describe('regular expressions', () => {
  const patterns = fc.constantFrom(
    'a',
    'ab',
    'a|b',
    '(a|b)+',
    'a*b',
    'a?b+',
    '(ab)+',
    '[ab]c',
    'a{2}',
    'a{1,3}',
    'a+?b',
    '(a)(b)?',
    '.b',
  );
  const texts = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 12 });

  it('match, replace and split as the host does where it is safe', () => {
    fc.assert(
      fc.property(texts, patterns, (s, pattern) => {
        expect(valueOf('matches(s, pattern)', { s, pattern })).toBe(new RegExp(pattern, 'u').test(s));
        expect(valueOf('replace(s, pattern, "[$0$1]")', { s, pattern })).toBe(
          s.replace(new RegExp(pattern, 'gu'), (whole: string, first: unknown) => {
            return `[${whole}${typeof first === 'string' ? first : ''}]`;
          }),
        );
        expect(valueOf('string join(split(s, pattern), "|")', { s, pattern })).toBe(
          s.replace(new RegExp(pattern, 'gu'), '|'),
        );
      }),
      { numRuns: 500 },
    );
  });
});
