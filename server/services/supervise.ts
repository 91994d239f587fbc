/**
 * Watches the programs we brought up and starts again, at the same address, one that ended without being asked to. Postgres and
 * Temporal keep what they have acknowledged, and their clients reconnect: a killed service costs seconds, not cases.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { logPath, type ChildRecord, type ServiceName } from './children.ts';
import type { Say } from './messages.ts';
import { checkPort } from './ports.ts';
import { isAlive } from './process-identity.ts';
import { waitUntil } from './wait.ts';

export interface Supervised {
  name: ServiceName;
  child: ChildRecord;
  /** Brings it up again; tried until it succeeds. */
  restart: () => Promise<ChildRecord>;
}

const titles: Record<ServiceName, string> = { postgres: 'Postgres', temporal: 'Temporal' };

/** Gives the function that ends the watch; it waits for a restart under way. */
export function supervise(services: readonly Supervised[], dataDir: string, say: Say): () => Promise<void> {
  const over = new AbortController();
  const watches = services.map((service) => watchOne(service, { dataDir, say, signal: over.signal }));
  return async () => {
    over.abort();
    await Promise.all(watches);
  };
}

interface Watch {
  dataDir: string;
  say: Say;
  signal: AbortSignal;
}

async function watchOne(service: Supervised, { dataDir, say, signal }: Watch): Promise<void> {
  let { child } = service;
  while (await pause(500, signal)) {
    if (isAlive(child)) continue;
    say('service_died', { what: titles[service.name], log: logPath(dataDir, service.name) });
    // The address is in everybody's hands: the same port must be free again.
    const isFree = async (): Promise<boolean> => (await checkPort(child.port)) === 'free';
    await waitUntil(isFree, { limitMs: 10_000 }).catch(() => undefined);
    try {
      child = await service.restart();
    } catch {
      await pause(5000, signal);
    }
  }
}

/** False when the watch is over. */
async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(ms, undefined, { signal, ref: false });
    return true;
  } catch {
    return false;
  }
}
