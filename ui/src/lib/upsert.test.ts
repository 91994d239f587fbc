import { expect, it } from 'vitest';
import { newIds, removeById, upsertById } from './upsert.ts';

const rows = [
  { id: 'a', n: 1 },
  { id: 'b', n: 1 },
];

it('replaces in place and appends what is new, once', () => {
  const next = [
    { id: 'b', n: 2 },
    { id: 'c', n: 2 },
    { id: 'c', n: 3 },
  ];
  expect(upsertById(rows, next)).toEqual([
    { id: 'a', n: 1 },
    { id: 'b', n: 2 },
    { id: 'c', n: 2 },
  ]);
});

it('knows which ids are new and takes one out', () => {
  expect(
    newIds(rows, [
      { id: 'b', n: 9 },
      { id: 'z', n: 9 },
    ]),
  ).toEqual(['z']);
  expect(removeById(rows, 'a')).toEqual([{ id: 'b', n: 1 }]);
});
