/** Work that several processes may find undone at the same time, and only one may do: the others wait and look again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { acquireLock } from './lock.ts';

/** `work` runs when nothing is done yet and nobody else is at it. A fault in it is thrown; whoever waits then tries in turn. */
export async function onlyOnce(lockDir: string, isDone: () => boolean, work: () => Promise<void>): Promise<void> {
  while (!isDone()) {
    const attempt = await acquireLock(lockDir);
    if ('heldBy' in attempt) {
      await sleep(200);
      continue;
    }
    try {
      // It may have been finished between the look and the lock.
      if (!isDone()) await work();
      return;
    } finally {
      attempt.lock.release();
    }
  }
}
