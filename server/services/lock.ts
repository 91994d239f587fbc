/**
 * One `npm start` a data folder. The lock file names the process that holds it and, once known, its address. A lock whose process
 * is gone (killed, rebooted, id reused by another) is taken over.
 */
import { mkdirSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, ownIdentity, type ProcessIdentity } from './process-identity.ts';
import { readPrivate, writePrivate } from './private-file.ts';

export interface LockHolder extends ProcessIdentity {
  /** http://host:port; undefined while it is still starting. */
  address?: string;
}

export interface Lock {
  /** Lets a second start say where the first one listens. */
  publish(address: string): void;
  release(): void;
}

/** The lock, or who holds it. */
export async function acquireLock(dataDir: string): Promise<{ lock: Lock } | { heldBy: LockHolder }> {
  // Others may pass through (as root, Postgres is another user), but not look around.
  mkdirSync(dataDir, { recursive: true, mode: 0o711 });
  const path = lockPath(dataDir);
  for (;;) {
    if (create(path)) return { lock: openLock(path) };
    const heldBy = findHolder(dataDir);
    if (heldBy !== undefined) return { heldBy };
    await removeStale(path, dataDir);
  }
}

/** The living process that holds the folder; undefined when none does. */
export function findHolder(dataDir: string): LockHolder | undefined {
  const holder = readPrivate(lockPath(dataDir)) as LockHolder | undefined;
  return holder !== undefined && isAlive(holder) ? holder : undefined;
}

function lockPath(dataDir: string): string {
  return join(dataDir, 'guanjia.lock');
}

/** Only one process can create a file that is not there. */
function create(path: string): boolean {
  try {
    writeFileSync(path, JSON.stringify(ownIdentity()), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Two starts may find the same stale lock: a folder, which only one can make, keeps the slower from removing the faster's new lock. */
async function removeStale(path: string, dataDir: string): Promise<void> {
  const guard = `${path}.takeover`;
  try {
    mkdirSync(guard);
  } catch {
    if (ageMs(guard) > 10_000) rmSync(guard, { recursive: true, force: true });
    await sleep(50);
    return;
  }
  try {
    // A lock that was created but not yet written looks stale for an instant.
    if (readPrivate(path) === undefined && ageMs(path) < 1000) await sleep(100);
    if (findHolder(dataDir) === undefined) rmSync(path, { force: true });
  } finally {
    rmdirSync(guard);
  }
}

function ageMs(path: string): number {
  return Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
}

function openLock(path: string): Lock {
  const own = ownIdentity();
  const isOurs = (): boolean => (readPrivate(path) as LockHolder | undefined)?.startedAt === own.startedAt;
  return {
    publish(address) {
      writePrivate(path, { ...own, address } satisfies LockHolder);
    },
    release() {
      if (isOurs()) rmSync(path, { force: true });
    },
  };
}
