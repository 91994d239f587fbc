import { setImmediate as settle } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Turns } from './turns.ts';

interface Job {
  name: string;
  end: () => void;
}

/** Jobs that end when the test says so, in the order in which they began. */
function jobs(turns: Turns): { begun: Job[]; ask: (key: string, name: string) => Promise<void> } {
  const begun: Job[] = [];
  const ask = (key: string, name: string): Promise<void> =>
    turns.run(
      key,
      () =>
        new Promise<void>((end) => {
          begun.push({ name, end });
        }),
    );
  return { begun, ask };
}

it('runs so many at a time, and takes turns between those who wait', async () => {
  const { begun, ask } = jobs(new Turns({ atOnce: 2 }));
  const all = [ask('a', 'a1'), ask('a', 'a2'), ask('a', 'a3'), ask('a', 'a4'), ask('b', 'b1'), ask('c', 'c1')];
  expect(begun.map(({ name }) => name)).toEqual(['a1', 'a2']);

  for (let i = 0; i < all.length; i += 1) {
    begun[i]!.end();
    await settle();
  }
  await Promise.all(all);
  expect(begun.map(({ name }) => name)).toEqual(['a1', 'a2', 'a3', 'b1', 'c1', 'a4']);
});

it('refuses who has too many waiting, and nobody else', async () => {
  const turns = new Turns({ atOnce: 1, mostWaiting: 2 });
  const { begun, ask } = jobs(turns);
  const kept = [ask('a', 'a1'), ask('a', 'a2'), ask('a', 'a3')];

  await expect(ask('a', 'a4')).rejects.toMatchObject({ code: 'rate_limited', status: 429 });
  expect(() => {
    turns.assertRoom('a');
  }).toThrow('rate_limited');
  kept.push(ask('b', 'b1'));
  for (let i = 0; i < kept.length; i += 1) {
    begun[i]!.end();
    await settle();
  }
  await Promise.all(kept);
  expect(begun.map(({ name }) => name)).toEqual(['a1', 'a2', 'b1', 'a3']);
});

it('goes on after a job that failed', async () => {
  const turns = new Turns({ atOnce: 1 });
  const failed = turns.run('a', () => Promise.reject(new Error('no photo')));
  const after = turns.run('a', () => Promise.resolve('done'));

  await expect(failed).rejects.toThrow('no photo');
  expect(await after).toBe('done');
});
