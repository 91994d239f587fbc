/**
 * `npm run demo:reset`: removes the demo's database, Temporal state and files, so that the next start loads them anew. Refuses
 * where the data is not a demo's, and while Guanjia runs. Secrets stay: they protect nothing that is left, but change no address.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { readSettings, type Locale } from './config.ts';
import { stopServices } from './services/index.ts';
import { findHolder } from './services/lock.ts';
import { StartError } from './services/messages.ts';
import { removePostgresData } from './services/postgres-files.ts';
import { temporalFiles } from './services/temporal.ts';
import { createSay, explain } from './services/terminal.ts';

let locale: Locale = 'zh-CN';

async function reset(): Promise<void> {
  const settings = readSettings();
  locale = settings.locale;
  const { dataDir, databaseUrl, temporalAddress, mode } = settings;
  // A database or a Temporal that was brought along may hold anything.
  if (mode !== 'demo' || databaseUrl !== undefined || temporalAddress !== undefined) {
    throw new StartError('reset_only_demo');
  }
  const holder = findHolder(dataDir);
  if (holder !== undefined) throw new StartError('reset_running', { pid: holder.pid });
  await stopServices(settings);
  removePostgresData(dataDir);
  for (const path of [...temporalFiles(dataDir), join(dataDir, 'files')])
    rmSync(path, { recursive: true, force: true });
  createSay(locale, (line) => process.stdout.write(`${line}\n`))('reset_done');
}

await reset().catch((error: unknown) => {
  process.stderr.write(`${explain(error, locale)}\n`);
  process.exitCode = 1;
});
