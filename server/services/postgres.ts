/**
 * The Postgres that `npm start` and the tests bring up when DATABASE_URL is not set: loopback only, random passwords, UTF-8 with
 * the builtin locale (with plain C, trigram search of Chinese finds nothing, and a data folder keeps its locale for ever).
 */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { asSuperuser } from '../db/bootstrap.ts';
import { endChild, findOrphan, logPath, logTail, rememberedPort, startChild, type ChildRecord } from './children.ts';
import { StartError, type Say } from './messages.ts';
import { freePort } from './ports.ts';
import { removeSockets, socketFolder } from './postgres-socket.ts';
import { locatePostgres, type PostgresFiles } from './postgres-files.ts';
import { findPostgresUser, type SystemUser } from './postgres-user.ts';
import { commandLine, identify, isAlive, processesIn } from './process-identity.ts';
import { waitUntil } from './wait.ts';

const run = promisify(execFile);

export interface PostgresOptions {
  dataDir: string;
  /** Of the superuser `postgres`. */
  password: string;
  say: Say;
  environment: NodeJS.ProcessEnv;
  /** Exactly this one; else the last run's if it is free. */
  port?: number;
  /** Postgres settings on top of ours: tests switch durability off. */
  settings?: Record<string, string>;
}

export interface RunningPostgres {
  /** As the superuser, on the database `postgres`. */
  superUrl: string;
  child: ChildRecord;
}

/** @throws StartError */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  return (await adopt(options)) ?? (await startNew(options));
}

/** Fast shutdown: open transactions are rolled back, everything committed is kept. */
export async function stopPostgres(dataDir: string): Promise<void> {
  await endChild(dataDir, 'postgres', { signal: 'SIGINT', graceMs: 15_000 });
}

async function adopt(options: PostgresOptions): Promise<RunningPostgres | undefined> {
  const { dataDir, say } = options;
  const orphan = findOrphan(dataDir, 'postgres');
  if (orphan === undefined) return undefined;
  const superUrl = urlOf(orphan, options.password);
  try {
    await waitUntil(() => isReady(superUrl), { limitMs: 5000 });
    say('orphan_adopted', { what: 'Postgres', pid: orphan.pid });
    return { superUrl, child: orphan };
  } catch {
    await stopPostgres(dataDir);
    say('orphan_ended', { what: 'Postgres', pid: orphan.pid });
    return undefined;
  }
}

async function startNew(options: PostgresOptions): Promise<RunningPostgres> {
  const { dataDir, password, say } = options;
  mkdirSync(dataDir, { recursive: true });
  const user = await findPostgresUser();
  if (user?.isNew) say('postgres_user', { user: user.name });
  const files = locatePostgres(dataDir, user, say);
  removeDrafts(files.data);
  if (!existsSync(join(files.data, 'PG_VERSION'))) await initialise(files, user, options);
  await clearStalePid(files.data);
  const port = options.port ?? (await freePort(rememberedPort(dataDir, 'postgres')));
  const superUrl = urlOf({ port, data: files.data }, password);
  const child = await launch(files, user, port, options);
  try {
    await waitUntil(() => readyOrDead(superUrl, child), { limitMs: 60_000 });
  } catch {
    throw new StartError('postgres_failed', { log: logPath(dataDir, 'postgres'), tail: logTail(dataDir, 'postgres') });
  }
  if (!isAlive(child)) {
    throw new StartError('postgres_failed', { log: logPath(dataDir, 'postgres'), tail: logTail(dataDir, 'postgres') });
  }
  return { superUrl, child };
}

/**
 * Made beside and renamed: a start killed in the middle leaves no half database. Each start beside its own: the initdb of a killed
 * start may still be at work, and would take the files of the next one with it.
 */
async function initialise(files: PostgresFiles, user: SystemUser | undefined, options: PostgresOptions): Promise<void> {
  options.say('postgres_init');
  const draft = `${files.data}.new-${randomUUID()}`;
  const passwordFile = `${draft}.password`;
  try {
    mkdirSync(draft, { recursive: true, mode: 0o700 });
    writeFileSync(passwordFile, `${options.password}\n`, { mode: 0o600 });
    for (const path of user ? [draft, passwordFile] : []) chownSync(path, user?.uid ?? -1, user?.gid ?? -1);
    const flags = [
      `--pgdata=${draft}`,
      '--username=postgres',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C.UTF-8',
    ];
    await run(files.initdb, flags, { env: environmentOf(options), cwd: dirname(files.data), ...idsOf(user) });
    renameSync(draft, files.data);
  } catch (error) {
    throw new StartError('postgres_init_failed', { folder: files.data, cause: reasonOf(error) });
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** Of starts that were killed; what cannot be removed now (still being written) is removed by the next start. */
function removeDrafts(data: string): void {
  const prefix = `${basename(data)}.new-`;
  for (const name of readdirSync(dirname(data)).filter((each) => each.startsWith(prefix))) {
    try {
      rmSync(join(dirname(data), name), { recursive: true, force: true });
    } catch {
      // see above
    }
  }
}

/** What initdb wrote, without the command line in front of it. */
function reasonOf(error: unknown): string {
  const { stderr = '', message } = error as { stderr?: string; message: string };
  return stderr.trim() === '' ? message : stderr.trim();
}

async function launch(
  files: PostgresFiles,
  user: SystemUser | undefined,
  port: number,
  options: PostgresOptions,
): Promise<ChildRecord> {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: socketFolder(files.data, port) ?? '',
    timezone: 'UTC',
    log_timezone: 'UTC',
    max_connections: '200',
    // Rows and parameters hold names and phones: the log names the place, not the values.
    log_error_verbosity: 'terse',
    log_parameter_max_length_on_error: '0',
    ...options.settings,
  };
  return startChild({
    name: 'postgres',
    dataDir: options.dataDir,
    command: files.postgres,
    args: [
      '-D',
      files.data,
      '-p',
      String(port),
      ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
    ],
    port,
    data: files.data,
    environment: environmentOf(options),
    user: idsOf(user),
  });
}

/**
 * After a kill, server processes may outlive their postmaster for a moment, and two generations on one folder would destroy it:
 * wait for the last to go. Then postmaster.pid is stale, but Postgres would believe it where its process id was given to another
 * program, or belongs to a zombie that a container's first process never reaps. A Postgres on this folder that we did not record
 * is never touched.
 */
async function clearStalePid(data: string): Promise<void> {
  const path = join(data, 'postmaster.pid');
  if (!existsSync(path)) return;
  const pid = Number(readFileSync(path, 'utf8').split('\n')[0]);
  if (commandLine(pid).includes(data)) throw new StartError('postgres_foreign', { folder: data, pid });
  await waitUntil(() => Promise.resolve(processesIn(data).length === 0), { limitMs: 15_000 }).catch(() => {
    throw new StartError('postgres_foreign', { folder: data, pid: processesIn(data).join(' ') });
  });
  if (process.platform === 'linux' || identify(pid) !== undefined) rmSync(path);
  removeSockets(data);
}

async function readyOrDead(superUrl: string, child: ChildRecord): Promise<boolean> {
  return !isAlive(child) || (await isReady(superUrl));
}

async function isReady(superUrl: string): Promise<boolean> {
  return asSuperuser(superUrl, async (client) => (await client.query('select 1')).rowCount === 1);
}

function idsOf(user: SystemUser | undefined): { uid: number; gid: number } | undefined {
  return user && { uid: user.uid, gid: user.gid };
}

/** Without the variables that would lead Postgres and its programs somewhere else. */
function environmentOf({ environment }: PostgresOptions): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('PG')));
}

/** Over the socket where it can be: a statement's way is shorter than through the network. */
function urlOf({ port, data }: Pick<ChildRecord, 'port' | 'data'>, password: string): string {
  const url = new URL(`postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`);
  const folder = socketFolder(data, port);
  if (folder !== undefined) url.searchParams.set('host', folder);
  return url.href;
}
