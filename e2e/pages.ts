/** The built pages, made once: two test files that start the product at the same time must not build into one folder. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { acquireLock } from '../server/services/lock.ts';
import { buildUiIfNeeded } from '../server/services/ui-build.ts';
import { cleanEnvironment } from './environment.ts';

const guard = join(import.meta.dirname, '..', 'node_modules', '.cache', 'guanjia', 'ui-build');

export async function preparePages(): Promise<void> {
  for (;;) {
    const attempt = await acquireLock(guard);
    if ('lock' in attempt) {
      await buildUiIfNeeded(() => undefined, cleanEnvironment()).finally(() => {
        attempt.lock.release();
      });
      return;
    }
    await sleep(500);
  }
}
