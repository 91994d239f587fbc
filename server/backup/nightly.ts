/** Which backups to keep, and when the next one is due. Only folders that this program named are ever removed. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const named = /^\d{8}T\d{6}Z$/;
const dayMs = 86_400_000;

/** Oldest first. */
function listBackups(target: string): { folder: string; at: number }[] {
  return readdirSync(target)
    .filter((name) => named.test(name))
    .sort()
    .map((name) => ({ folder: join(target, name), at: instantOf(name) }));
}

/** Removes those older than `keepDays`, but never the newest. Gives what it removed. */
export function removeOld(target: string, keepDays: number, now = Date.now()): string[] {
  const old = listBackups(target)
    .slice(0, -1)
    .filter(({ at }) => at < now - keepDays * dayMs);
  for (const { folder } of old) rmSync(folder, { recursive: true });
  return old.map(({ folder }) => folder);
}

/** Epoch ms of the next nightly backup: at `hour` UTC; at once where the last one is more than a day old. */
export function nextAt(target: string, hour: number, now = Date.now()): number {
  const last = listBackups(target).at(-1)?.at ?? 0;
  if (last < now - dayMs) return now;
  const today = new Date(now).setUTCHours(hour, 0, 0, 0);
  return today > now ? today : today + dayMs;
}

/** 20261124T013000Z */
function instantOf(name: string): number {
  return Date.parse(name.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}
