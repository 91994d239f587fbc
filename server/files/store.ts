/**
 * Where the bytes of files are: a port, and its implementation on a disk (s3-store.ts is the other). Names are content hashes: the same
 * bytes once.
 */
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';

export interface StoredFile {
  bytes: number;
  stream: Readable;
}

export interface FileStore {
  /** Idempotent; all of it is there afterwards, or none. */
  write(key: string, bytes: Buffer): Promise<void>;
  /** Undefined when there is none. */
  read(key: string): Promise<StoredFile | undefined>;
}

/** `key`: `<sha256>` or `<sha256>.320`; nothing else reaches a disk or another machine. @throws RangeError */
export function assertFileKey(key: string): void {
  if (!/^[\da-f]{64}(\.\d+)?$/.test(key)) throw new RangeError('not a file key');
}

export function createDiskStore(folder: string): FileStore {
  const pathOf = (key: string): string => {
    assertFileKey(key);
    return join(folder, key.slice(0, 2), key.slice(2));
  };
  return {
    write: (key, bytes) => writeOnce(pathOf(key), bytes),
    read: (key) => readIfThere(pathOf(key)),
  };
}

/** Written beside its place and moved there: a crash leaves no half file under a good name. */
async function writeOnce(path: string, bytes: Buffer): Promise<void> {
  const there = await sizeOf(path);
  if (there === bytes.length) return;
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function readIfThere(path: string): Promise<StoredFile | undefined> {
  const bytes = await sizeOf(path);
  return bytes === undefined ? undefined : { bytes, stream: createReadStream(path) };
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
