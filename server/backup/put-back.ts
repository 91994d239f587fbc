/**
 * Puts parts of a backup where they came from. What is there is moved aside, not removed, except databases of a brought-along Postgres,
 * which are dropped: take a backup of those first. Guanjia must not run, and its services are ended.
 */
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Settings } from '../config.ts';
import { StartError } from '../services/messages.ts';
import { locatePostgres } from '../services/postgres-files.ts';
import { findPostgresUser } from '../services/postgres-user.ts';
import { temporalFiles } from '../services/temporal.ts';
import { existing, restoreDatabases } from './dumps.ts';
import type { Manifest, PartName } from './manifest.ts';

export interface PutBack {
  settings: Settings;
  /** The backup's. */
  folder: string;
  manifest: Manifest;
  /** Whether data that is there may be replaced. */
  replace: boolean;
}

const putters: Record<PartName, (given: PutBack) => Promise<void>> = {
  postgres: putPostgres,
  'postgres-dumps': putDumps,
  temporal: putTemporal,
  files: putFiles,
  secrets: putSecrets,
};

/** @throws StartError restore_occupied, restore_no_place */
export async function putBack(part: PartName, given: PutBack): Promise<void> {
  await putters[part](given);
}

async function putPostgres(given: PutBack): Promise<void> {
  if (given.settings.databaseUrl !== undefined) refuse('postgres', 'DATABASE_URL');
  const user = await findPostgresUser();
  const { data } = locatePostgres(given.settings.dataDir, user, () => undefined);
  if (existsSync(data)) moveAside([data], given);
  const draft = `${data}.new-restore`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(dirname(data), { recursive: true });
  cpSync(join(given.folder, 'postgres'), draft, { recursive: true });
  // Copying a folder does not copy its mode, and Postgres refuses one that others may enter.
  chmodSync(draft, 0o700);
  if (user !== undefined) chownAll(draft, user);
  renameSync(draft, data);
}

async function putDumps({ settings, folder, manifest, replace }: PutBack): Promise<void> {
  const { backupUrl, backupDatabases } = settings;
  if (backupUrl === undefined) throw new StartError('backup_no_url');
  const there = await existing(backupUrl, backupDatabases);
  if (there.length > 0 && !replace) throw new StartError('restore_occupied', { what: there.join(', ') });
  if (manifest.parts.length > 0) await restoreDatabases(backupUrl, join(folder, 'postgres-dumps'));
}

function putTemporal(given: PutBack): Promise<void> {
  const { settings, folder } = given;
  if (settings.temporalAddress !== undefined) refuse('temporal', 'TEMPORAL_ADDRESS');
  const paths = temporalFiles(settings.dataDir);
  moveAside(paths.filter(existsSync), given);
  cpSync(join(folder, 'temporal', 'temporal.db'), paths[0] ?? '');
  return Promise.resolve();
}

/** Named by content: nothing has to be replaced, and what came after the backup may stay. */
function putFiles({ settings, folder }: PutBack): Promise<void> {
  if (settings.files !== undefined) refuse('files', 'GUANJIA_FILES');
  cpSync(join(folder, 'files'), join(settings.dataDir, 'files'), { recursive: true, force: false });
  return Promise.resolve();
}

function putSecrets(given: PutBack): Promise<void> {
  const path = join(given.settings.dataDir, 'secrets.json');
  if (existsSync(path)) moveAside([path], given);
  cpSync(join(given.folder, 'secrets', 'secrets.json'), path);
  return Promise.resolve();
}

function moveAside(paths: readonly string[], { replace, manifest }: PutBack): void {
  const [first] = paths;
  if (first === undefined) return;
  if (!replace) throw new StartError('restore_occupied', { what: first });
  const stamp = `${manifest.at.replaceAll(/\D/g, '')}-${process.pid}`;
  for (const path of paths) renameSync(path, `${path}.before-${stamp}`);
}

function refuse(what: PartName, setting: string): never {
  throw new StartError('restore_no_place', { what, cause: setting });
}

function chownAll(folder: string, { uid, gid }: { uid: number; gid: number }): void {
  chownSync(folder, uid, gid);
  for (const name of readdirSync(folder, { recursive: true })) chownSync(join(folder, String(name)), uid, gid);
}
