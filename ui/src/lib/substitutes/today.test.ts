import { describe, expect, it } from 'vitest';
import { today } from './today.ts';

describe('today', () => {
  it('is the day of this device, also in the hours when another day is counted elsewhere', () => {
    expect(today(new Date(2026, 10, 29, 0, 48))).toBe('2026-11-29');
    expect(today(new Date(2026, 0, 1, 23, 59))).toBe('2026-01-01');
  });
});
