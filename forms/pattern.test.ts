import { expect, it } from 'vitest';
import { longestMatched, patternFault, ShortTextPattern } from './pattern.ts';

it.each([
  '^[0-9+\\- ]{5,30}$',
  '^[^@\\s]+@[^@\\s]+$',
  '^\\d{6}$',
  '^(\\d{3,4}-)?\\d{7,8}(-\\d{1,6})?$',
  '^(?:WX|TS)-\\d{4}$',
  '^[\\u4e00-\\u9fa5\\p{L}]{2,}$',
  '^(?<year>\\d{4})-(0[1-9]|1[0-2])$',
  'a+b',
  '[)(|*]',
  '\\(\\d+\\)',
  '^(ab)+$',
  '',
])('takes %s', (pattern) => {
  expect(patternFault(pattern)).toBeNull();
});

it.each([
  ['^(a+)+$', 'too_many_ways'],
  ['^(a*)*$', 'too_many_ways'],
  ['^(a|a)*$', 'too_many_ways'],
  ['^(a|ab|b)+$', 'too_many_ways'],
  ['^([a-z]+)*$', 'too_many_ways'],
  ['^(a?){30}a{30}$', 'too_many_ways'],
  [`^${'a?'.repeat(40)}${'a'.repeat(40)}$`, 'too_many_ways'],
  ['^(.*a){12}$', 'too_many_ways'],
  ['^a*a*a*b$', 'too_many_ways'],
  ['a+.*b+c', 'too_many_ways'],
  ['^x|a+a+b', 'too_many_ways'],
  ['^[(]x|a+a+[)]', 'too_many_ways'],
  ['(?=a)b', 'lookaround'],
  ['(?<!a)b', 'lookaround'],
  ['^(a)\\1$', 'back_reference'],
  ['^(?<x>a)\\k<x>$', 'back_reference'],
  ['^a{1001}$', 'repetition'],
  ['^a{0,99999}$', 'repetition'],
  ['^(a{1000}){1000}$', 'repetition'],
  ['(?i:a)', 'not_understood'],
  ['(a', 'not_understood'],
])('refuses %s: %s', (pattern, fault) => {
  expect(patternFault(pattern)).toBe(fault);
});

it('answers soon for whatever was taken, and never fits a text longer than it was counted for', () => {
  const started = performance.now();
  for (const pattern of ['^[^@\\s]+@[^@\\s]+$', 'a+b', '^a*a*$'])
    expect(new ShortTextPattern(pattern, 'u').test(`${'a'.repeat(longestMatched - 1)}!`)).toBe(false);
  expect(performance.now() - started).toBeLessThan(1000);

  expect(new ShortTextPattern('^a+$', 'u').test('a'.repeat(longestMatched))).toBe(true);
  expect(new ShortTextPattern('^a+$', 'u').test('a'.repeat(longestMatched + 1))).toBe(false);
});
