import { expect, it } from 'vitest';
import { checksumOf } from '../../../workflows/engine/views.ts';
import { sameOpenTasks } from './open-tasks.ts';

const many = Array.from({ length: 51 }, (_, i) => `case-${i}`);

it('rule 5: tells rows that are not what the engine has open, by their ids', () => {
  expect(sameOpenTasks(['a', 'b'], { ids: ['b', 'a'] })).toBe(true);
  expect(sameOpenTasks(['a'], { ids: ['a', 'b'] })).toBe(false);
  expect(sameOpenTasks(['a', 'c'], { ids: ['a', 'b'] })).toBe(false);
});

it('rule 5: above 50 by their count and a checksum', () => {
  const open = { count: 51, checksum: checksumOf(many) };

  expect(sameOpenTasks([...many].reverse(), open)).toBe(true);
  expect(sameOpenTasks(many.slice(1), open)).toBe(false);
  expect(sameOpenTasks([...many.slice(1), 'case-x'], open)).toBe(false);
});
