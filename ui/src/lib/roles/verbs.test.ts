import { expect, it } from 'vitest';
import { holds, verbText } from './verbs.ts';

it.each([
  [['*'], 'case.read', true],
  [['case.read'], 'case.read', true],
  [['record.read:*'], 'record.read:unit', true],
  [['record.read:unit'], 'record.read:*', false],
  [['record.read:unit'], 'record.read:employee', false],
  [['record.read'], 'record.read:unit', false],
  [[], 'case.read', false],
])('%j: %s %s', (may, verb, held) => {
  expect(holds({ may }, verb)).toBe(held);
});

it('says a verb with what it is about', () => {
  const title = { 'zh-CN': '维护资料', en: 'Keep registers' };
  const about = { 'zh-CN': '员工', en: 'Employee' };

  expect(verbText({ verb: 'record.write:employee', title, about })).toBe('维护资料 · 员工');
  expect(verbText({ verb: 'record.write:*', title, about: null })).toBe('维护资料 · 全部资料');
  expect(verbText({ verb: 'record.write', title, about: null })).toBe('维护资料');
});
