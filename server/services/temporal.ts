/**
 * The Temporal development server that `npm start` and the tests bring up when TEMPORAL_ADDRESS is not set. Its state is a SQLite
 * file in the data folder: cases and timers survive a restart. Write-ahead log with full sync is as durable as SQLite's default
 * and measured 15–40 % faster.
 */
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { endChild, findOrphan, logPath, logTail, rememberedPort, startChild, type ChildRecord } from './children.ts';
import { StartError, type Say } from './messages.ts';
import { freePort } from './ports.ts';
import { isAlive } from './process-identity.ts';
import { findTemporalBinary } from './temporal-binary.ts';
import { waitUntil } from './wait.ts';

export interface TemporalOptions {
  dataDir: string;
  namespace: string;
  say: Say;
  environment: NodeJS.ProcessEnv;
  /** Exactly this one; else the last run's if it is free. */
  port?: number;
}

export interface RunningTemporal {
  /** host:port */
  address: string;
  child: ChildRecord;
}

/** @throws StartError */
export async function startTemporal(options: TemporalOptions): Promise<RunningTemporal> {
  return (await adopt(options)) ?? (await startNew(options));
}

/** What is acknowledged is on the disk: one that does not end in time is killed without loss. */
export async function stopTemporal(dataDir: string, graceMs = 10_000): Promise<void> {
  await endChild(dataDir, 'temporal', { signal: 'SIGTERM', graceMs });
}

/** The SQLite files of the server's state, for the reset. */
export function temporalFiles(dataDir: string): string[] {
  const file = stateFile(dataDir);
  return [file, `${file}-wal`, `${file}-shm`];
}

async function adopt(options: TemporalOptions): Promise<RunningTemporal | undefined> {
  const { dataDir, say } = options;
  const orphan = findOrphan(dataDir, 'temporal');
  if (orphan === undefined) return undefined;
  const address = `127.0.0.1:${orphan.port}`;
  try {
    await waitUntil(() => isReady(address, options.namespace), { limitMs: 3000 });
    say('orphan_adopted', { what: 'Temporal', pid: orphan.pid });
    return { address, child: orphan };
  } catch {
    await stopTemporal(dataDir, 2000);
    say('orphan_ended', { what: 'Temporal', pid: orphan.pid });
    return undefined;
  }
}

async function startNew(options: TemporalOptions): Promise<RunningTemporal> {
  const { dataDir, environment, namespace } = options;
  mkdirSync(dataDir, { recursive: true });
  const command = await findTemporalBinary(options);
  const port = options.port ?? (await freePort(rememberedPort(dataDir, 'temporal')));
  const file = stateFile(dataDir);
  const child = await startChild({
    name: 'temporal',
    dataDir,
    command,
    args: argumentsFor({ file, port, namespace }),
    port,
    data: file,
    environment,
  });
  const address = `127.0.0.1:${port}`;
  const failed = (): StartError =>
    new StartError('temporal_failed', { log: logPath(dataDir, 'temporal'), tail: logTail(dataDir, 'temporal') });
  await waitUntil(async () => !isAlive(child) || (await isReady(address, namespace)), { limitMs: 30_000 }).catch(() => {
    throw failed();
  });
  if (!isAlive(child)) throw failed();
  for (const path of temporalFiles(dataDir)) if (existsSync(path)) chmodSync(path, 0o600);
  return { address, child };
}

function argumentsFor({ file, port, namespace }: { file: string; port: number; namespace: string }): string[] {
  const flags = {
    '--ip': '127.0.0.1',
    '--port': String(port),
    '--namespace': namespace,
    '--db-filename': file,
    '--log-level': 'warn',
  };
  const pragmas = ['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=full'];
  // Begun cases and activities are handed out through a queue that a shard reads 20 times a second by default. This server has one shard:
  // one after the other, each start took 60 ms instead of 20.
  const settings = ['--dynamic-config-value', 'history.transferProcessorMaxPollRPS=1000'];
  return ['server', 'start-dev', '--headless', ...Object.entries(flags).flat(), ...pragmas, ...settings];
}

function stateFile(dataDir: string): string {
  return join(dataDir, 'temporal.db');
}

/** Answers, and knows our namespace. */
async function isReady(address: string, namespace: string): Promise<boolean> {
  const connection = await Connection.connect({ address, connectTimeout: 2000 });
  try {
    await connection.workflowService.describeNamespace({ namespace });
    return true;
  } finally {
    await connection.close();
  }
}
