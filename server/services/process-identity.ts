/**
 * Which process is this? A process id alone is not enough: ids are reused. With the moment the process started they are not.
 * Everything that ends or adopts a process asks here first.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

export interface ProcessIdentity {
  pid: number;
  /** Opaque: equal for the same process only, also across reboots. */
  startedAt: string;
}

/** Undefined when no such process runs (a zombie does not run). */
export function identify(pid: number): ProcessIdentity | undefined {
  const startedAt = process.platform === 'linux' ? linuxStart(pid) : psField(pid, 'lstart=');
  return startedAt === undefined ? undefined : { pid, startedAt };
}

export function isAlive(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.startedAt === identity.startedAt;
}

/** The words of its command line joined by spaces; empty when it cannot be read. */
export function commandLine(pid: number): string {
  if (process.platform !== 'linux') return psField(pid, 'command=') ?? '';
  return (readProc(`/proc/${pid}/cmdline`) ?? '').replaceAll('\0', ' ').trim();
}

/** The process that was started with exactly these words, and runs. */
export function findByCommandLine(line: string): ProcessIdentity | undefined {
  const pid = process.platform === 'linux' ? linuxPids().find((each) => commandLine(each) === line) : psPid(line);
  return pid === undefined ? undefined : identify(pid);
}

/** Ids of the processes that work in a folder, as all of Postgres's do; empty where the system does not tell (macOS). */
export function processesIn(folder: string): number[] {
  if (process.platform !== 'linux') return [];
  return linuxPids().filter((pid) => workingFolder(pid) === folder);
}

/** This process itself. */
export function ownIdentity(): ProcessIdentity {
  return identify(process.pid) ?? { pid: process.pid, startedAt: 'unknown' };
}

function linuxStart(pid: number): string | undefined {
  const stat = readProc(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The second field is the program's name in parentheses and may hold spaces; field 3 is the state, field 22 the start time.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state] = fields;
  const bootId = readProc('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
  return state === 'Z' || state === 'X' ? undefined : `${bootId}/${fields[19] ?? ''}`;
}

function linuxPids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function workingFolder(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined; // gone, or another user's
  }
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // the process is gone
  }
}

function psField(pid: number, field: string): string | undefined {
  const text = ps('-o', field, '-p', String(pid));
  return text === '' ? undefined : text;
}

function psPid(line: string): number | undefined {
  const found = ps('-axww', '-o', 'pid=,command=')
    .split('\n')
    .map((each) => /^ *(\d+) (.*)$/.exec(each))
    .find((match) => match?.[2]?.trim() === line);
  return found?.[1] === undefined ? undefined : Number(found[1]);
}

function ps(...args: string[]): string {
  try {
    return execFileSync('ps', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return ''; // no such process
  }
}
