import { describe, expect, it } from 'vitest';
import { setTimeZone } from './format.ts';
import { dueChip } from './due.ts';

setTimeZone('Asia/Shanghai');
const at = (local: string): string => new Date(`${local}+08:00`).toISOString();
const now = Date.parse(at('2026-11-23T10:00:00'));
const chip = (openedAt: string, dueAt: string | null, paused = false) =>
  dueChip({ openedAt: at(openedAt), dueAt: dueAt === null ? null : at(dueAt), paused }, now);

describe('dueChip', () => {
  it('shows nothing without a deadline', () => {
    expect(chip('2026-11-23T09:00:00', null)).toBeUndefined();
  });

  it('is red and says how late', () => {
    expect(chip('2026-11-20T09:00:00', '2026-11-23T07:00:00')).toMatchObject({ tone: 'danger', text: '逾期 3 小时' });
    expect(chip('2026-11-10T09:00:00', '2026-11-20T07:00:00')).toMatchObject({ tone: 'danger', text: '逾期 3 天' });
  });

  it('is amber with less than a fifth of the budget left', () => {
    expect(chip('2026-11-23T08:00:00', '2026-11-23T10:24:00')).toMatchObject({ tone: 'warn', text: '剩 24 分钟' });
  });

  it('is blue today while there is time', () => {
    expect(chip('2026-11-23T09:30:00', '2026-11-23T18:00:00')).toMatchObject({ tone: 'info', text: '今天 18:00' });
  });

  it('is grey for tomorrow and later', () => {
    expect(chip('2026-11-23T09:30:00', '2026-11-24T09:00:00')).toMatchObject({ tone: 'neutral', text: '明天 09:00' });
    expect(chip('2026-11-23T09:30:00', '2026-11-27T09:00:00')).toMatchObject({ tone: 'neutral', text: '11月27日' });
  });

  it('a long budget turns amber only in the last day', () => {
    expect(chip('2026-10-01T00:00:00', '2026-11-26T10:00:00')).toMatchObject({ tone: 'neutral' });
  });

  it('is striped while the clock is paused, however late', () => {
    expect(chip('2026-11-20T09:00:00', '2026-11-23T07:00:00', true)).toMatchObject({ striped: true, text: '计时暂停' });
  });
});
