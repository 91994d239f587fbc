/**
 * `npm run restore -- <backup> [--only <part>] [--replace]`: puts a backup back while Guanjia does not run. Afterwards, before the next
 * start, `npm run reconcile` brings the two stores together.
 */
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readManifest, type Manifest, type PartName } from './backup/manifest.ts';
import { putBack } from './backup/put-back.ts';
import { readSettings, type Locale } from './config.ts';
import { stopServices } from './services/index.ts';
import { acquireLock } from './services/lock.ts';
import { StartError } from './services/messages.ts';
import { createSay, explain } from './services/terminal.ts';
import { print } from './services/connect.ts';

const usage = 'npm run restore -- <backup> [--only postgres|postgres-dumps|temporal|files|secrets] [--replace]';
let locale: Locale = 'zh-CN';

async function restore(): Promise<void> {
  const settings = readSettings(process.env, []);
  locale = settings.locale;
  const say = createSay(locale, print);
  const { folder, only, replace } = readWords();
  const manifest = await readManifest(folder);
  const parts = choose(manifest, only);
  mkdirSync(settings.dataDir, { recursive: true, mode: 0o711 });
  const attempt = await acquireLock(settings.dataDir);
  if ('heldBy' in attempt) throw new StartError('tool_alone', { pid: attempt.heldBy.pid });
  try {
    await stopServices(settings);
    for (const part of parts) {
      await putBack(part, { settings, folder, manifest, replace });
      say('restored', { what: part });
    }
    say('restore_done');
  } finally {
    attempt.lock.release();
  }
}

function readWords(): { folder: string; only: string[]; replace: boolean } {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { only: { type: 'string', multiple: true, default: [] }, replace: { type: 'boolean', default: false } },
    });
    const [folder, ...rest] = positionals;
    if (folder === undefined || rest.length > 0) throw new StartError('tool_usage', { usage });
    return { folder: resolve(folder), only: values.only, replace: values.replace };
  } catch {
    throw new StartError('tool_usage', { usage });
  }
}

/** Secrets go with the database whose passwords they are. */
function choose({ parts }: Manifest, only: readonly string[]): PartName[] {
  const names = parts.map(({ what }) => what);
  if (only.length === 0) return names;
  if (only.some((name) => !names.includes(name as PartName))) throw new StartError('tool_usage', { usage });
  return names.filter((name) => only.includes(name));
}

await restore().catch((error: unknown) => {
  process.stderr.write(`${explain(error, locale)}\n`);
  process.exitCode = 1;
});
