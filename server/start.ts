/**
 * The steps of a start, each with what it leaves to be closed: one running Guanjia a data folder, a free port, services, database
 * and Temporal connections. main.ts puts them in order.
 */
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Closers } from './closers.ts';
import type { Config, Settings } from './config.ts';
import { createDb } from './db/client.ts';
import type { Deps } from './deps.ts';
import { createLog, toFile, type Log } from './log.ts';
import { startServices, stopServices } from './services/index.ts';
import { acquireLock, type Lock } from './services/lock.ts';
import { StartError, type Say } from './services/messages.ts';
import { checkPort, freePort } from './services/ports.ts';
import { connectTemporal } from './temporal.ts';

/**
 * Processes with a `--role` share one data folder on purpose and take no lock.
 * @throws StartError already_running, already_starting
 */
export async function holdDataDir(settings: Settings, closers: Closers): Promise<Lock | undefined> {
  if (settings.role !== 'all') return undefined;
  const attempt = await acquireLock(settings.dataDir);
  if ('heldBy' in attempt) {
    const { address, pid } = attempt.heldBy;
    throw address === undefined
      ? new StartError('already_starting', { pid })
      : new StartError('already_running', { address });
  }
  closers.add(() => {
    attempt.lock.release();
    return Promise.resolve();
  });
  return attempt.lock;
}

/** Before anything slow: the most common failure should not cost a minute. @throws StartError port_in_use, port_forbidden, host_unknown */
export async function requirePort({ role, host, port }: Settings): Promise<void> {
  if (role === 'worker' || port === 0) return;
  const state = await checkPort(port, host);
  if (state !== 'free') throw await explainPort(state, { host, port });
}

interface Listening {
  listen(where: { host: string; port: number }): Promise<string>;
}

/** Somebody may have taken the port since it was checked. @throws StartError as requirePort */
export async function listen(app: Listening, where: { host: string; port: number }): Promise<string> {
  try {
    return await app.listen(where);
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    throw code !== undefined && syscall === 'listen' ? await explainPort(code, where) : error;
  }
}

async function explainPort(code: string, { host, port }: { host: string; port: number }): Promise<StartError> {
  if (/^(EADDRNOTAVAIL|ENOTFOUND|EAI_AGAIN)$/.test(code)) return new StartError('host_unknown', { host });
  const other = await freePort(Math.max(port + 1, 3000));
  return new StartError(code === 'EACCES' ? 'port_forbidden' : 'port_in_use', { port, other });
}

/** @throws StartError */
export async function bringUpServices(settings: Settings, say: Say, closers: Closers): Promise<Config> {
  let stop = (): Promise<void> => stopServices(settings);
  closers.add(() => stop());
  const services = await startServices(settings, say);
  stop = () => services.stop();
  return services.config;
}

/** Temporal may be away: commands are then answered 202 and done later. @throws StartError database_unreachable */
export async function openDeps(config: Config, log: Log, closers: Closers): Promise<Deps> {
  const onError = (err: Error): void => {
    log.warn({ err }, 'idle database connection broke');
  };
  const db = createDb(config.databaseUrl, { max: config.databasePoolSize, statementTimeoutMs: 30_000, onError });
  closers.add(() => db.destroy());
  const adminDb = createDb(config.databaseAdminUrl, { max: 3, applicationName: 'guanjia-admin', onError });
  closers.add(() => adminDb.destroy());
  for (const [setting, each] of Object.entries({ DATABASE_URL: db, DATABASE_ADMIN_URL: adminDb })) {
    await sql`select 1`.execute(each).catch((error: unknown) => {
      throw new StartError('database_unreachable', { setting, cause: reasonOf(error) });
    });
  }
  const temporal = connectTemporal(config);
  closers.add(() => temporal.close());
  return { config, db, adminDb, temporal: temporal.client, log };
}

/** A demo keeps its terminal readable; in production the log is what the platform collects from stdout. */
export function openLog({ mode, logLevel, dataDir }: Settings): Log {
  if (mode === 'production') return createLog(logLevel, (line) => process.stdout.write(line));
  return createLog(logLevel, toFile(join(dataDir, 'logs', 'guanjia.log')));
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
