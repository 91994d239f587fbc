import { describe, expect, it } from 'vitest';
import { gramsOf, wordsOf } from './grams.ts';

/** As Postgres does it. */
function finds(query: string, text: string): boolean {
  const grams = gramsOf(text);
  const like = (pattern: string): boolean =>
    new RegExp(
      `^${pattern
        .split('%')
        .map((part) => part.replaceAll('.', String.raw`\.`))
        .join('.*')}$`,
      'u',
    ).test(grams);
  return wordsOf(query).every(({ patterns }) => patterns.some(like));
}

describe('words in a text', () => {
  it.each([
    ['水管', '厨房水管爆裂，漏水严重'],
    ['管', '厨房水管'],
    ['厨房水管爆裂', '厨房水管爆裂，漏水严重'],
    ['漏水 厨房', '厨房水管爆裂，漏水严重'],
    ['WX-202611-0012', 'WX-202611-0012'],
    ['0012', 'WX-202611-0012'],
    ['202611-0012', 'WX-202611-0012'],
    ['ｗｘ-202611', 'WX-202611-0012'],
    ['3栋2单元1804', '3-2-1804'],
    ['3 栋 2 单元 1804 室', '3-2-1804'],
    ['3号楼2单元1804', '3-2-1804'],
    ['3-2-1804', '3-2-1804 卫生间'],
    ['2-1804', '3-2-1804'],
    ['2单元1804', '3-2-1804'],
    ['1804', '3-2-1804'],
    ['3栋2单元1804 漏水', '3-2-1804 卫生间漏水'],
    ['lxm', '林晓梅 lxm linxiaomei'],
    ['li', '林晓梅 lxm linxiaomei'],
    ['Pipe', 'The pipes in the kitchen'],
  ])('%s is found in %s', (query, text) => {
    expect(finds(query, text)).toBe(true);
  });

  it.each([
    ['水房', '厨房水管'],
    ['3栋2单元1804', '2-3-1804'],
    ['3-2-1804', '13-2-1804'],
    ['2-1804', '3-12-1804'],
    ['管水', '水管'],
    ['厨房 电', '厨房水管'],
  ])('%s is not found in %s', (query, text) => {
    expect(finds(query, text)).toBe(false);
  });

  it('looks for nothing when a query says nothing, and heeds no wildcard', () => {
    expect(wordsOf('  ，。 % _ ')).toEqual([]);
    expect(wordsOf('100%')[0]?.patterns).toEqual(['%100%']);
  });

  it('takes four digits for the end of a masked number, and more for all of it', () => {
    expect(wordsOf('5678')[0]?.tail).toBe('%5678 %');
    expect(wordsOf('678')[0]?.tail).toBeNull();
    expect(wordsOf('05678')[0]?.tail).toBe('% 05678 %');
    expect(wordsOf('138-0000-5678')[0]?.tail).toBe('% 13800005678 %');
  });
});
