import { expect, it } from 'vitest';
import { hasRows, revOf, tablesOf, takeNewer } from './field-revs.ts';

const row = (id: string, amount: number) => ({ id, amount });
const current = { lines: [row('a', 0), row('b', 0)], note: 'old' };

/** What the record comes to, whichever order the patches arrive in. */
function applied(patches: { rev: number; fields: Record<string, unknown> }[]): Record<string, unknown> {
  const revs: Record<string, number> = {};
  return patches.reduce((record: Record<string, unknown>, patch) => {
    const taken = takeNewer(revs, patch);
    return { ...record, ...(hasRows(revs, taken) ? tablesOf(revs, taken, record) : taken) };
  }, current);
}

it('keeps both of two rows that were written at the same time, in whatever order they come', () => {
  const patches = [
    { rev: 5, fields: { 'lines/a': row('a', 1) } },
    { rev: 6, fields: { 'lines/b': row('b', 2), note: 'new' } },
  ];
  const both = { lines: [row('a', 1), row('b', 2)], note: 'new' };

  expect([applied(patches), applied(patches.toReversed())]).toEqual([both, both]);
});

it('a row over a table that was written before it, never over one that was written later', () => {
  const table = (rev: number) => ({ rev, fields: { lines: [row('a', 7), row('b', 8)] } });
  const one = { rev: 5, fields: { 'lines/a': row('a', 1) } };

  for (const order of [
    [one, table(4)],
    [table(4), one],
  ])
    expect(applied(order)).toMatchObject({ lines: [row('a', 1), row('b', 8)] });
  for (const order of [
    [one, table(6)],
    [table(6), one],
  ])
    expect(applied(order)).toMatchObject({ lines: [row('a', 7), row('b', 8)] });
});

it('puts back no row that a later rev has deleted', () => {
  const deleted = { rev: 6, fields: { lines: [row('b', 8)] } };
  const one = { rev: 7, fields: { 'lines/a': row('a', 1) } };

  expect(applied([deleted, one])).toMatchObject({ lines: [row('b', 8)] });
});

it('takes a row to be as new as its table, and a table as the newest of its rows', () => {
  const revs = { lines: 3, 'lines/a': 5, 'lines/b': 2 };

  expect(['lines', 'lines/a', 'lines/b', 'lines/c', 'note'].map((name) => revOf(revs, name))).toEqual([5, 5, 3, 3, 0]);
});
