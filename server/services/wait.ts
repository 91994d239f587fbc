/** Waiting for something outside this process, with a limit. */
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks every `everyMs` until the answer is neither undefined nor false nor an error.
 * @throws the last error, or "not ready", after `limitMs`
 */
export async function waitUntil<T>(
  ask: () => Promise<T | undefined | false>,
  { limitMs, everyMs = 50 }: { limitMs: number; everyMs?: number },
): Promise<T> {
  const end = Date.now() + limitMs;
  let last: unknown = new Error(`not ready after ${limitMs} ms`);
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
    } catch (error) {
      last = error;
    }
    if (Date.now() >= end) throw last;
    await sleep(everyMs);
  }
}

/** Both results, or the failure of one, but only once neither is under way any more: then it is safe to tidy up. */
export async function together<A, B>(one: Promise<A>, other: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([one, other]);
  return Promise.all([one, other]);
}
