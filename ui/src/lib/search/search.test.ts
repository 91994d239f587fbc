import { describe, expect, it } from 'vitest';
import { countFilters, fromAddress, noFilters, toAddress, without } from './filters.ts';
import { marksOf, splitAt } from './highlight.ts';
import { readTokens } from './tokens.ts';

const text = (zh: string) => ({ 'zh-CN': zh, en: zh });
const known = {
  facets: {
    flows: [
      { key: 'leave', title: text('请假'), stages: [{ step: 'approve', title: text('待审批') }] },
      { key: 'repair', title: text('报修'), stages: [{ step: 'dispatch', title: text('待派单') }] },
    ],
  },
  communities: [{ id: 'c1', name: '星河湾' }],
};

describe('the address', () => {
  it('keeps every filter and nothing else', () => {
    const filters = {
      ...noFilters,
      q: '漏水 3栋',
      flow: 'repair',
      status: 'running' as const,
      overdue: true,
      from: '2026-11-01',
    };

    expect(fromAddress(new URLSearchParams(toAddress(filters)))).toEqual(filters);
    expect(toAddress(noFilters)).toBe('');
    expect(countFilters(filters)).toBe(4);
  });

  it('leaves out what cannot be', () => {
    expect(fromAddress(new URLSearchParams('status=moon&from=yesterday&overdue=1&x=y'))).toEqual(noFilters);
  });

  it('drops the stage with its flow', () => {
    expect(without({ ...noFilters, flow: 'repair', stage: 'dispatch' }, 'flow')).toEqual(noFilters);
  });
});

describe('tokens', () => {
  it('read filters out of the words', () => {
    expect(readTokens('状态:逾期 流程:报修 漏水', known)).toEqual({
      set: { overdue: true, flow: 'repair' },
      q: '漏水',
      handler: '',
    });
    expect(readTokens('漏水 状态：已完成 小区:星河 从:2026/11/1 发起人:我', known).set).toEqual({
      ...{ status: 'completed', community: 'c1', from: '2026-11-01', mine: true },
    });
    expect(readTokens('阶段:待派单 办理人:李建平', known)).toEqual({
      set: { flow: 'repair', stage: 'dispatch' },
      q: '',
      handler: '李建平',
    });
  });

  it('stay words when they name nothing', () => {
    expect(readTokens('状态:月球 12:30 发起人:张', known)).toEqual({ set: {}, q: '状态:月球 12:30 张', handler: '' });
  });
});

describe('highlights', () => {
  it('mark the words wherever they stand', () => {
    expect(splitAt('厨房水管漏水', marksOf('水管'))).toEqual([
      { text: '厨房', hit: false },
      { text: '水管', hit: true },
      { text: '漏水', hit: false },
    ]);
    expect(splitAt('3-2-1804 卫生间', marksOf('3栋2单元1804'))[0]).toEqual({ text: '3-2-1804', hit: true });
    expect(splitAt('WX-202611-0012', marksOf('wx-202611')).map(({ hit }) => hit)).toEqual([true, false]);
  });

  it('take no sign for a pattern', () => {
    expect(splitAt('a+b (c)', marksOf('a+b (c'))).toEqual([
      { text: 'a+b', hit: true },
      { text: ' ', hit: false },
      { text: '(c', hit: true },
      { text: ')', hit: false },
    ]);
    expect(splitAt('abc', marksOf('  '))).toEqual([{ text: 'abc', hit: false }]);
  });
});
