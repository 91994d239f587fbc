/** Builds the user interface when it is missing or older than its sources. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { onlyOnce } from './once.ts';
import { StartError, type Say } from './messages.ts';

const root = join(import.meta.dirname, '..', '..');
const builtPage = join(root, 'ui', 'build', 'index.html');
const lockDir = join(root, 'node_modules', '.cache', 'guanjia', 'ui-build');

/** What ends up in the browser: the pages, and the code and data they share with the server. */
const sources = [
  'package-lock.json',
  'ui/*.{ts,json}',
  'ui/{src,static,messages,project.inlang}/**/*',
  '{forms,workflows/engine}/**/*.{ts,json}',
];
const generated = /paraglide|\.svelte-kit|\.(test|spec)\.ts$|project\.inlang[\\/](cache|\.meta|README|\.gitignore)/;

/** Two starts in one tree build once: the second waits for the first. @throws StartError ui_build_failed */
export async function buildUiIfNeeded(say: Say, environment: NodeJS.ProcessEnv): Promise<void> {
  await onlyOnce(lockDir, isFresh, () => {
    say('ui_build');
    return build(environment);
  });
}

async function build(environment: NodeJS.ProcessEnv): Promise<void> {
  // Whatever the server runs as, people get the production build.
  const { NODE_ENV: _dropped, ...env } = environment;
  const child = spawn('npm', ['run', 'build'], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-16_000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new StartError('ui_build_failed', { tail: tailOf(output) });
}

function isFresh(): boolean {
  const builtMs = statSync(builtPage, { throwIfNoEntry: false })?.mtimeMs;
  if (builtMs === undefined) return false;
  // An image holds what was built, and no sources that could be newer.
  if (!existsSync(join(root, 'ui', 'src'))) return true;
  return sources
    .flatMap((pattern) => globSync(pattern, { cwd: root }))
    .filter((path) => !generated.test(path))
    .every((path) => (statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0) <= builtMs);
}

/** The last lines that say something: frames of the build tool's own stack do not. */
function tailOf(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '' && !/^\s+at /.test(line));
  return lines.slice(-20).join('\n');
}
