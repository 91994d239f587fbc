import { describe, expect, it } from 'vitest';
import { dayIn, nextAfter, nextFew, type Recurrence } from './occurrences.ts';

const shanghai = (rrule: string, dtstart = '2026-01-01T09:00'): Recurrence => ({
  rrule,
  dtstart,
  zone: 'Asia/Shanghai',
});
const few = (recurrence: Recurrence, after: string, many = 3) =>
  nextFew(recurrence, new Date(after), many).map((at) => at.toISOString());

describe('occurrences', () => {
  it('are by the clock of the community', () => {
    expect(few(shanghai('FREQ=MONTHLY;BYMONTHDAY=25'), '2026-01-25T01:00:00Z', 2)).toEqual([
      '2026-02-25T01:00:00.000Z',
      '2026-03-25T01:00:00.000Z',
    ]);
  });

  it('are the last weekday of a month, the 31st only where there is one, a leap day', () => {
    const last = few(shanghai('FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1'), '2026-01-01T00:00:00Z', 3);
    expect(last.map((at) => at.slice(0, 10))).toEqual(['2026-01-30', '2026-02-27', '2026-03-31']);
    const days = few(shanghai('FREQ=MONTHLY;BYMONTHDAY=31', '2026-01-31T09:00'), '2026-01-01T00:00:00Z', 3);
    expect(days.map((at) => at.slice(0, 10))).toEqual(['2026-01-31', '2026-03-31', '2026-05-31']);
    expect(few(shanghai('FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29', '2024-02-29T09:00'), '2026-01-01T00:00:00Z', 1)).toEqual(
      ['2028-02-29T01:00:00.000Z'],
    );
  });

  it('keep their hour when clocks change; an hour that a day does not have has none, one that comes twice the first', () => {
    const berlin: Recurrence = { rrule: 'FREQ=DAILY', dtstart: '2026-03-27T02:30', zone: 'Europe/Berlin' };
    expect(few(berlin, '2026-03-27T12:00:00Z', 3)).toEqual([
      '2026-03-28T01:30:00.000Z',
      '2026-03-30T00:30:00.000Z',
      '2026-03-31T00:30:00.000Z',
    ]);
    const autumn: Recurrence = { ...berlin, dtstart: '2026-10-24T02:30' };
    expect(few(autumn, '2026-10-24T12:00:00Z', 2)).toEqual(['2026-10-25T00:30:00.000Z', '2026-10-26T01:30:00.000Z']);
  });

  it('end, are none before they begin, and strictly after', () => {
    expect(few(shanghai('FREQ=DAILY;COUNT=2'), '2025-01-01T00:00:00Z', 5)).toEqual([
      '2026-01-01T01:00:00.000Z',
      '2026-01-02T01:00:00.000Z',
    ]);
    expect(nextAfter(shanghai('FREQ=DAILY;UNTIL=20260102T000000Z'), new Date('2026-01-01T01:00:00Z'))).toBeNull();
  });

  it('of a rule that never comes are none, in bounded time', () => {
    expect(nextAfter(shanghai('FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30'), new Date('2026-01-01T00:00:00Z'))).toBeNull();
  });

  it('have a day of their own', () => {
    expect(dayIn('Asia/Shanghai', new Date('2026-01-24T16:30:00Z'))).toBe('2026-01-25');
    expect(dayIn('America/New_York', new Date('2026-01-25T01:00:00Z'))).toBe('2026-01-24');
  });
});
