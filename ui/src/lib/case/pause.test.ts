import { describe, expect, it } from 'vitest';
import type { TimelineEntry } from '#lib/api/types.gen.ts';
import { pauseAt, pauseText, presets, untilFault } from './pause.ts';

const zone = 'Asia/Shanghai';
/** 10:00 in the community. */
const now = Date.parse('2026-11-24T02:00:00Z');

describe('presets', () => {
  it('offers this evening, tomorrow morning and in three days on the community’s clock', () => {
    expect(presets(now, zone, 'P14D').map(({ key, until }) => [key, until])).toEqual([
      ['today', '2026-11-24T10:00:00Z'],
      ['tomorrow', '2026-11-25T01:00:00Z'],
      ['later', '2026-11-27T01:00:00Z'],
    ]);
  });

  it('offers nothing past what the flow allows, nor what is all but over', () => {
    const evening = Date.parse('2026-11-24T09:45:00Z');

    expect(presets(now, zone, 'P1D').map(({ key }) => key)).toEqual(['today', 'tomorrow']);
    expect(presets(evening, zone, 'P14D').map(({ key }) => key)).toEqual(['tomorrow', 'later']);
    expect(presets(now, zone, 'PT2H')).toEqual([]);
  });
});

it('says what is wrong with a moment of one’s own', () => {
  expect(untilFault('2026-11-24T01:00:00Z', now, 'P1D')).toBe('要晚于现在');
  expect(untilFault(null, now, 'P1D')).toBe('要晚于现在');
  expect(untilFault('2026-11-26T01:00:00Z', now, 'P1D')).toContain('11月25日 10:00');
  expect(untilFault('2026-11-25T02:00:00Z', now, 'P1D')).toBe('');
});

describe('a pause by the log', () => {
  const entry = (type: string, step: string, more: Partial<TimelineEntry> = {}): TimelineEntry => ({
    ...{ rev: 1, at: '2026-11-24T02:00:00Z', type, step: { id: step, title: { 'zh-CN': step, en: step } } },
    ...{ actor: null, outcome: null, comment: null, changed: [], data: {}, tookSeconds: null, labels: {} },
    ...more,
  });
  const paused = entry('task_paused', 'work', { comment: '等待配件', data: { until: '2026-11-26T01:00:00Z' } });

  it('stands until something happens at the step', () => {
    const pause = pauseAt([paused, entry('task_completed', 'other')], 'work');

    expect(pause).toEqual({ until: '2026-11-26T01:00:00Z', reason: '等待配件' });
    expect(pauseText(pause!, now)).toBe('等待配件，预计 11月26日 09:00 继续');
    expect(pauseAt([paused, entry('task_resumed', 'work')], 'work')).toBeUndefined();
    expect(pauseAt([paused, entry('task_completed', 'work')], 'work')).toBeUndefined();
    expect(pauseAt([paused], 'other')).toBeUndefined();
  });

  it('can be told without a reason', () => {
    expect(pauseText({ until: '2026-11-26T01:00:00Z', reason: null }, now)).toBe('已暂停，预计 11月26日 09:00 继续');
  });
});
