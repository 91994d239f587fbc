/** Calls the sweep again and again, one at a time; a sweep that fails (Postgres away) is tried at the next beat. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../log.ts';

export interface Sweeper {
  stop(): Promise<void>;
}

export function startSweeper({
  everyMs,
  log,
  sweep,
}: {
  everyMs: number;
  log: Log;
  sweep: () => Promise<unknown>;
}): Sweeper {
  const life = new AbortController();
  const running = (async () => {
    while (!life.signal.aborted) {
      await sweep().catch((err: unknown) => {
        log.warn({ err }, 'sweep failed');
      });
      await sleep(everyMs, undefined, { signal: life.signal }).catch(() => undefined);
    }
  })();
  return {
    async stop() {
      life.abort();
      await running;
    },
  };
}
