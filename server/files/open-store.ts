/** The store of files that the configuration names. */
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { createS3Store } from './s3-store.ts';
import { createDiskStore, type FileStore } from './store.ts';

export function openStore({ files, dataDir }: Pick<Config, 'files' | 'dataDir'>): FileStore {
  return files === undefined ? createDiskStore(join(dataDir, 'files')) : createS3Store(files);
}
