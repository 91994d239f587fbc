/**
 * `npm run reconcile`: after a restore, before the start. Lists every difference between Postgres and Temporal and heals it;
 * `-- --dry-run` only lists. What Temporal alone knows is kept as JSON in the data folder. Exit code 1: something is left, or, of a dry
 * run, something differs.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findMissing } from './health/checks.ts';
import { reconcile, type Outcome } from './reconcile/index.ts';
import { runTool, type Tool } from './services/connect.ts';
import { StartError, type Say } from './services/messages.ts';
import { createSay } from './services/terminal.ts';

const usage = 'npm run reconcile -- [--dry-run]';

async function run({ deps, settings, print }: Tool): Promise<number> {
  const words = process.argv.slice(2);
  if (words.some((word) => word !== '--dry-run')) throw new StartError('tool_usage', { usage });
  const dryRun = words.length > 0;
  if (!dryRun && settings.temporalAddress !== undefined) await refuseWorkers(deps);
  const say = createSay(settings.locale, print);
  const { cases, outcomes, pendingCommands } = await reconcile(deps, {
    dryRun,
    keep: async (there) => {
      const folder = join(settings.dataDir, 'reconciled');
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const path = join(folder, `${there.caseId}-${there.runId}.json`);
      writeFileSync(path, `${JSON.stringify(there, null, 2)}\n`, { mode: 0o600 });
      say('reconcile_kept', { path });
      return Promise.resolve();
    },
    onDifference: (outcome) => {
      tell(say, outcome);
    },
  });
  const left = dryRun ? outcomes.length : outcomes.filter(({ failure }) => failure !== undefined).length;
  say('reconcile_done', { cases, differences: outcomes.length, left, pending: pendingCommands });
  return left === 0 ? 0 : 1;
}

/** A case that goes on while its histories are compared would be healed of what is no illness. */
async function refuseWorkers(deps: Tool['deps']): Promise<void> {
  const missing = await findMissing(deps);
  if (!missing.some(({ what }) => what === 'worker')) throw new StartError('reconcile_workers');
}

function tell(say: Say, { difference, healed, failure }: Outcome): void {
  const { kind, number, caseId, flow, revHere, revThere } = difference;
  const what = { case: number ?? caseId, flow, here: revHere, there: revThere };
  say(`differs_${kind}`, what);
  if (failure !== undefined) say('reconcile_failed', { cause: failure });
  else if ((healed?.commands ?? 0) > 0) say('reconcile_commands', { commands: healed?.commands ?? 0 });
}

await runTool('alone', run);
