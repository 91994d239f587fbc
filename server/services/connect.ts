/**
 * How the commands beside `npm start` reach Postgres and Temporal: those that the settings name; else those of a Guanjia that runs on
 * the data folder; else, where the command allows it, their own, started for the time of the command.
 */
import { createClosers, type Closers } from '../closers.ts';
import { completeConfig, readSettings, type Config, type Settings } from '../config.ts';
import { withUser } from '../db/bootstrap.ts';
import type { Deps } from '../deps.ts';
import { bringUpServices, openDeps, openLog } from '../start.ts';
import { rememberedPort } from './children.ts';
import { acquireLock, findHolder } from './lock.ts';
import { StartError } from './messages.ts';
import { generatedCodecKeys, loadSecrets } from './secrets.ts';
import { createSay, explain } from './terminal.ts';

export interface Tool {
  settings: Settings;
  deps: Deps;
  print: (line: string) => void;
}

/** `running`: a Guanjia must run on the folder, or the settings name the services. `alone`: none may run on the folder. */
export type Needs = 'running' | 'alone' | 'either';

/** Runs a command to its end and sets the exit code: the promise's number, or 1 with a sentence on stderr. */
export async function runTool(needs: Needs, work: (tool: Tool) => Promise<number>): Promise<void> {
  const closers = createClosers();
  let locale: Settings['locale'] = 'zh-CN';
  try {
    const settings = readSettings(process.env, []);
    locale = settings.locale;
    const config = await findServices(settings, needs, closers);
    const deps = await openDeps(config, openLog({ ...settings, logLevel: 'warn' }), closers);
    process.exitCode = await work({ settings, deps, print });
  } catch (error) {
    process.stderr.write(`${explain(error, locale)}\n`);
    process.exitCode = 1;
  } finally {
    await closers.closeAll();
  }
}

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function findServices(settings: Settings, needs: Needs, closers: Closers): Promise<Config> {
  const { databaseUrl, databaseAdminUrl, temporalAddress, codecKeys } = settings;
  if (databaseUrl !== undefined && databaseAdminUrl !== undefined && temporalAddress !== undefined) {
    const keys = codecKeys ?? generatedCodecKeys(loadSecrets(settings.dataDir));
    return completeConfig(settings, { databaseUrl, databaseAdminUrl, temporalAddress, codecKeys: keys });
  }
  const holder = findHolder(settings.dataDir);
  if (holder !== undefined && needs === 'alone') throw new StartError('tool_alone', { pid: holder.pid });
  if (holder !== undefined) return joinRunning(settings);
  if (needs === 'running') throw new StartError('tool_running', { folder: settings.dataDir });
  return startOwn(settings, closers);
}

async function startOwn(settings: Settings, closers: Closers): Promise<Config> {
  const attempt = await acquireLock(settings.dataDir);
  if ('heldBy' in attempt) throw new StartError('tool_alone', { pid: attempt.heldBy.pid });
  closers.add(() => {
    attempt.lock.release();
    return Promise.resolve();
  });
  return bringUpServices(settings, createSay(settings.locale, print), closers);
}

function joinRunning(settings: Settings): Config {
  const secrets = loadSecrets(settings.dataDir);
  const address = (name: 'postgres' | 'temporal'): string =>
    `127.0.0.1:${rememberedPort(settings.dataDir, name) ?? 'unknown'}`;
  const url = `postgres://postgres@${address('postgres')}/guanjia`;
  return completeConfig(settings, {
    databaseUrl: settings.databaseUrl ?? withUser(url, 'guanjia_app', secrets.appPassword),
    databaseAdminUrl: settings.databaseAdminUrl ?? withUser(url, 'guanjia_owner', secrets.ownerPassword),
    temporalAddress: settings.temporalAddress ?? address('temporal'),
    codecKeys: settings.codecKeys ?? generatedCodecKeys(secrets),
  });
}
