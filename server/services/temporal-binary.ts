/**
 * Finds the program `temporal`, in this order: on the PATH, in the user's cache folder, by the SDK's own download, built with Go.
 * What had to be fetched or built is kept in the cache folder, so that the next start and other clones find it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  accessSync,
  chmodSync,
  constants,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { StartError, type Say } from './messages.ts';

/** The newest that `go install` accepts: later versions carry a replace directive. */
const version = 'v1.5.1';
/** An older draft is nobody's any more. */
const longestBuildMs = 3_600_000;
const program = process.platform === 'win32' ? 'temporal.exe' : 'temporal';

export interface FindTemporal {
  environment: NodeJS.ProcessEnv;
  say: Say;
}

/** @throws StartError temporal_missing, with every way to get one */
export async function findTemporalBinary({ environment, say }: FindTemporal): Promise<string> {
  const cached = join(cacheFolder(environment), `temporal-${version}`, program);
  const found = onPath(program, environment) ?? (isProgram(cached) ? cached : undefined);
  if (found !== undefined) return found;
  const tried = ['PATH', cached];
  for (const way of [download, build]) {
    const failure = await way(cached, { environment, say });
    if (failure === undefined) return cached;
    tried.push(failure);
  }
  throw new StartError('temporal_missing', { cache: cached, tried: tried.map((each) => `\n  - ${each}`).join('') });
}

/** Where programs of the user go that can be made again. */
function cacheFolder(environment: NodeJS.ProcessEnv): string {
  const home = environment.HOME ?? homedir();
  if (environment.XDG_CACHE_HOME) return join(environment.XDG_CACHE_HOME, 'guanjia');
  return process.platform === 'darwin' ? join(home, 'Library', 'Caches', 'guanjia') : join(home, '.cache', 'guanjia');
}

function onPath(name: string, environment: NodeJS.ProcessEnv): string | undefined {
  const folders = (environment.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Gives the reason of a failure. In a process of its own: without a network the SDK may hang, and then it is ended. */
async function download(target: string, { environment, say }: FindTemporal): Promise<string | undefined> {
  const folder = makeDraftFolder(target);
  try {
    say('temporal_download');
    const script = join(import.meta.dirname, 'temporal-download.ts');
    const result = await watch(process.execPath, [script, folder], {
      environment,
      tickMs: 1000,
      isStuck: stallDetector(folder, 20_000),
    });
    const [file] = result.ok ? readdirSync(folder) : [];
    if (file === undefined) return `download: ${result.tail}`;
    chmodSync(join(folder, file), 0o755);
    renameSync(join(folder, file), target);
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Gives the reason of a failure. */
async function build(target: string, { environment, say }: FindTemporal): Promise<string | undefined> {
  const go = onPath(process.platform === 'win32' ? 'go.exe' : 'go', environment);
  if (go === undefined) return 'go: not on the PATH';
  const folder = makeDraftFolder(target);
  try {
    say('temporal_build');
    const result = await watch(go, ['install', `github.com/temporalio/cli/cmd/temporal@${version}`], {
      environment: { ...environment, GOBIN: folder },
      tickMs: 15_000,
      onTick: (seconds) => {
        say('temporal_build_progress', { seconds });
      },
    });
    if (!result.ok) return `go install: ${result.tail}`;
    renameSync(join(folder, program), target);
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Beside the target: a rename from there is atomic, so no half program is ever found. What killed starts left behind goes. */
function makeDraftFolder(target: string): string {
  const folder = dirname(target);
  mkdirSync(folder, { recursive: true });
  for (const draft of readdirSync(folder).filter((name) => name.startsWith('new-'))) {
    const path = join(folder, draft);
    const ageMs = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (ageMs > longestBuildMs) rmSync(path, { recursive: true, force: true });
  }
  return mkdtempSync(join(folder, 'new-'));
}

interface Watch {
  environment: NodeJS.ProcessEnv;
  tickMs: number;
  onTick?: (seconds: number) => void;
  isStuck?: () => boolean;
}

/** Runs a program to its end; `tail` is the last of what it wrote. */
async function watch(command: string, args: string[], options: Watch): Promise<{ ok: boolean; tail: string }> {
  const startedMs = Date.now();
  let output = '';
  const child = spawn(command, args, { env: options.environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-4000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const end = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', end);
  const timer = setInterval(() => {
    options.onTick?.(Math.round((Date.now() - startedMs) / 1000));
    if (options.isStuck?.()) end();
  }, options.tickMs);
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    const tail = output.trim().split('\n').slice(-3).join(' | ');
    return { ok: code === 0, tail: tail === '' ? 'no network' : tail };
  } catch (error) {
    return { ok: false, tail: String(error) };
  } finally {
    clearInterval(timer);
    process.off('exit', end);
  }
}

/** True once the folder's size has not changed for `limitMs`. */
function stallDetector(folder: string, limitMs: number): () => boolean {
  let size = -1;
  let sinceMs = Date.now();
  return () => {
    const now = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
    if (now !== size) {
      size = now;
      sinceMs = Date.now();
    }
    return Date.now() - sinceMs > limitMs;
  };
}
