import { describe, expect, it } from 'vitest';
import { dueByNotes, dueByText, timeText } from './due-by.ts';

const by = { calendar: 'office', title: { 'zh-CN': '办公时间', en: 'Office hours' }, isGuess: false, before: null };
const now = Date.parse('2026-11-27T02:00:00Z');

describe('a due time', () => {
  it('says by which calendar, and nothing for the clock on the wall', () => {
    expect(dueByText(by)).toContain('办公时间');
    expect(dueByText(null)).toBe('');
    expect(dueByNotes(by, now)).toEqual([]);
    expect(dueByNotes(null, now)).toEqual([]);
  });

  it('says that the calendar moved it, and that a year is not known', () => {
    const notes = dueByNotes({ ...by, isGuess: true, before: '2026-11-28T02:00:00Z' }, now);

    expect(notes).toHaveLength(2);
    expect(notes[0]).toContain('10:00');
  });
});

it('tells whose the time was, the longest first, in rough lengths', () => {
  const time = [
    { party: 'supplier' as const, minutes: 4 * 1440, workingMinutes: null },
    { party: 'holder' as const, minutes: 95, workingMinutes: 60 },
    { party: 'pool' as const, minutes: 5, workingMinutes: 5 },
    { party: 'other' as const, minutes: 0, workingMinutes: 0 },
  ];

  expect(timeText(time).split(' · ')).toEqual([
    expect.stringContaining('4'),
    expect.stringContaining('2'),
    expect.stringContaining('5'),
  ]);
  expect(timeText([])).toBe('');
});
