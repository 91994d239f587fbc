import { afterEach, expect, it, vi } from 'vitest';
import { Discussion } from './discussion.svelte.ts';

afterEach(() => vi.unstubAllGlobals());

const said = (...numbers: number[]) =>
  numbers.map((n) => ({
    id: String(n),
    author: { id: 'a', name: '林' },
    body: `said ${n}`,
    createdAt: '2026-01-01T00:00:00Z',
  }));
const bodies = (talk: Discussion): number[] => talk.comments.map(({ id }) => Number(id));

it('keeps what was loaded before when the case is read again', () => {
  const talk = new Discussion('/api/cases/1');
  talk.take({ comments: said(3, 4, 5), olderComments: 'c' });
  talk.take({ comments: said(4, 5, 6), olderComments: 'later' });

  expect(bodies(talk)).toEqual([3, 4, 5, 6]);
  expect(talk.older).toBe('c');
});

it('begins anew where more was said than it knows', () => {
  const talk = new Discussion('/api/cases/1');
  talk.take({ comments: said(1, 2), olderComments: null });
  talk.take({ comments: said(8, 9), olderComments: 'c' });

  expect([bodies(talk), talk.older]).toEqual([[8, 9], 'c']);
});

it('puts older ones before, in the order in which they were said', async () => {
  const talk = new Discussion('/api/cases/1');
  talk.take({ comments: said(4, 5), olderComments: 'c' });
  const fetched = vi.fn(() => Promise.resolve(Response.json({ items: said(3, 2), next: null })));
  vi.stubGlobal('fetch', fetched);
  await talk.more();

  expect([bodies(talk), talk.older]).toEqual([[2, 3, 4, 5], null]);
  await talk.more();
  expect(fetched).toHaveBeenCalledTimes(1);
});
