import { describe, expect, it } from 'vitest';
import type { FormDefinition, TimelineEntry } from '#lib/api/types.gen.ts';
import { describeEntry, fieldTitles, filesOf, valueText, worthTelling } from './timeline.ts';
import { explain } from './why.ts';

const text = (zh: string) => ({ 'zh-CN': zh, en: zh });

function anEntry(more: Partial<TimelineEntry>): TimelineEntry {
  return {
    rev: 1,
    at: '2026-11-23T00:00:00Z',
    type: 'task_completed',
    step: { id: 'dispatch', title: text('分类派单') },
    actor: { id: 'p1', name: '何雪' },
    outcome: null,
    comment: null,
    changed: [],
    data: {},
    tookSeconds: null,
    labels: {},
    ...more,
  };
}

const form: FormDefinition = {
  key: 'repair',
  version: 1,
  schema: {
    properties: {
      photos: { 'x-field': 'files', 'x-title': text('照片') },
      category: { 'x-field': 'choice', 'x-title': text('类别'), oneOf: [{ const: 'water', 'x-title': text('水路') }] },
    },
  },
  layout: {},
};

describe('describeEntry', () => {
  it('tells of a case that a step has called whether it came to something', () => {
    const ended = (data: TimelineEntry['data']) =>
      describeEntry(anEntry({ type: 'child_ended', actor: null, step: { id: 'order', title: text('采购') }, data }));

    expect(ended({ status: 'completed', outcome: 'completed' })).toEqual({
      text: '「采购」发起的单已办结',
      tone: 'system',
    });
    expect(ended({ status: 'completed', error: 'broken' })).toMatchObject({ tone: 'alarm' });
    expect(ended({ status: 'cancelled', outcome: 'withdrawn' })).toEqual({
      text: '「采购」发起的单没有办成',
      tone: 'alarm',
    });
  });

  it('says who did what, with the label of the action', () => {
    expect(describeEntry(anEntry({ outcome: text('派单') }))).toEqual({
      text: '何雪 完成「分类派单」：派单',
      tone: 'done',
    });
  });

  it('says for whom somebody stood in', () => {
    const entry = anEntry({ actingFor: { id: 'p2', name: '李建平' }, outcome: text('派单') });
    expect(describeEntry(entry).text).toBe('何雪（代李建平） 完成「分类派单」：派单');
  });

  it('names the person a task went to', () => {
    const entry = anEntry({ type: 'task_transferred', data: { to: 'p2' }, labels: { p2: '李建平' } });
    expect(describeEntry(entry).text).toBe('何雪 把「分类派单」转给 李建平');
  });

  it('names everybody who was asked, and in which order they sign', () => {
    const asked = { data: { persons: ['p2', 'p3'], where: 'before' }, labels: { p2: '李建平', p3: '韩磊' } };
    const after = { ...asked, data: { ...asked.data, where: 'after' } };
    expect([
      describeEntry(anEntry({ type: 'signers_added', ...asked })).text,
      describeEntry(anEntry({ type: 'signers_added', ...after })).text,
      describeEntry(anEntry({ type: 'signers_removed', ...asked })).text,
    ]).toEqual([
      '何雪 在「分类派单」前加签 李建平、韩磊',
      '何雪 在「分类派单」后加签 李建平、韩磊',
      '何雪 在「分类派单」减签 李建平、韩磊',
    ]);
  });

  it('tells what was delegated, given back and taken back', () => {
    const to = { data: { to: 'p2' }, labels: { p2: '李建平' } };
    expect([
      describeEntry(anEntry({ type: 'task_delegated', ...to })),
      describeEntry(anEntry({ type: 'task_resolved', outcome: text('派单'), ...to })),
      describeEntry(anEntry({ type: 'task_taken_back', data: { decided: 'c1-7' } })),
    ]).toEqual([
      { text: '何雪 把「分类派单」委派给 李建平', tone: 'person' },
      { text: '何雪 办完「分类派单」（派单），交回 李建平', tone: 'person' },
      { text: '何雪 拿回「分类派单」的决定', tone: 'back' },
    ]);
  });

  it('tells what the system did by its name', () => {
    expect(
      describeEntry(anEntry({ type: 'timer_fired', actor: null, data: { timer: 'due', action: 'escalate' } })),
    ).toEqual({
      text: '「分类派单」已到期限',
      tone: 'alarm',
    });
  });

  it('says who stopped the clock until when, and whether somebody let it go on', () => {
    const paused = anEntry({ type: 'task_paused', data: { until: '2026-11-26T01:00:00Z' }, comment: '等待配件' });
    expect(describeEntry(paused)).toEqual({ text: '何雪 暂停了「分类派单」，到 11月26日 09:00', tone: 'person' });
    expect(describeEntry(anEntry({ type: 'task_resumed' })).text).toBe('何雪 恢复了「分类派单」');
    expect(describeEntry(anEntry({ type: 'task_resumed', actor: null }))).toEqual({
      text: '「分类派单」到时间自动继续',
      tone: 'system',
    });
  });

  it('says where it was returned to', () => {
    const entry = anEntry({ type: 'task_returned', data: { to: 'report', mode: 'redo' } });
    expect(describeEntry(entry, new Map([['report', '报修']]))).toEqual({
      text: '何雪 从「分类派单」退回到「报修」',
      tone: 'back',
    });
  });

  it('does not break on a type it does not know', () => {
    expect(describeEntry(anEntry({ type: 'moon_landed' })).text).toContain('分类派单');
  });

  it('leaves out an assignment that names nobody', () => {
    expect(worthTelling(anEntry({ type: 'people_resolved' }))).toBe(false);
    expect(worthTelling(anEntry({ type: 'people_resolved', data: { persons: ['p1'] }, labels: { p1: '何雪' } }))).toBe(
      true,
    );
  });
});

it('reads titles, files and values by the form', () => {
  expect(fieldTitles(form, ['category', 'gone'])).toEqual(['类别', 'gone']);
  expect(filesOf(form, { photos: ['f1', 'f2'], category: 'water' })).toEqual([{ title: '照片', ids: ['f1', 'f2'] }]);
  expect(filesOf(form, { photos: [] })).toEqual([]);
  expect(valueText(form, 'category', 'water', {})).toBe('水路');
  expect(valueText(form, 'other', null, {})).toBe('—');
});

it('explains an assignment in sentences', () => {
  const explanation = {
    rule: 'pool',
    inputs: { role: 'dispatcher' },
    labels: { dispatcher: '客服调度' },
    policy: 'whenEmpty',
  };
  expect(explain({ ...explanation, labels: {} }, { dispatcher: '客服调度' })).toEqual(explain(explanation));
  expect(explain(explanation)).toEqual(['「客服调度」都可以认领这个任务。', '按规则没有找到人，转给了备用处理人。']);
});

it('says whose act brought a task', () => {
  const explanation = { rule: 'pool', inputs: { role: '客服调度' }, labels: { p1: '何雪' }, by: 'p1' };
  const said = (policy: string) => explain({ ...explanation, policy }).at(-1);
  expect(['delegated', 'resolved', 'added'].map(said)).toEqual([
    '何雪 委派给您，办完交回。',
    '何雪 已办完您委派的事，请您决定。',
    '何雪 请您加签。',
  ]);
});
