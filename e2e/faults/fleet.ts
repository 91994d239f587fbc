/** Guanjia as several processes, each of which can be killed: api, worker, Temporal and Postgres. What is killed comes back. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings, type Config } from '../../server/config.ts';
import { findOrphan } from '../../server/services/children.ts';
import { startServices } from '../../server/services/index.ts';
import { freePort } from '../../server/services/ports.ts';
import { waitUntil } from '../../server/services/wait.ts';
import { cleanEnvironment } from '../product.ts';

export type Victim = 'api' | 'worker' | 'temporal' | 'postgres';

export interface Fleet {
  config: Config;
  address: string;
  /** SIGKILL now; the process comes back after `downMs`. Gives when it was started again, not when it is ready. */
  kill(victim: Victim, downMs: number): Promise<void>;
  stop(): Promise<void>;
  /** Folder with the logs of all. */
  dataDir: string;
}

const root = join(import.meta.dirname, '..', '..');

export async function startFleet(): Promise<Fleet> {
  const dataDir = mkdtempSync(join(tmpdir(), 'guanjia-faults-'));
  // Postgres may run as another user, who must be able to enter.
  chmodSync(dataDir, 0o755);
  const port = await freePort();
  const settings = readSettings({ ...cleanEnvironment(), GUANJIA_DATA_DIR: dataDir, PORT: String(port) }, []);
  const services = await startServices(settings, () => undefined);
  const environment = environmentOf(services.config, port);
  const processes = { api: start('api', environment, dataDir), worker: start('worker', environment, dataDir) };
  const address = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    await Promise.all(Object.values(processes).map((child) => end(child, 'SIGTERM')));
    await services.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  const kill = async (victim: Victim, downMs: number): Promise<void> => {
    if (victim === 'api' || victim === 'worker') {
      await end(processes[victim], 'SIGKILL');
      await new Promise((resolve) => setTimeout(resolve, downMs));
      processes[victim] = start(victim, environment, dataDir);
      return;
    }
    // startServices watches both and starts them again.
    await waitUntil(() => Promise.resolve(findOrphan(dataDir, victim) !== undefined), { limitMs: 60_000 });
    const pid = findOrphan(dataDir, victim)?.pid;
    if (pid === undefined) throw new Error(`${victim} is gone before it was killed`);
    process.kill(pid, 'SIGKILL');
    await waitUntil(() => Promise.resolve(isAnother(dataDir, victim, pid)), { limitMs: 60_000 });
  };
  try {
    await waitUntil(async () => (await fetch(`${address}/readyz`)).ok, { limitMs: 120_000 });
  } catch (error) {
    await stop();
    throw error;
  }
  return { config: services.config, address, kill, stop, dataDir };
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

function start(role: 'api' | 'worker', environment: NodeJS.ProcessEnv, dataDir: string): ChildProcess {
  const child = spawn(process.execPath, ['server/main.ts', '--role', role], {
    cwd: root,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const keep = (chunk: Buffer): void => {
    appendFileSync(join(dataDir, `${role}.out`), chunk);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  return child;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await once(child, 'exit');
}
