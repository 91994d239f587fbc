/**
 * Loads the demo community: its registers and people in one transaction, then its repairs through the API. Only into an empty
 * database and only in demo mode; a load that was killed is continued by the next start.
 */
import { sql } from 'kysely';
import type { Deps } from '../deps.ts';
import type { App } from '../http.ts';
import { AppError } from '../errors.ts';
import { signIn, type Caller } from './caller.ts';
import { generateCommunity } from './community.ts';
import { todayIn } from './days.ts';
import { drawPhoto } from './photos.ts';
import { readLoad, saveLoad, type Load } from './progress.ts';
import { insertCommunity } from './registers.ts';
import { playScenario, readScenarios, type Stage } from './scenarios.ts';
import { readDemoAccounts, readDemoSources } from './sources.ts';

export interface LoadDemo {
  app: App;
  /** Called once, before anything slow, and only when there is something to load. */
  onStart?: () => void;
  /** When the community is loaded; its dates are relative to it. Default: now. */
  now?: Date;
}

/** Scenarios at the same time. */
const atOnce = 4;
const lockKey = 7_203_120;

/**
 * Does nothing when the database holds anything else, or the whole demo already.
 * @throws AppError demo_in_production
 */
export async function loadDemo(deps: Deps, { app, onStart, now = new Date() }: LoadDemo): Promise<void> {
  if (deps.config.mode !== 'demo') throw new AppError('demo_in_production', 500);
  // Of several processes that start at the same time one loads, the others wait until it is done.
  await deps.adminDb.connection().execute(async (connection) => {
    await sql`select pg_advisory_lock(${lockKey})`.execute(connection);
    try {
      await loadOnce(deps, { app, now, ...(onStart !== undefined && { onStart }) });
    } finally {
      await sql`select pg_advisory_unlock(${lockKey})`.execute(connection);
    }
  });
}

async function loadOnce(
  deps: Deps,
  { app, onStart, now }: Required<Pick<LoadDemo, 'app' | 'now'>> & LoadDemo,
): Promise<void> {
  const { adminDb } = deps;
  const earlier = await readLoad(adminDb);
  if (earlier?.state === 'done') return;
  if (earlier === undefined && !(await isEmpty(deps))) return;
  onStart?.();
  const load = earlier ?? (await loadRegisters(deps, now));
  await playAll(deps, app, load);
  await saveLoad(adminDb, { ...load, state: 'done' });
}

/** The registers and people alone, in one transaction: a load killed here leaves nothing. */
export async function loadRegisters({ adminDb }: Pick<Deps, 'adminDb'>, now: Date): Promise<Load> {
  const sources = readDemoSources();
  const demo = generateCommunity(sources, todayIn(sources.community.timeZone, now));
  const load: Load = { loadedAt: now.toISOString(), state: 'registers' };
  await adminDb.transaction().execute(async (tx) => {
    await insertCommunity(tx, demo, readDemoAccounts().password);
    await saveLoad(tx, load);
  });
  return load;
}

async function isEmpty({ adminDb }: Deps): Promise<boolean> {
  const { rows } = await sql<{ empty: boolean }>`
    select not exists (select from record.community) and not exists (select from person) as empty`.execute(adminDb);
  return rows[0]?.empty === true;
}

async function playAll({ adminDb }: Deps, app: App, load: Load): Promise<void> {
  const { password } = readDemoAccounts();
  const stage: Stage = {
    adminDb,
    loadedAt: new Date(load.loadedAt),
    timeZone: readDemoSources().community.timeZone,
    callerOf: remember((username) => signIn(app, username, password)),
    photoOf: remember(drawPhoto),
  };
  const waiting = readScenarios();
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await playScenario(stage, next);
  };
  // All lanes end before a failure is told: whoever loads again must not meet the rest of this one.
  const lanes = await Promise.allSettled(Array.from({ length: atOnce }, lane));
  const failed = lanes.find((each) => each.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/** Asks once for each name. */
function remember<T extends Caller | Buffer>(ask: (name: string) => Promise<T>): (name: string) => Promise<T> {
  const answers = new Map<string, Promise<T>>();
  return (name) => {
    const answer = answers.get(name) ?? ask(name);
    answers.set(name, answer);
    return answer;
  };
}
