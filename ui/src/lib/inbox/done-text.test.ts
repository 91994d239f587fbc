import { describe, expect, it } from 'vitest';
import { aboutCase, doneText } from './done-text.ts';

const label = (text: string) => ({ 'zh-CN': text, en: text });

describe('the toast of an act', () => {
  it('does not double 已', () => {
    expect(doneText(label('已到场'))).toBe('已到场');
    expect(doneText(label('接单'))).toBe('已接单');
  });

  it('names the case, by its number where it has no title', () => {
    expect(aboutCase('已接单', { caseTitle: '厨房漏水', caseNumber: 'R-7' })).toBe('已接单：厨房漏水');
    expect(aboutCase('已接单', { caseTitle: '', caseNumber: 'R-7' })).toBe('已接单：R-7');
  });
});
