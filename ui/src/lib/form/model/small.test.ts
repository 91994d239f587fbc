import { describe, expect, it } from 'vitest';
import { addMonths, monthOf, moved } from './calendar.ts';
import { readDuration, writeDuration } from './duration.ts';
import { numberSigns, readNumber } from './number.ts';
import { isSame } from './values.ts';
import { toInstant, toWall } from './zone.ts';

describe('readNumber', () => {
  it('reads what people type: full-width digits, separators, a yuan sign', () => {
    expect([readNumber('１２３４.5'), readNumber('¥ 12,345.60'), readNumber(' '), readNumber('-3')]).toEqual([
      1234.5,
      12345.6,
      null,
      -3,
    ]);
  });

  it('keeps what is no number, so that it is told and not lost', () => {
    expect([readNumber('12a'), readNumber('1.2.3'), readNumber('1e5')]).toEqual(['12a', '1.2.3', '1e5']);
  });

  it('takes no letters while typing', () => {
    expect([numberSigns('abc'), numberSigns('9o分'), numberSigns('¥ -1,２.5')]).toEqual(['', '9', '¥ -1,２.5']);
  });
});

describe('durations', () => {
  it('reads days, hours and minutes, and writes the same length', () => {
    expect(readDuration('P1DT2H30M')).toEqual({ days: 1, hours: 2, minutes: 30 });
    expect(writeDuration({ days: 1, hours: 2, minutes: 30 })).toBe('P1DT2H30M');
    expect(readDuration('P2W')?.days).toBe(14);
  });

  it('knows no months, no empty duration, and writes none for nothing', () => {
    expect([
      readDuration('P1M'),
      readDuration('P'),
      readDuration('P1DT'),
      writeDuration({ days: 0, hours: 0, minutes: 0 }),
    ]).toEqual([null, null, null, null]);
  });
});

describe('the community’s clock', () => {
  it('shows and reads an instant in the community’s zone', () => {
    expect(toWall('2026-11-23T09:00:00Z', 'Asia/Shanghai')).toBe('2026-11-23T17:00');
    expect(toInstant('2026-11-23T17:00', 'Asia/Shanghai')).toBe('2026-11-23T09:00:00Z');
  });

  it('is right on both sides of a clock change', () => {
    for (const wall of ['2026-03-29T01:30', '2026-03-29T03:30', '2026-10-25T04:00'])
      expect(toWall(toInstant(wall, 'Europe/Berlin') ?? '', 'Europe/Berlin')).toBe(wall);
  });

  it('answers nothing for what is incomplete', () => {
    expect([toInstant('2026-11-23', 'Asia/Shanghai'), toWall('soon', 'Asia/Shanghai')]).toEqual([null, '']);
  });
});

describe('the calendar', () => {
  it('begins its weeks on Monday and holds the whole month', () => {
    const days = monthOf('2026-11-23');

    expect(days[0]?.date).toBe('2026-10-26');
    expect(days.filter((day) => day.inMonth)).toHaveLength(30);
    expect(days).toHaveLength(42);
  });

  it('moves by keys, and stays in a shorter month', () => {
    expect([moved('2026-11-30', 'ArrowRight'), moved('2026-11-30', 'ArrowUp'), moved('2026-11-30', 'x')]).toEqual([
      '2026-12-01',
      '2026-11-23',
      null,
    ]);
    expect([addMonths('2026-01-31', 1), addMonths('2026-01-31', -2)]).toEqual(['2026-02-28', '2025-11-30']);
  });
});

describe('isSame', () => {
  it('takes every empty value for the same', () => {
    expect([isSame(null, ''), isSame([], undefined), isSame(0, null), isSame(['a'], ['a'])]).toEqual([
      true,
      true,
      false,
      true,
    ]);
  });
});
