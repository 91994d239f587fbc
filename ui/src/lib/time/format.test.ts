import { beforeEach, describe, expect, it } from 'vitest';
import { ago, dateTime, dayOf, daysBetween, plainDate, setTimeZone, span } from './format.ts';

const now = Date.parse('2026-11-23T02:00:00Z');

beforeEach(() => {
  setTimeZone('Asia/Shanghai');
});

describe('the calendar of the community', () => {
  it('is not the browser’s', () => {
    expect(dayOf('2026-11-22T17:30:00Z')).toBe('2026-11-23');
    setTimeZone('America/New_York');
    expect(dayOf('2026-11-22T17:30:00Z')).toBe('2026-11-22');
  });

  it('counts days by date, not by hours', () => {
    expect(daysBetween('2026-11-23T15:59:00Z', '2026-11-23T16:01:00Z')).toBe(1);
    expect(daysBetween('2026-11-22T16:00:00Z', '2026-11-23T15:59:00Z')).toBe(0);
  });
});

describe('ago', () => {
  it.each([
    ['2026-11-23T01:59:40Z', '刚刚'],
    ['2026-11-23T01:45:00Z', '15 分钟前'],
    ['2026-11-22T22:00:00Z', '4 小时前'],
    ['2026-11-22T12:30:00Z', '昨天 20:30'],
    ['2026-11-20T02:00:00Z', '11月20日 10:00'],
  ])('%s is %s', (instant, text) => {
    expect(ago(instant, now)).toBe(text);
  });
});

it('writes the year when it is another one', () => {
  expect(dateTime('2025-03-01T01:00:00Z', now)).toContain('2025');
  expect(dateTime('2026-03-01T01:00:00Z', now)).not.toContain('2026');
});

it('never shifts a plain date', () => {
  setTimeZone('America/New_York');
  expect(plainDate('2026-11-01')).toBe('2026年11月1日');
});

it('tells a length in its largest unit', () => {
  expect([span(10_000), span(90 * 60_000), span(-49 * 3_600_000)]).toEqual(['1 分钟', '1 小时', '2 天']);
});
