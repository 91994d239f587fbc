/**
 * The programs `npm start` brings up: started detached (Ctrl-C reaches only us, and we end them in order), logging to a file
 * (a killed parent breaks no pipe), and recorded with process id, start time and data folder. Only what is recorded here,
 * and still is that very process on that very folder, is ever adopted or ended. The command line is recorded before it is run:
 * a start killed before it knew the process id leaves a program that the next one finds by it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { commandLine, findByCommandLine, identify, isAlive, type ProcessIdentity } from './process-identity.ts';
import { readPrivate, writePrivate } from './private-file.ts';
import { waitUntil } from './wait.ts';

export type ServiceName = 'postgres' | 'temporal';

export interface ChildRecord extends ProcessIdentity {
  port: number;
  /** Folder or file that is part of the command line, so that a foreign process is never taken for ours. */
  data: string;
}

/** A program about to be run. */
interface Launch extends Pick<ChildRecord, 'port' | 'data'> {
  commandLine: string;
}

interface ServiceState {
  children: Partial<Record<ServiceName, ChildRecord | undefined>>;
  launches: Partial<Record<ServiceName, Launch | undefined>>;
  /** Ports of the last run: kept so that addresses do not change from start to start. */
  ports: Partial<Record<ServiceName, number>>;
}

export interface StartChild {
  name: ServiceName;
  dataDir: string;
  command: string;
  args: readonly string[];
  port: number;
  data: string;
  environment: NodeJS.ProcessEnv;
  /** Run as another user (root only). */
  user?: { uid: number; gid: number } | undefined;
}

export function logPath(dataDir: string, name: ServiceName): string {
  return join(dataDir, 'logs', `${name}.log`);
}

/** Starts and records a program; ready or not is the caller's to find out. */
export async function startChild(start: StartChild): Promise<ChildRecord> {
  const path = logPath(start.dataDir, start.name);
  mkdirSync(dirname(path), { recursive: true });
  // One old log is kept: it grows by restarts, and nobody else tidies up.
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 10_000_000) renameSync(path, `${path}.old`);
  const log = openSync(path, 'a', 0o600);
  const { port, data } = start;
  try {
    change(start.dataDir, (state) => {
      state.launches[start.name] = { port, data, commandLine: [start.command, ...start.args].join(' ') };
      state.ports[start.name] = port;
    });
    const child = spawn(start.command, start.args, {
      detached: true,
      stdio: ['ignore', log, log],
      env: start.environment,
      ...start.user,
    });
    await once(child, 'spawn');
    child.unref();
    const identity = child.pid === undefined ? undefined : identify(child.pid);
    if (identity === undefined) throw new Error(`${start.name} ended at once; see ${path}`);
    return keep(start.dataDir, start.name, { ...identity, port, data });
  } finally {
    closeSync(log);
  }
}

/** The recorded program of a previous run, if it still runs. */
export function findOrphan(dataDir: string, name: ServiceName): ChildRecord | undefined {
  const { children, launches } = readState(dataDir);
  const record = children[name];
  if (record !== undefined && isOurs(record)) return record;
  const launch = launches[name];
  const identity = launch && findByCommandLine(launch.commandLine);
  return launch && identity && keep(dataDir, name, { ...identity, port: launch.port, data: launch.data });
}

function keep(dataDir: string, name: ServiceName, record: ChildRecord): ChildRecord {
  change(dataDir, (state) => {
    state.children[name] = record;
    state.launches = { ...state.launches, [name]: undefined };
  });
  return record;
}

export function rememberedPort(dataDir: string, name: ServiceName): number | undefined {
  return readState(dataDir).ports[name];
}

/** Asks with `signal`, then insists with SIGKILL after `graceMs`. Ends nothing that is not the recorded process. */
export async function endChild(
  dataDir: string,
  name: ServiceName,
  { signal, graceMs }: { signal: NodeJS.Signals; graceMs: number },
): Promise<void> {
  const record = findOrphan(dataDir, name);
  if (record !== undefined) {
    process.kill(record.pid, signal);
    const isGone = (): Promise<boolean> => Promise.resolve(!isAlive(record));
    await waitUntil(isGone, { limitMs: graceMs }).catch(async () => {
      if (isOurs(record)) process.kill(record.pid, 'SIGKILL');
      await waitUntil(isGone, { limitMs: 5000 });
    });
  }
  change(dataDir, (state) => {
    state.children = { ...state.children, [name]: undefined };
  });
}

/** The end of a program's log, for an error text. */
export function logTail(dataDir: string, name: ServiceName, lines = 12): string {
  try {
    return readFileSync(logPath(dataDir, name), 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } catch {
    return '';
  }
}

function isOurs(record: ChildRecord): boolean {
  return isAlive(record) && commandLine(record.pid).includes(record.data);
}

function statePath(dataDir: string): string {
  return join(dataDir, 'services.json');
}

function readState(dataDir: string): ServiceState {
  return { children: {}, launches: {}, ports: {}, ...(readPrivate(statePath(dataDir)) as ServiceState | undefined) };
}

/** Synchronous from reading to writing: both services start at the same time. */
function change(dataDir: string, edit: (state: ServiceState) => void): void {
  const state = readState(dataDir);
  edit(state);
  writePrivate(statePath(dataDir), state);
}
