/** Guanjia as several processes, each of which can be killed: api, worker, Temporal and Postgres. What is killed comes back. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readSettings, type Config } from '../../server/config.ts';
import { findOrphan } from '../../server/services/children.ts';
import { startServices } from '../../server/services/index.ts';
import { freePort } from '../../server/services/ports.ts';
import { waitUntil } from '../../server/services/wait.ts';
import { cleanEnvironment } from '../environment.ts';
import { preparePages } from '../pages.ts';

export type Victim = 'api' | 'worker' | 'temporal' | 'postgres';

export interface Fleet {
  config: Config;
  address: string;
  /** SIGKILL now; the process comes back after `downMs`. Gives when it was started again, not when it is ready. */
  kill(victim: Victim, downMs: number): Promise<void>;
  stop(): Promise<void>;
  /** The end of every log, for whoever has to find out why it failed. */
  tail(): string;
}

const root = join(import.meta.dirname, '..', '..');

/** `hosts`: what steps may ask; all of them are on this machine. */
export async function startFleet({ hosts = [] }: { hosts?: readonly string[] } = {}): Promise<Fleet> {
  await preparePages();
  const dataDir = mkdtempSync(join(tmpdir(), 'guanjia-faults-'));
  // Postgres may run as another user, who must be able to enter.
  chmodSync(dataDir, 0o755);
  const port = await freePort();
  const settings = readSettings({ ...cleanEnvironment(), GUANJIA_DATA_DIR: dataDir, PORT: String(port) }, []);
  const services = await startServices(settings, () => undefined);
  const connectors = join(dataDir, 'connectors.json');
  writeFileSync(connectors, JSON.stringify({ hosts }));
  const environment = { ...environmentOf(services.config, port), GUANJIA_CONNECTORS: connectors };
  const keepers = { api: keep('api', environment, dataDir), worker: keep('worker', environment, dataDir) };
  const address = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    await Promise.all(Object.values(keepers).map((keeper) => keeper.stop()));
    await services.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  const kill = (victim: Victim, downMs: number): Promise<void> =>
    victim === 'api' || victim === 'worker' ? keepers[victim].kill(downMs) : killService(dataDir, victim);
  const tail = (): string =>
    ['api.out', 'worker.out', 'logs/postgres.log', 'logs/temporal.log', 'logs/guanjia.log']
      .map((name) => `== ${name}\n${readTail(join(dataDir, name))}`)
      .join('\n');
  try {
    await waitUntil(async () => (await fetch(`${address}/readyz`)).ok, { limitMs: 120_000 });
  } catch (error) {
    process.stderr.write(`${tail()}\n`);
    await stop();
    throw error;
  }
  return { config: services.config, address, kill, stop, tail };
}

/** startServices watches both services and starts them again. */
async function killService(dataDir: string, victim: 'temporal' | 'postgres'): Promise<void> {
  await waitUntil(() => Promise.resolve(findOrphan(dataDir, victim) !== undefined), { limitMs: 60_000 });
  const pid = findOrphan(dataDir, victim)?.pid;
  if (pid === undefined) throw new Error(`${victim} is gone before it was killed`);
  process.kill(pid, 'SIGKILL');
  await waitUntil(() => Promise.resolve(isAnother(dataDir, victim, pid)), { limitMs: 60_000 });
}

function isAnother(dataDir: string, victim: 'temporal' | 'postgres', pid: number): boolean {
  const record = findOrphan(dataDir, victim);
  return record !== undefined && record.pid !== pid;
}

function environmentOf(config: Config, port: number): NodeJS.ProcessEnv {
  return {
    ...cleanEnvironment(),
    GUANJIA_DATA_DIR: config.dataDir,
    DATABASE_URL: config.databaseUrl,
    DATABASE_ADMIN_URL: config.databaseAdminUrl,
    TEMPORAL_ADDRESS: config.temporalAddress,
    PORT: String(port),
  };
}

interface Keeper {
  /** SIGKILL; the next one starts after `downMs`. */
  kill(downMs: number): Promise<void>;
  stop(): Promise<void>;
}

/** What a process manager does: a process that ends is started again, also one that ended because a service was away. */
function keep(role: 'api' | 'worker', environment: NodeJS.ProcessEnv, dataDir: string): Keeper {
  const life = new AbortController();
  const isOver = (): boolean => life.signal.aborted;
  let downMs = 500;
  let child = start(role, environment, dataDir);
  const watch = async (): Promise<void> => {
    while (!isOver()) {
      if (!hasEnded(child)) await once(child, 'exit');
      await sleep(downMs);
      downMs = 500;
      if (!isOver()) child = start(role, environment, dataDir);
    }
  };
  const watching = watch();
  return {
    async kill(pauseMs) {
      await waitUntil(() => Promise.resolve(!hasEnded(child)), { limitMs: 10_000 });
      downMs = pauseMs;
      const victim = child;
      victim.kill('SIGKILL');
      await waitUntil(() => Promise.resolve(child !== victim), { limitMs: 10_000 });
    },
    async stop() {
      life.abort();
      child.kill('SIGTERM');
      await watching;
    },
  };
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function start(role: 'api' | 'worker', environment: NodeJS.ProcessEnv, dataDir: string): ChildProcess {
  const world = ['--import', join(root, 'server/testing/local-internet.ts')];
  const child = spawn(process.execPath, [...world, 'server/main.ts', '--role', role], {
    cwd: root,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log = (chunk: Buffer): void => {
    appendFileSync(join(dataDir, `${role}.out`), chunk);
  };
  child.stdout.on('data', log);
  child.stderr.on('data', log);
  return child;
}

function readTail(path: string): string {
  try {
    return readFileSync(path, 'utf8').slice(-3000);
  } catch {
    return '';
  }
}
