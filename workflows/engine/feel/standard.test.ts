/** Where feelin 8.2.0 has otherwise than DMN 1.5, ours holds to it; the title names the section or table. Fields: see `vars`. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { prepare } from '../feel-syntax.ts';
import { evaluateFeel, type Scope } from '../feel.ts';

const scope: Scope = {
  vars: {
    due: '2026-08-29',
    amount: '1234.56',
    empty: null,
    lines: [
      { days: 2, price: 1.15 },
      { days: 3, price: 2.2 },
    ],
  },
  types: { due: 'date', amount: 'money' },
  outcomes: {},
  initiator: 'p1',
  now: Date.UTC(2026, 10, 27, 4),
  zone: 'Asia/Shanghai',
};

/** What the expression gives, as JSON; a failure is its code. */
function valueOf(text: string, zone = scope.zone): unknown {
  const ready = prepare(text, null);
  if (!ready.ok) return ready.problem.code;
  const result = evaluateFeel(ready.prepared, { ...scope, zone });
  return result.ok ? (JSON.parse(JSON.stringify(result.value)) as unknown) : result.code;
}

function holds(section: string, rows: readonly (readonly [text: string, value: unknown])[]): void {
  describe(section, () => {
    it.each(rows)('%s', (text, value) => {
      expect(valueOf(text)).toEqual(value);
    });
  });
}

holds('10.3.1.2, rule 35: a number with an exponent, which feelin reads too, but as its first digits', [
  ['1e5', 100_000],
  ['-2E2', -200],
  ['1.5e-1', 0.15],
]);

holds('10.3.2.3.1, tables 57, 59 and 60: numbers are decimals of 34 digits', [
  ['0.1 + 0.2', 0.3],
  ['0.1 + 0.2 = 0.3', true],
  ['1.1 * 3', 3.3],
  ['1.1 ** 2', 1.21],
  ['10 / 3 * 3', 10],
  ['1 / 0', null],
  ['2 ** 0.5 > 1.41', true],
  ['sum(for line in lines return line.days * line.price)', 8.9],
]);

holds('table 57: durations add to points and to their own kind', [
  ['@"P1D" + @"PT1H"', 'P1DT1H'],
  ['@"P1Y" - @"P1M"', 'P11M'],
  ['@"P1Y" + @"P1D"', 'expression_failed'],
  ['@"2026-01-01" - @"P1D"', '2025-12-31'],
  ['@"2026-01-01" + -@"P1D"', '2025-12-31'],
  ['@"2026-01-01" + @"-P1M"', '2025-12-01'],
  ['@"P1D" + @"2026-01-01"', '2026-01-02'],
  ['@"2026-01-01" + @"PT48H"', '2026-01-03'],
  ['time("23:00:00") + @"PT2H"', '01:00:00'],
  ['time("23:00:00") + @"P1M"', 'expression_failed'],
  ['@"2026-01-01T10:00:00" + @"PT36H"', '2026-01-02T22:00:00'],
]);

holds('table 57: months stop at the end of a shorter month', [
  ['@"2026-01-31" + @"P1M"', '2026-02-28'],
  ['@"2028-01-31" + @"P1M"', '2028-02-29'],
  ['@"2024-02-29" + @"P1Y"', '2025-02-28'],
  ['@"2024-02-29" + @"P4Y"', '2028-02-29'],
  ['@"2026-03-31" - @"P1M"', '2026-02-28'],
  ['@"2026-01-31T22:00:00@Asia/Shanghai" + @"P1M"', '2026-02-28T22:00:00@Asia/Shanghai'],
]);

holds('table 57, valuedt in 10.3.2.3.6: a day is 24 hours, also across a change of clocks', [
  ['@"2026-03-28T12:00:00@Europe/Paris" + @"P1D"', '2026-03-29T13:00:00@Europe/Paris'],
  ['@"2026-03-28T12:00:00@Europe/Paris" + @"PT24H"', '2026-03-29T13:00:00@Europe/Paris'],
  ['@"2026-03-29T13:00:00@Europe/Paris" - @"P1D"', '2026-03-28T12:00:00@Europe/Paris'],
  ['@"2026-10-25T01:30:00@Europe/Paris" + @"PT1H"', '2026-10-25T02:30:00@Europe/Paris'],
  ['@"2026-10-25T01:30:00@Europe/Paris" + @"PT2H"', '2026-10-25T02:30:00+01:00'],
  ['@"2026-10-25T01:30:00@Europe/Paris" + @"PT3H" - @"PT3H"', '2026-10-25T01:30:00@Europe/Paris'],
  // Months move the calendar: a time that the clocks leave out is the next there is.
  ['@"2026-02-28T12:00:00@Europe/Paris" + @"P1M"', '2026-03-28T12:00:00@Europe/Paris'],
  ['@"2026-02-28T12:00:00@Europe/Paris" + @"P2M"', '2026-04-28T12:00:00@Europe/Paris'],
  ['@"2025-03-29T02:30:00@Europe/Paris" + @"P1Y"', '2026-03-29T03:30:00@Europe/Paris'],
]);

holds('table 57: the time between two points is between two instants', [
  ['@"2026-01-01T00:00:00Z" - @"2026-01-01T08:00:00@Asia/Shanghai"', 'PT0S'],
  ['@"2026-03-29T12:00:00@Europe/Paris" - @"2026-03-28T12:00:00@Europe/Paris"', 'PT23H'],
  ['@"2026-01-01" - @"2026-03-01"', '-P59D'],
  ['@"2026-01-02T00:00:00" - @"2026-01-01T12:00:00"', 'PT12H'],
  ['time("10:00:00Z") - time("18:00:00+08:00")', 'PT0S'],
  ['(today - due).days', 90],
  ['@"2026-01-01" - time("10:00:00")', 'expression_failed'],
]);

holds('tables 59 and 62: durations times and by numbers', [
  ['@"P1D" * 3', 'P3D'],
  ['3 * @"P1D"', 'P3D'],
  ['@"PT1H" * 1.5', 'PT1H30M'],
  ['@"P1D" * -2', '-P2D'],
  ['@"P1Y" * 2.5', 'P2Y6M'],
  ['@"P1M" * 2.5', 'P2M'],
  ['@"P2D" / 4', 'PT12H'],
  ['@"P1Y" / 12', 'P1M'],
  ['@"P2D" / @"PT12H"', 4],
  ['@"P1Y" / @"P3M"', 4],
  ['@"P1D" / 0', null],
  ['@"P1D" / @"PT0S"', null],
  ['@"P1D" * @"P1D"', 'expression_failed'],
  ['@"P1Y" / @"P1D"', 'expression_failed'],
  ['3 / @"P1D"', 'expression_failed'],
  ['-@"P1D"', '-P1D'],
  ['-@"P1Y"', '-P1Y'],
  ['today + @"P1D" * (lines[1].days + 1)', '2026-11-30'],
  ['round half up(amount * 0.0005 * ((today - due) / @"P1D"), 2)', 55.56],
]);

holds('tables 53 and 54: equality and order of dates and durations', [
  ['@"P200D" = @"P201D"', false],
  ['@"P200D" != @"P201D"', true],
  ['@"P1Y" = @"P12M"', true],
  ['@"P1Y" = @"P365D"', null],
  ['@"P1M" < @"P30D"', null],
  ['@"P1D" < @"PT25H"', true],
  ['@"P1D" = "P1D"', null],
  ['[@"P200D"] = [@"P201D"]', false],
  ['{ a: @"P200D" } = { a: @"P201D" }', false],
  ['@"PT5H" in [@"PT1H"..@"P1D"]', true],
  ['@"PT5H" in (@"PT1H", @"PT300M")', true],
  ['@"PT5H" in (> @"PT1H")', true],
  ['@"PT5H" in > @"P1D"', false],
  ['@"PT5H" between @"PT1H" and @"PT6H"', true],
  ['@"2026-01-01T00:00:00Z" = @"2026-01-01T08:00:00@Asia/Shanghai"', true],
  ['@"2026-01-01T00:00:00+01:00" < @"2026-01-01T00:00:00Z"', true],
  ['@"2026-01-05T00:00:00Z" in [@"2026-01-05T08:00:00@Asia/Shanghai"..@"2026-01-06T00:00:00Z"]', true],
  ['@"2026-01-01" < @"2026-01-01T10:00:00"', null],
]);

holds('10.3.4.1: conversions', [
  ['number("1.000,5", ".", ",")', 1000.5],
  ['number("1 000.5", " ", ".")', 1000.5],
  ['number("-5")', -5],
  ['number("")', 'expression_failed'],
  ['number("0x10")', 'expression_failed'],
  ['number("1", ".", ".")', 'expression_failed'],
  ['number(empty)', null],
  ['years and months duration(@"2011-12-22", @"2013-08-24")', 'P1Y8M'],
  ['years and months duration(@"2013-08-24", @"2011-12-22")', '-P1Y8M'],
  ['years and months duration(@"2011-12-22T00:00:00", @"2013-08-24")', 'P1Y8M'],
  ['years and months duration(@"2026-01-01", @"2026-01-20")', 'P0M'],
]);

holds('10.3.4.3: texts, and regular expressions with the flags of XPath', [
  ['substring("foobar", 3)', 'obar'],
  ['substring("foobar", -2, 1)', 'a'],
  ['substring("foobar", 0)', null],
  ['substring("🐎ab", -2)', 'ab'],
  ['matches("abc", "B", "i")', true],
  ['matches("a\\nb", "a.b")', false],
  ['matches("a\\nb", "a.b", "s")', true],
  ['matches("x\\nabc", "^abc$", "m")', true],
  ['matches("abc", "a b c", "x")', true],
  ['matches("abc", "a.c", "q")', false],
  ['matches("abc", "b", "z")', 'expression_failed'],
  ['matches("13800000000", "^1[3-9]\\\\d{9}$")', true],
  ['matches("粤B12345", "^\\\\p{Lo}[A-Z][A-Z0-9]{5}$")', true],
  ['matches("abab", "^(?:ab){2,}$")', true],
  ['matches("aa", "(a)\\\\1")', 'expression_failed'],
  ['replace("abc", "B", "x", "i")', 'axc'],
  ['replace("abracadabra", "bra", "*")', 'a*cada*'],
  ['replace("abracadabra", "a.*a", "*")', '*'],
  ['replace("abracadabra", "a.*?a", "*")', '*c*bra'],
  ['replace("abracadabra", "a(.)", "a$1$1")', 'abbraccaddabbra'],
  ['replace("abab", "ab|a", "x")', 'xx'],
  ['replace("2026-11-27", "(\\\\d+)-(\\\\d+)-(\\\\d+)", "$3.$2.$1")', '27.11.2026'],
  ['replace("a.b", ".", "$1", "q")', 'a$1b'],
  ['replace("abc", "x*", "-")', 'expression_failed'],
  ['replace("abc", "b", "$")', 'expression_failed'],
  ['split("a;b;;c", ";")', ['a', 'b', '', 'c']],
  ['split("John  Doe", "\\\\s+")', ['John', 'Doe']],
]);

holds('10.3.4.4: lists', [
  ['list contains([@"2026-01-01"], @"2026-01-01")', true],
  ['list contains([{ a: 1 }], { a: 1 })', true],
  ['list contains([1, null], null)', true],
  ['index of([@"P1D", 2, @"PT24H"], @"P1D")', [1, 3]],
  ['distinct values([1, 1, "1", @"P1D", @"PT24H"])', [1, '1', 'P1D']],
  ['union([1, 2], [2, 3])', [1, 2, 3]],
  ['list replace([1, 2, 3], 2, 9)', [1, 9, 3]],
  ['list replace([1, 2, 3], -1, 9)', [1, 2, 9]],
  ['list replace([1, 2, 3], 7, 9)', null],
  ['insert before([1, 2], 0, 9)', null],
  ['insert before([1, 2], 2, null)', [1, null, 2]],
  ['remove([1, 2, 3], 0)', null],
  ['remove([1, 2, 3], -1)', [1, 2]],
  ['sublist([1, 2, 3], -2)', [2, 3]],
  ['sublist([1, 2, 3], 4)', null],
  ['min([@"2026-01-01", @"2025-01-01"])', '2025-01-01'],
  ['max("b", "a")', 'b'],
  ['max([1, "a"])', 'expression_failed'],
  ['min([])', null],
  ['sum([1, null])', null],
  ['sum("a")', 'expression_failed'],
  ['mean([0.1, 0.2])', 0.15],
  ['product([0.1, 3])', 0.3],
  ['median([10, 9, 1])', 9],
  ['median([1, 2, 10, 3])', 2.5],
  ['stddev([2, 4, 7, 5])', 2.0816659994661326],
  ['mode([6, 1, 9, 6, 1])', [1, 6]],
  ['mode([])', []],
]);

holds('10.3.4.5: numbers', [
  ['round half up(1.005, 2)', 1.01],
  ['round half up(-2.5, 0)', -3],
  ['round half up(1234, -2)', 1200],
  ['round half down(2.5, 0)', 2],
  ['round up(-1.121, 2)', -1.13],
  ['round down(-1.126, 2)', -1.12],
  ['decimal(2.5, 0)', 2],
  ['floor(1.567, 1)', 1.5],
  ['ceiling(-1.5)', -1],
  ['modulo(-12, 5)', 3],
  ['modulo(10.1, -4.5)', -3.4],
  ['modulo(1, 0)', null],
  ['abs(@"-P1D")', 'P1D'],
]);

holds('10.3.4.7 and table 78: ranges', [
  ['before([1..5), 5)', true],
  ['before([1..5], 5)', false],
  ['after([5..10], [1..5))', true],
  ['before(@"2026-01-01T08:00:00@Asia/Shanghai", @"2026-01-01T00:00:01Z")', true],
  ['meets([1..5], [5..10])', true],
  ['met by([5..10], [1..5))', false],
  ['overlaps([1..5], [5..8])', true],
  ['overlaps([1..5), [5..8])', false],
  ['overlaps before([1..5], [3..8])', true],
  ['overlaps after([3..8], [1..5])', true],
  ['finishes(10, [1..10])', true],
  ['finished by([1..10], [5..10])', true],
  ['includes([1..10], [1..10))', true],
  ['during(5, (5..10])', false],
  ['starts([1..5], [1..10])', true],
  ['started by([1..10], 1)', true],
  ['coincides([1..5], [1..5])', true],
  ['coincides(3, 4)', false],
  ['during(1, 2)', 'expression_failed'],
  ['overlaps([1..2], [@"2026-01-01"..@"2026-01-02"])', 'expression_failed'],
]);

holds('10.3.4.8 and table 66: dates', [
  ['day of week(@"2026-11-27")', 'Friday'],
  ['week of year(@"2005-01-01")', 53],
  ['day of year(@"2024-12-31T10:00:00Z")', 366],
  ['month of year(@"2026-02-01")', 'February'],
  ['@"2026-01-01T10:00:00@Asia/Shanghai".time offset', 'PT8H'],
  ['now.hour', 12],
  ['last day of month(@"2024-02-03")', '2024-02-29'],
]);

holds('10.3.4.10: contexts', [
  ['context put({ a: 1 }, "b", 2)', { a: 1, b: 2 }],
  ['context put({ a: { b: 1 } }, ["a", "c"], 2)', { a: { b: 1, c: 2 } }],
  ['context merge([{ a: 1 }, { a: 2, b: 3 }])', { a: 2, b: 3 }],
  ['context([{ key: "a", value: 1 }])', { a: 1 }],
  ['context([{ key: "a", value: 1 }, { key: "a", value: 2 }])', 'expression_failed'],
  ['get value({ a: 1 }, "a")', 1],
  ['get entries({ a: 1 })', [{ key: 'a', value: 1 }]],
]);

holds('10.3.2.14: loops over dates, and ranges without their ends', [
  ['for day in @"2026-12-31"..@"2027-01-01" return day', ['2026-12-31', '2027-01-01']],
  ['for x in (1..4) return x', [2, 3]],
  ['count(for day in [@"2026-11-23"..@"2026-11-29"] return day)', 7],
]);

holds('10.3.2.5: a filter asks every item', [
  ['[1, 2, 3][odd(item)]', [1, 3]],
  ['lines[not(days > 2)].price', [1.15]],
  ['["ab", "cb"][starts with(item, "a")]', ['ab']],
]);

describe('what carries no zone is of the community', () => {
  it.each([
    ['@"2026-01-01T08:00:00" = @"2026-01-01T00:00:00Z"', true],
    ['@"2026-01-01T07:00:00" < @"2026-01-01T00:00:00Z"', true],
    ['@"2026-01-01" + @"PT5H"', '2026-01-01T05:00:00@Asia/Shanghai'],
    ['@"2026-01-01T08:00:00" - @"2026-01-01T00:00:00Z"', 'PT0S'],
    ['now - today', 'PT12H'],
    ['is defined(empty)', false],
  ])('%s', (text, value) => {
    expect(valueOf(text)).toEqual(value);
  });

  it('tells the hour that clocks go through twice by its offset', () => {
    const ready = prepare('now', null);
    if (!ready.ok) throw new Error('now');
    const at = (now: number) => evaluateFeel(ready.prepared, { ...scope, now, zone: 'Europe/Paris' });

    expect(JSON.stringify(at(Date.UTC(2026, 9, 25, 0, 30)))).toContain('2026-10-25T02:30:00@Europe/Paris');
    expect(JSON.stringify(at(Date.UTC(2026, 9, 25, 1, 30)))).toContain('2026-10-25T02:30:00+01:00');
  });
});

describe('docs/expressions.md', () => {
  const text = readFileSync(new URL('../../../docs/expressions.md', import.meta.url), 'utf8');
  const rows = [...text.matchAll(/^\| `(.+?)` +\| `(.+?)` +\|$/gm)].map(([, expression = '', gives = '']) => [
    expression,
    gives,
  ]);

  it('has examples', () => {
    expect(rows.length).toBeGreaterThan(15);
  });

  it.each(rows)('%s gives %s', (expression, gives) => {
    expect(valueOf(expression)).toEqual(JSON.parse(gives));
  });
});
