/** `npm start`: the order in which Guanjia comes up. Each step is a line here and a file elsewhere. */
import { readFile } from 'node:fs/promises';
import { createClosers } from './closers.ts';
import { readSettings, type Locale } from './config.ts';
import { loadBuiltIn } from './content.ts';
import { migrate } from './db/migrate.ts';
import type { Deps } from './deps.ts';
import type { Log } from './log.ts';
import { refuseUnfitDatabase } from './production.ts';
import { StartError, type Say } from './services/messages.ts';
import { createSay, describeAccounts, explain, type DemoAccounts } from './services/terminal.ts';
import { buildUiIfNeeded } from './services/ui-build.ts';
import { together } from './services/wait.ts';
import { bringUpServices, holdDataDir, listen, openDeps, openLog, requirePort } from './start.ts';
import { recordStart } from './upgrade/record.ts';

// The default zone of dates must not differ from machine to machine: whoever means a community's time says its zone.
process.env.TZ = 'UTC';

const closers = createClosers();
let locale: Locale = 'zh-CN';
let isStopping = false;

async function main(): Promise<void> {
  const settings = readSettings();
  locale = settings.locale;
  const say = createSay(locale, print);
  stopOnSignals(say);
  const lock = await holdDataDir(settings, closers);
  await requirePort(settings);
  const log = openLog(settings);
  stopOnCrash(log);
  const buildUi = settings.role === 'worker' ? Promise.resolve() : buildUiIfNeeded(say, settings.environment);
  const [config] = await together(bringUpServices(settings, say, closers), buildUi);
  const deps = await openDeps(config, log, closers);
  const migrated = await migrate(deps.adminDb);
  if (migrated.length > 0) say('migrated', { count: migrated.length });
  await refuseUnfitDatabase(deps);
  await loadBuiltIn(deps);
  await recordStart(deps);
  if (config.role !== 'api') await startWork(deps, say);
  if (config.role === 'worker') {
    say('worker_ready', { seconds: secondsUp() });
    return;
  }
  const address = await startApi(deps, say);
  lock?.publish(address);
  say('ready', { address, seconds: secondsUp() });
  if (config.mode === 'demo') print(describeAccounts(await readDemoAccounts(), config));
  say('stop_hint');
}

/** Imported late: the worker's native code takes longest to load, and an api does without. */
async function startWork(deps: Deps, say: Say): Promise<void> {
  const { startWorker } = await import('./worker/index.ts');
  const late = setTimeout(() => {
    say('temporal_awaited', { address: deps.config.temporalAddress });
  }, 5000);
  const worker = await startWorker(deps).finally(() => {
    clearTimeout(late);
  });
  closers.add(() => worker.stop());
  const { startOutbound } = await import('./outbound/worker.ts');
  const outbound = startOutbound(deps);
  closers.add(() => outbound.stop());
  const { startStarts } = await import('./starts/worker.ts');
  const starts = startStarts(deps);
  closers.add(() => starts.stop());
}

async function startApi(deps: Deps, say: Say): Promise<string> {
  const { buildApp } = await import('./app.ts');
  const app = await buildApp(deps);
  closers.add(() => app.close());
  const { host, port, publicUrl, mode, role } = deps.config;
  const listening = await listen(app, { host, port });
  if (mode === 'demo' && role === 'all') {
    const { loadDemo } = await import('./demo/index.ts');
    await loadDemo(deps, {
      app,
      onStart: () => {
        say('demo_loading');
      },
    });
  }
  return publicUrl ?? listening;
}

async function readDemoAccounts(): Promise<DemoAccounts> {
  const file = new URL('../content/demo-accounts.json', import.meta.url);
  return JSON.parse(await readFile(file, 'utf8')) as DemoAccounts;
}

/** The first signal ends everything in order; a second one no longer waits, and the next start tidies up. */
function stopOnSignals(say: Say): void {
  const stop = (): void => {
    if (isStopping) process.exit(130);
    isStopping = true;
    say('stopping');
    closers.closeAll().then(
      () => {
        say('stopped');
        process.exit(0);
      },
      (error: unknown) => {
        fail(error);
      },
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
}

/** A bug nobody caught: what is running cannot be trusted, so it is written down and everything ends in order. */
function stopOnCrash(log: Log): void {
  const stop = (err: unknown): void => {
    log.fatal({ err }, 'uncaught');
    isStopping = true;
    const end = (): void => {
      fail(err);
    };
    closers.closeAll().then(end, end);
  };
  for (const event of ['uncaughtException', 'unhandledRejection']) process.on(event, stop);
}

function fail(error: unknown): never {
  process.stderr.write(`${explain(error, locale)}\n`);
  // What was asked for is there: a second `npm start` is no failure.
  process.exit(error instanceof StartError && error.key === 'already_running' ? 0 : 1);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function secondsUp(): string {
  return process.uptime().toFixed(1);
}

await main().catch(async (error: unknown) => {
  // A start cut short by Ctrl-C fails somewhere, and that is nobody's news; the signal's handler ends the process.
  if (isStopping) return;
  await closers.closeAll().catch(() => undefined);
  fail(error);
});
