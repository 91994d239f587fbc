import { describe, expect, it } from 'vitest';
import type { TaskDetail, TimelineEntry } from '#lib/api/types.gen.ts';
import { earlyEnd, fateOf, returnOf } from './fate.ts';

const lin = { id: 'lin', name: '林晓梅' };
const chen = { id: 'chen', name: '陈志强' };

function anEntry(type: string, more: Partial<TimelineEntry> = {}): TimelineEntry {
  const step = { id: 'dispatch', title: { 'zh-CN': '派单', en: 'Dispatch' } };
  const none = { outcome: null, comment: null, changed: [], data: {}, tookSeconds: null, labels: {} };
  return { rev: 2, at: '2026-11-24T02:00:00Z', type, step, actor: lin, ...none, ...more };
}

function aTask(state: string, timeline: TimelineEntry[], more: object = {}): TaskDetail {
  const task = { state, step: 'dispatch', openedAt: '2026-11-24T01:00:00Z', holder: null, returned: false, ...more };
  return { task, timeline } as unknown as TaskDetail;
}

describe('fateOf', () => {
  it('names who withdrew the case and why, not who held the task', () => {
    const withdrawn = anEntry('case_withdrawn', { step: null, comment: '自己修好了' });
    expect(fateOf(aTask('cancelled', [withdrawn], { holder: chen }))).toBe('林晓梅 已撤回：自己修好了');
  });

  it('tells what was done by whom, and where it went', () => {
    const done = anEntry('task_completed', { actor: chen, outcome: { 'zh-CN': '派单', en: 'Dispatch' } });
    const given = anEntry('task_transferred', { data: { to: 'chen' }, labels: { chen: '陈志强' } });

    expect(fateOf(aTask('done', [done]))).toBe('陈志强 已处理：派单');
    expect(fateOf(aTask('open', [given], { holder: chen }))).toBe('林晓梅 已转给 陈志强');
    expect(fateOf(aTask('open', [], { holder: chen }))).toBe('陈志强 已认领');
    expect(fateOf(aTask('cancelled', []))).toBe('');
  });

  it('names who delegated it, asked others first, or took back what had opened it', () => {
    const asked = { data: { persons: ['chen'] }, labels: { chen: '陈志强' } };
    const elsewhere = { step: { id: 'before', title: { 'zh-CN': '前一步', en: 'Before' } } };
    const given = anEntry('task_delegated', { data: { to: 'chen' }, labels: { chen: '陈志强' } });
    expect(fateOf(aTask('open', [given], { holder: chen }))).toBe('林晓梅 已委派给 陈志强');
    expect(fateOf(aTask('cancelled', [anEntry('signers_added', asked)]))).toBe('林晓梅 加签了 陈志强');
    expect(fateOf(aTask('cancelled', [anEntry('task_taken_back', elsewhere)]))).toBe('林晓梅 拿回了上一步的决定');
  });

  it('does not take an earlier round of the step for this one', () => {
    const before = anEntry('task_completed', { at: '2026-11-24T00:30:00Z' });
    expect(fateOf(aTask('cancelled', [before, anEntry('case_cancelled', { step: null })]))).toBe('林晓梅 已取消这一单');
  });
});

it('earlyEnd gives the reason of a withdrawn case, and nothing of one that was completed', () => {
  expect(earlyEnd([anEntry('case_withdrawn', { comment: '不用了' })])).toEqual({
    text: '林晓梅 已撤回',
    at: '2026-11-24T02:00:00Z',
    reason: '不用了',
  });
  expect(earlyEnd([anEntry('task_completed')])).toBeUndefined();
});

it('returnOf finds the last return to this step', () => {
  const back = anEntry('task_returned', { actor: chen, comment: '人在外地', data: { to: 'dispatch' } });
  expect(returnOf(aTask('open', [back, anEntry('task_completed')], { returned: true }))).toBe(back);
  expect(returnOf(aTask('open', [back]))).toBeUndefined();
});
