import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { whileAlive } from './alive.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it.each(['ends', 'fails'])('beats while the work goes on, and no more once it %s', async (how) => {
  const heartbeat = vi.fn();
  const work = Promise.withResolvers<string>();
  const result = whileAlive(heartbeat, () => work.promise).catch((error: unknown) => error);

  await vi.advanceTimersByTimeAsync(30_000);
  expect(heartbeat).toHaveBeenCalledTimes(6);
  if (how === 'ends') work.resolve('done');
  else work.reject(new Error('no'));
  expect(await result).toEqual(how === 'ends' ? 'done' : new Error('no'));
  await vi.advanceTimersByTimeAsync(30_000);

  expect(heartbeat).toHaveBeenCalledTimes(6);
});
