import { expect, it } from 'vitest';
import { hueOf, initialsOf } from './avatar.ts';

it('takes the given name of a Chinese name and initials of others', () => {
  expect([initialsOf('何雪'), initialsOf('欧阳雪'), initialsOf('Ada Lovelace King'), initialsOf('')]).toEqual([
    '何雪',
    '阳雪',
    'AL',
    '',
  ]);
});

it('keeps one colour for a name', () => {
  expect(hueOf('何雪')).toBe(hueOf('何雪'));
  expect(hueOf('何雪')).toBeLessThan(360);
});
