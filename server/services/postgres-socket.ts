/** The local socket of our own Postgres, in its data folder: nobody but its user and root comes there. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Shorter than any system's limit on the path of a socket (104 bytes with the closing zero on macOS, 108 on Linux). */
const longestPath = 100;

/** Where it is; undefined where there can be none: on Windows, and in folders with long names. */
export function socketFolder(data: string, port: number): string | undefined {
  const path = join(data, `.s.PGSQL.${port}`);
  return process.platform === 'win32' || Buffer.byteLength(path) > longestPath ? undefined : data;
}

/** What a Postgres that was killed left: its lock names a process id that may be another program's now. */
export function removeSockets(data: string): void {
  for (const name of readdirSync(data).filter((each) => each.startsWith('.s.PGSQL.'))) rmSync(join(data, name));
}
