/** What a backup says of itself. Written last: a folder without it is not a whole backup. */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { StartError } from '../services/messages.ts';

/**
 * `postgres`: data folder of Guanjia's own Postgres, by its backup protocol. `postgres-dumps`: pg_dump files, one a database, Temporal's
 * too. `temporal`: SQLite file of Guanjia's own Temporal. `files`: uploads. `secrets`: passwords and the generated codec key.
 */
export type PartName = 'postgres' | 'postgres-dumps' | 'temporal' | 'files' | 'secrets';

export interface Part {
  what: PartName;
  bytes: number;
  /** Over names and contents. */
  sha256: string;
}

export interface Manifest {
  format: 1;
  /** Instant at which the backup began. */
  at: string;
  version: string;
  /** Names of the migrations that had been run. */
  migrations: string[];
  /** Ids of the keys that Temporal's part needs; never the keys. */
  codecKeys: string[];
  /** Where uploads are when they are not a part: a bucket has versions and copies of its own. */
  filesElsewhere: string | null;
  parts: Part[];
}

const fileName = 'manifest.json';

export function writeManifest(folder: string, manifest: Manifest): void {
  writeFileSync(join(folder, fileName), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 });
}

/** With every part as it was written. @throws StartError backup_broken */
export async function readManifest(folder: string): Promise<Manifest> {
  const path = join(folder, fileName);
  if (!existsSync(path)) throw new StartError('backup_broken', { folder, what: fileName });
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest;
  for (const part of manifest.parts) {
    const now = await measure(folder, part.what);
    if (now.sha256 !== part.sha256) throw new StartError('backup_broken', { folder, what: part.what });
  }
  return manifest;
}

/** Every part is a folder. */
export async function measure(folder: string, what: PartName): Promise<Part> {
  const root = join(folder, what);
  const names = (await readdir(root, { recursive: true })).sort();
  const hash = createHash('sha256');
  let bytes = 0;
  for (const name of names) {
    const info = await stat(join(root, name));
    hash.update(`${name}\0${info.isFile() ? info.size : 0}\0`);
    if (!info.isFile()) continue;
    bytes += info.size;
    for await (const chunk of createReadStream(join(root, name))) hash.update(chunk as Buffer);
  }
  return { what, bytes, sha256: hash.digest('hex') };
}
