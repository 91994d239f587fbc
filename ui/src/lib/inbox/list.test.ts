import { describe, expect, it } from 'vitest';
import type { TaskItem } from '#lib/api/types.gen.ts';
import { dueGroup } from './due-group.ts';
import { groupRows, neighbour, settle, summaryOf } from './list.ts';

function aTask(id: string, more: Partial<TaskItem> = {}): TaskItem {
  return {
    id,
    caseId: `case-${id}`,
    caseNumber: 'WX-202611-0001',
    caseTitle: '报修',
    flow: 'repair',
    flowTitle: { 'zh-CN': '报修', en: 'Repair' },
    step: 'dispatch',
    title: { 'zh-CN': '派单', en: 'Dispatch' },
    summary: [],
    state: 'open',
    initiator: { id: 'p', name: '林晓梅' },
    holder: null,
    pool: null,
    communityId: null,
    openedAt: '2026-11-23T00:00:00Z',
    dueAt: null,
    closedAt: null,
    outcome: null,
    returned: false,
    delegated: false,
    added: false,
    for: null,
    suspended: false,
    pause: null,
    item: null,
    dueBy: null,
    unread: false,
    ...more,
  };
}
const ids = (rows: readonly TaskItem[]): string[] => rows.map((row) => row.id);
const shown = [aTask('a'), aTask('b'), aTask('c')];

describe('settle', () => {
  it('takes everything when nothing was shown', () => {
    expect(settle([], shown, true)).toEqual({ rows: shown, waiting: 0 });
  });

  it('updates in place, drops what is gone, keeps new rows back', () => {
    const fresh = [aTask('new'), aTask('c', { state: 'completing' }), aTask('a')];

    const reading = settle(shown, fresh, true);

    expect(ids(reading.rows)).toEqual(['a', 'c']);
    expect(reading.rows[1]?.state).toBe('completing');
    expect(reading.waiting).toBe(1);
  });

  it('keeps the open row though it is gone', () => {
    expect(ids(settle(shown, [aTask('a')], true, 'b').rows)).toEqual(['a', 'b']);
  });

  it('keeps rows beyond what was read', () => {
    expect(ids(settle(shown, [aTask('b')], false).rows)).toEqual(['b', 'c']);
  });
});

describe('neighbour', () => {
  it('steps within the list and stops at its ends', () => {
    expect(neighbour(shown, 'a', 1)?.id).toBe('b');
    expect(neighbour(shown, 'c', 1)).toBeUndefined();
    expect(neighbour(shown, undefined, 1)?.id).toBe('a');
    expect(neighbour(shown, 'gone', -1)?.id).toBe('c');
  });
});

it('groups in order of first appearance', () => {
  const rows = [aTask('a', { flow: 'x' }), aTask('b', { flow: 'y' }), aTask('c', { flow: 'x' })];

  const groups = groupRows(rows, (row) => row.flow);

  expect(groups.map((group) => [group.key, ids(group.rows)])).toEqual([
    ['x', ['a', 'c']],
    ['y', ['b']],
  ]);
});

it('puts a task into the deadline group of the community’s calendar', () => {
  const now = Date.parse('2026-11-23T10:00:00+08:00');
  const of = (dueAt: string | null) => dueGroup({ dueAt }, now);

  expect(of(null)).toBe('none');
  expect(of('2026-11-23T01:59:00Z')).toBe('overdue');
  expect(of('2026-11-23T15:59:00Z')).toBe('today');
  expect(of('2026-11-23T16:01:00Z')).toBe('tomorrow');
  expect(of('2026-11-26T00:00:00Z')).toBe('later');
});

it('leaves out of the summary what the title or a mark says already', () => {
  const label = { 'zh-CN': '', en: '' };
  const summary = ['漏水', '3-2-1201', '', '紧急', '电梯', '明天'].map((value) => ({ label, value, tone: null }));

  expect(summaryOf({ summary, caseTitle: '3-2-1201' })).toEqual(['漏水', '紧急', '电梯']);
  expect(summaryOf({ summary: [], caseTitle: '' })).toEqual([]);
  const visit = { label, value: '2026-11-25T02:00:00.000Z', tone: null };
  expect(summaryOf({ summary: [visit], caseTitle: '' })[0]).toMatch(/10:00$/);
  const marked = { label, value: '紧急', tone: 'danger' as const };
  expect(summaryOf({ summary: [marked, ...summary], caseTitle: '3-2-1201' })[0]).toBe('漏水');
});
