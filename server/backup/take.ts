/**
 * One backup: both stores and the files, in a new folder named after the moment, while Guanjia works. The two stores are not of one
 * moment; whatever lies between them `npm run reconcile` finds. Everything in it is as secret as the data: mode 0700.
 */
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { backup as copySqlite, DatabaseSync } from 'node:sqlite';
import { sql } from 'kysely';
import type { Settings } from '../config.ts';
import type { Deps } from '../deps.ts';
import { rememberedPort } from '../services/children.ts';
import { StartError } from '../services/messages.ts';
import { locatePostgres } from '../services/postgres-files.ts';
import { findPostgresUser } from '../services/postgres-user.ts';
import { loadSecrets } from '../services/secrets.ts';
import { temporalFiles } from '../services/temporal.ts';
import { programVersion } from '../upgrade/record.ts';
import { dumpDatabases } from './dumps.ts';
import { measure, writeManifest, type Manifest, type PartName } from './manifest.ts';
import { copyPostgres } from './own-postgres.ts';

export interface Taken {
  folder: string;
  bytes: number;
}

type From = Pick<Deps, 'config' | 'adminDb'> & { settings: Settings };

/** @throws StartError */
export async function takeBackup(from: From, target: string): Promise<Taken> {
  const at = new Date();
  const folder = join(target, at.toISOString().replaceAll(/[-:]|\.\d+/g, ''));
  if (existsSync(folder)) throw new StartError('restore_occupied', { what: folder });
  const draft = `${folder}.new`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true, mode: 0o700 });
  try {
    const names = await copyParts(from, draft);
    const parts = await Promise.all(names.map((what) => measure(draft, what)));
    const manifest = { ...(await describe(from)), at: at.toISOString(), parts };
    writeManifest(draft, manifest);
    renameSync(draft, folder);
    const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
    await remember(from, manifest, bytes);
    return { folder, bytes };
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Postgres last: a case that Temporal's copy does not know is made again from its log, so what was acknowledged is never missing. */
async function copyParts({ settings, config }: From, draft: string): Promise<PartName[]> {
  const parts: PartName[] = [];
  const ownPostgres = settings.databaseUrl === undefined;
  if (settings.temporalAddress === undefined) {
    await copyTemporal(settings.dataDir, join(draft, 'temporal'));
    parts.push('temporal');
  }
  if (config.files === undefined && existsSync(join(settings.dataDir, 'files'))) {
    cpSync(join(settings.dataDir, 'files'), join(draft, 'files'), { recursive: true });
    parts.push('files');
  }
  if (ownPostgres || settings.codecKeys === undefined) {
    mkdirSync(join(draft, 'secrets'), { mode: 0o700 });
    copyFileSync(join(settings.dataDir, 'secrets.json'), join(draft, 'secrets', 'secrets.json'));
    parts.push('secrets');
  }
  parts.push(await (ownPostgres ? copyOwn(settings, draft) : dump(settings, draft)));
  return parts;
}

/** SQLite's own copy of a database in use. */
async function copyTemporal(dataDir: string, folder: string): Promise<void> {
  const [file = ''] = temporalFiles(dataDir);
  mkdirSync(folder, { mode: 0o700 });
  const source = new DatabaseSync(file);
  try {
    await copySqlite(source, join(folder, 'temporal.db'));
  } finally {
    source.close();
  }
  chmodSync(join(folder, 'temporal.db'), 0o600);
}

async function copyOwn({ dataDir }: Settings, draft: string): Promise<PartName> {
  const { data } = locatePostgres(dataDir, await findPostgresUser(), () => undefined);
  const { postgresPassword } = loadSecrets(dataDir);
  const port = rememberedPort(dataDir, 'postgres') ?? 0;
  const url = `postgres://postgres:${encodeURIComponent(postgresPassword)}@127.0.0.1:${port}/postgres`;
  await copyPostgres(url, data, join(draft, 'postgres'));
  return 'postgres';
}

async function dump({ backupUrl, backupDatabases }: Settings, draft: string): Promise<PartName> {
  if (backupUrl === undefined) throw new StartError('backup_no_url');
  await dumpDatabases(backupUrl, backupDatabases, join(draft, 'postgres-dumps'));
  return 'postgres-dumps';
}

async function describe({ adminDb, config }: From): Promise<Omit<Manifest, 'at' | 'parts'>> {
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(adminDb);
  const { files } = config;
  return {
    format: 1,
    version: programVersion(),
    migrations: rows.map(({ name }) => name),
    codecKeys: config.codecKeys.map(({ id }) => id),
    filesElsewhere: files === undefined ? null : `s3://${files.bucket}/${files.prefix}`,
  };
}

async function remember({ adminDb }: From, { at, parts }: Manifest, bytes: number): Promise<void> {
  const brief = JSON.stringify(parts.map(({ what, bytes: size }) => ({ what, bytes: size })));
  await sql`insert into backup (at, parts, bytes) values (${at}, ${brief}::jsonb, ${bytes})`.execute(adminDb);
}
