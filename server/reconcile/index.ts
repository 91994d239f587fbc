/**
 * Brings Postgres and Temporal together after they were restored from different moments. Neither side is right as a whole: what either
 * has acknowledged stays. Where both went on their own ways, the tables win, because they are what people have seen; the other way is
 * kept in a file.
 */
import type { DeltaEntry } from '../../workflows/engine/types.ts';
import type { Deps } from '../deps.ts';
import { bringUp, type BroughtUp } from './bring-up.ts';
import { compare } from './compare.ts';
import { listRuns, readThere, type Run } from './history.ts';
import { makeAgain } from './make-again.ts';
import { readCases, readLog } from './tables.ts';
import type { Difference, Here, There } from './types.ts';

export interface Options {
  /** Only lists. */
  dryRun: boolean;
  /** Keeps what Temporal alone has, before it is ended there. Called in a dry run, too, never. */
  keep: (there: There) => Promise<void>;
  onDifference: (found: Outcome) => void;
}

export interface Outcome {
  difference: Difference;
  /** What healing brought; undefined in a dry run. */
  healed: Partial<BroughtUp> | undefined;
  /** Why it was not healed. */
  failure: string | undefined;
}

export interface Reconciled {
  /** Cases looked at. */
  cases: number;
  outcomes: Outcome[];
  /** Commands that the workers will drive once they run. */
  pendingCommands: number;
}

/** No worker may run meanwhile. */
export async function reconcile(deps: Deps, options: Options): Promise<Reconciled> {
  const runs = await listRuns(deps.temporal, deps.config.temporalTaskQueue);
  const cases = await readCases(deps.db, [...runs.keys()]);
  const outcomes: Outcome[] = [];
  const ids = new Set([...cases.keys(), ...runs.keys()]);
  for (const caseId of ids) {
    const outcome = await reconcileCase(deps, { here: cases.get(caseId), run: runs.get(caseId) }, options);
    if (outcome === undefined) continue;
    outcomes.push(outcome);
    options.onDifference(outcome);
  }
  const pendingCommands = [...cases.values()].reduce((sum, { pendingCommands: n }) => sum + n, 0);
  return { cases: ids.size, outcomes, pendingCommands };
}

interface Sides {
  here: Here | undefined;
  run: Run | undefined;
}

async function reconcileCase(deps: Deps, { here, run }: Sides, options: Options): Promise<Outcome | undefined> {
  const there = run === undefined ? undefined : await readThere(deps.temporal, run);
  // A case that was ended there, and whose record is nowhere, is over.
  if (here === undefined && there?.status === 'broken') return undefined;
  const log = here === undefined ? new Map<number, DeltaEntry>() : await readLog(deps.db, here.caseId);
  const difference = compare(here, there, log);
  if (difference === undefined) return undefined;
  if (options.dryRun) return { difference, healed: undefined, failure: undefined };
  return tryToHeal(deps, difference, { here, there, keep: options.keep });
}

async function tryToHeal(deps: Deps, difference: Difference, healing: Healing): Promise<Outcome> {
  try {
    const healed = await heal(deps, difference, healing);
    const lost = healed.lostRevs ?? 0;
    return { difference, healed, failure: lost > 0 ? `${lost} revs are in neither store` : undefined };
  } catch (error) {
    return { difference, healed: undefined, failure: error instanceof Error ? error.message : String(error) };
  }
}

interface Healing {
  here: Here | undefined;
  there: There | undefined;
  keep: Options['keep'];
}

async function heal(deps: Deps, { kind }: Difference, { here, there, keep }: Healing): Promise<Partial<BroughtUp>> {
  if (here === undefined) {
    if (there !== undefined) await endUnknown(deps, there, keep);
    return {};
  }
  if (kind === 'postgres_behind' && there !== undefined) return bringUp(deps.db, here, there);
  if (kind === 'diverged' && there !== undefined) await keep(there);
  await makeAgain(deps, here, there);
  return {};
}

/** Its record is lost with the database: it could only fail for ever. */
async function endUnknown({ temporal }: Deps, there: There, keep: Options['keep']): Promise<void> {
  await keep(there);
  if (there.status !== 'running') return;
  await temporal.workflow.getHandle(there.caseId, there.runId).terminate('its record is not in the restored database');
}
