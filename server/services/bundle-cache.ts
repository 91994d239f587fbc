/**
 * The workflow bundle takes two seconds to build, so it is kept by the content of what goes into it: workflows/** and the versions
 * of the packages. A changed source is another file name, so a stale bundle is never used.
 */
import { createHash } from 'node:crypto';
import {
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { bundleWorkflowCode, type BundleOptions } from '@temporalio/worker';
import { failureConverterPath } from '../codec.ts';

const root = join(import.meta.dirname, '..', '..');

/** Path of a bundle for `workflowBundle: { codePath }`; `build` gives its code and is called only when the sources have changed. */
export async function cachedBundle(dir: string, build: () => Promise<string>): Promise<string> {
  const path = join(dir, `workflows-${hashSources()}${wantsStacks() ? '-debug' : ''}.js`);
  if (existsSync(path)) return path;
  const code = await build();
  mkdirSync(dir, { recursive: true });
  const draft = `${path}.${process.pid}.tmp`;
  writeFileSync(draft, code);
  renameSync(draft, path);
  removeOld(dir, path);
  return path;
}

/** Bundles workflows/index.ts, with the converter that the worker's data converter names too. */
export function buildWorkflowBundle(): Promise<string> {
  return bundle(join(root, 'workflows', 'index.ts'));
}

/**
 * The code of a workflow as Guanjia bundles its own. All of it is loaded once, not once a case: it has no state but caches of pure
 * functions, which a lint rule sees to.
 */
export async function bundle(workflowsPath: string): Promise<string> {
  const noStacks = join(root, 'workflows', 'shell', 'no-stacks.ts');
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    failureConverterPath: failureConverterPath(),
    preloadModules: [...(wantsStacks() ? [] : [noStacks]), workflowsPath],
    webpackConfigHook: keepSyntax,
    logger: quietLogger,
  });
  return code;
}

/**
 * The SDK makes what Node.js understood in 2017 of our sources, with helpers for every spread. They are written for es2024, and tests and
 * the server run them as they are. Does nothing where the SDK no longer has the loader; a test says so.
 */
function keepSyntax(config: WebpackConfiguration): WebpackConfiguration {
  for (const options of swcOptionsOf(config)) options.jsc = { ...options.jsc, target: 'es2024' };
  return config;
}

type WebpackConfiguration = Parameters<NonNullable<BundleOptions['webpackConfigHook']>>[0];

interface SwcOptions {
  jsc?: { target?: string };
}

function swcOptionsOf({ module }: WebpackConfiguration): SwcOptions[] {
  const uses = (module?.rules ?? []).map((rule) => (typeof rule === 'object' && rule !== null ? rule.use : undefined));
  return uses.flatMap((use) => (isSwc(use) ? [use.options] : []));
}

function isSwc(use: unknown): use is { options: SwcOptions } {
  const { loader, options } = (use ?? {}) as { loader?: unknown; options?: unknown };
  return typeof loader === 'string' && loader.includes('swc-loader') && typeof options === 'object';
}

function wantsStacks(): boolean {
  return Boolean(process.env.TEMPORAL_DEBUG);
}

/** webpack reports its progress as if it were news; warnings and errors still come out of the promise. */
const quietLogger = {
  log: ignore,
  trace: ignore,
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
};

function ignore(): void {
  // see quietLogger
}

/** Names the interpreter of cases: the same sources, the same name. Temporal keeps it with every run. */
export function interpreterId(): string {
  return hashSources();
}

/** Tests and data are no part of the bundle. */
function hashSources(): string {
  const hash = createHash('sha256');
  const sources = globSync('workflows/**/*.{ts,json}', { cwd: root })
    .filter((path) => !/\.(test|spec)\.ts$|[\\/](histories|flows|fixtures)[\\/]/.test(path))
    .sort();
  for (const path of [...sources, 'server/failure-converter.ts', 'server/services/bundle-cache.ts', 'package.json'])
    hash.update(`${path}\0`).update(readFileSync(join(root, path)));
  return hash.digest('hex').slice(0, 16);
}

/** Not at once: another process may have found an older one and be about to read it. */
function removeOld(dir: string, current: string): void {
  for (const name of readdirSync(dir)) {
    const path = join(dir, name);
    const ageMs = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (/^workflows-[\w-]+\.js$/.test(name) && path !== current && ageMs > 3_600_000) rmSync(path, { force: true });
  }
}
