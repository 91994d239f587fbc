/**
 * `npm run backup -- <folder>`: one backup into a new folder inside, while Guanjia works. `--nightly` stays and takes one every night at
 * 18 h UTC (02:00 in China), and at once when the last is older than a day; it removes those older than GUANJIA_BACKUP_KEEP_DAYS.
 */
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { nextAt, removeOld } from './backup/nightly.ts';
import { takeBackup } from './backup/take.ts';
import { runTool, type Tool } from './services/connect.ts';
import { StartError } from './services/messages.ts';
import { createSay } from './services/terminal.ts';

const usage = 'npm run backup -- <folder> [--nightly]';
const nightlyHour = 18;
const life = new AbortController();

async function backup(tool: Tool): Promise<number> {
  const words = process.argv.slice(2);
  const [folder, ...rest] = words.filter((word) => word !== '--nightly');
  if (folder === undefined || folder.startsWith('-') || rest.length > 0) throw new StartError('tool_usage', { usage });
  const target = resolve(folder);
  mkdirSync(target, { recursive: true, mode: 0o700 });
  return words.includes('--nightly') ? everyNight(tool, target) : once(tool, target);
}

async function once({ deps, settings, print }: Tool, target: string): Promise<number> {
  const { folder, bytes } = await takeBackup({ ...deps, settings }, target);
  createSay(settings.locale, print)('backup_done', { folder, megabytes: Math.ceil(bytes / 1_000_000) });
  return 0;
}

/** A night that fails is told and tried again an hour later. */
async function everyNight(tool: Tool, target: string): Promise<number> {
  const stop = (): void => {
    life.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  let retryAt = 0;
  for (;;) {
    const at = Math.max(retryAt, nextAt(target, nightlyHour));
    if (!(await waitFor(at))) return 0;
    try {
      await once(tool, target);
      for (const folder of removeOld(target, tool.settings.backupKeepDays)) tool.print(`- ${folder}`);
    } catch (error) {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      retryAt = Date.now() + 3_600_000;
    }
  }
}

/** False when the program is asked to end. Clocks are set meanwhile: looked at again every minute. */
async function waitFor(at: number): Promise<boolean> {
  const { signal } = life;
  while (!signal.aborted && Date.now() < at)
    await sleep(Math.min(60_000, at - Date.now()), undefined, { signal }).catch(() => undefined);
  return !signal.aborted;
}

await runTool('either', backup);
