/**
 * `npm run checkpoint`: lets every running case continue as new, while Guanjia runs, then says which codec keys are still in use.
 * `-- --keys` only looks, `-- --again` begins anew where an earlier one was broken off. Exit code 1: cases are left.
 */
import { continueAll } from './checkpoint/continue-all.ts';
import { scanKeys, type KeyUse } from './checkpoint/keys.ts';
import { readZone } from './commands/prepare/names.ts';
import { asEngine } from './db/as.ts';
import { createWords, type Words } from './print/words.ts';
import { runTool, type Tool } from './services/connect.ts';
import { StartError, type Say } from './services/messages.ts';
import { createSay } from './services/terminal.ts';

const patienceMs = 120_000;
const usage = 'npm run checkpoint -- [--keys] [--again]';

async function checkpoint({ deps, settings, print }: Tool): Promise<number> {
  const words = process.argv.slice(2);
  if (words.some((word) => word !== '--keys' && word !== '--again')) throw new StartError('tool_usage', { usage });
  const say = createSay(settings.locale, print);
  const left = words.includes('--keys') ? 0 : await goOn(deps, say, words.includes('--again'));
  const zone = await asEngine(deps.db, (tx) => readZone(tx, null));
  for (const key of await scanKeys(deps)) sayKey(say, key, createWords(settings.locale, zone));
  return left === 0 ? 0 : 1;
}

async function goOn(deps: Tool['deps'], say: Say, again: boolean): Promise<number> {
  const { total, left, stuck } = await continueAll(deps, {
    patienceMs,
    again,
    onProgress: (progress) => {
      say('checkpoint_progress', { done: progress.total - progress.left, total: progress.total });
    },
  });
  if (left === 0) say('checkpoint_done', { total });
  else say('checkpoint_left', { left, cases: stuck.join(' ') });
  return left;
}

function sayKey(say: Say, { id, isCurrent, isConfigured, runningCases, retiresAt }: KeyUse, words: Words): void {
  const cases = runningCases ?? 0;
  if (cases > 0 && !isConfigured) say('key_missing', { id, cases });
  else if (isCurrent) say('key_current', { id, cases });
  else if (cases > 0 || retiresAt === null) say('key_used', { id, cases });
  else if (retiresAt.getTime() > Date.now()) say('key_waits', { id, at: words.at(retiresAt.toISOString()) });
  else say('key_free', { id });
}

await runTool('running', checkpoint);
