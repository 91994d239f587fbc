/** Gathers what Postgres and Temporal say of versions, keys and backups. Without Temporal its part is null. */
import type { Static } from 'typebox';
import { sql } from 'kysely';
import { countRunning } from '../checkpoint/cases.ts';
import { readKeys } from '../checkpoint/keys.ts';
import { findPendingMigrations } from '../db/migrate.ts';
import type { Deps } from '../deps.ts';
import { interpreterId } from '../services/bundle-cache.ts';
import { programVersion } from './record.ts';
import type { Backup, CodecKeyUse, Interpreter, Upgrade } from './schemas.ts';

type Facts = Static<typeof Upgrade>;

const timeoutMs = 5000;
/** Interpreters that are shown; older ones have no cases, or they stand among these. */
const mostInterpreters = 10;

export async function readUpgrade(deps: Deps): Promise<Facts> {
  const { temporal } = deps;
  const orNull = <T>(ask: () => Promise<T>): Promise<T | null> =>
    temporal.withDeadline(Date.now() + timeoutMs, ask).catch(() => null);
  const runningCases = await orNull(() => countRunning(temporal, deps.config.temporalTaskQueue));
  return {
    versions: {
      guanjia: programVersion(),
      node: process.version,
      postgres: await readPostgresVersion(deps),
      temporal: await orNull(async () => (await temporal.workflowService.getSystemInfo({})).serverVersion),
    },
    migrations: await readMigrations(deps),
    runningCases,
    interpreters: await readInterpreters(deps, runningCases !== null),
    codecKeys: (await readKeys(deps)).map(toKeyUse),
    checkpoint: await readCheckpoint(deps, runningCases !== null),
    lastBackup: await readLastBackup(deps),
  };
}

async function readPostgresVersion({ adminDb }: Deps): Promise<string> {
  const { rows } = await sql<{ version: string }>`select current_setting('server_version') as version`.execute(adminDb);
  return rows[0]?.version ?? '';
}

async function readMigrations({ adminDb }: Deps): Promise<Facts['migrations']> {
  const { rows } = await sql<{ name: string; at: string }>`
    select name, timestamp as at from kysely_migration order by name`.execute(adminDb);
  const pending = await findPendingMigrations(adminDb);
  return [...rows, ...pending.map((name) => ({ name, at: null }))];
}

/**
 * A run keeps the ids of all interpreters it has seen since it began: it counts under the one of them that was started last, which is the one
 * it goes on with.
 */
async function readInterpreters(
  { adminDb, temporal, config }: Deps,
  isThere: boolean,
): Promise<Static<typeof Interpreter>[]> {
  const { rows } = await sql<{ id: string; version: string; node: string; at: Date }>`
    select id, version, node, last_started_at as at from build order by last_started_at desc limit ${mostInterpreters}`.execute(
    adminDb,
  );
  const current = interpreterId();
  const count = async (place: number): Promise<number | null> => {
    if (!isThere) return null;
    const ran = rows.slice(0, place + 1).map(({ id }, i) => `BuildIds ${i === place ? '=' : '!='} "unversioned:${id}"`);
    const query = `ExecutionStatus = "Running" AND TaskQueue = "${config.temporalTaskQueue}" AND ${ran.join(' AND ')}`;
    return (await temporal.workflow.count(query)).count;
  };
  return Promise.all(
    rows.map(async ({ id, version, node, at }, place) => ({
      id,
      version,
      node,
      isCurrent: id === current,
      lastStartedAt: at.toISOString(),
      runningCases: await count(place).catch(() => null),
    })),
  );
}

function toKeyUse(key: Awaited<ReturnType<typeof readKeys>>[number]): Static<typeof CodecKeyUse> {
  const { scannedAt, retiresAt, ...rest } = key;
  return { ...rest, scannedAt: scannedAt?.toISOString() ?? null, retiresAt: retiresAt?.toISOString() ?? null };
}

async function readCheckpoint({ adminDb, temporal, config }: Deps, isThere: boolean): Promise<Facts['checkpoint']> {
  const { rows } = await sql<{ value: { startedAt: string; total: number } }>`
    select value from setting where key = 'checkpoint'`.execute(adminDb);
  const [kept] = rows;
  if (kept === undefined) return null;
  const before = new Date(kept.value.startedAt);
  const left = isThere ? await countRunning(temporal, config.temporalTaskQueue, before).catch(() => null) : null;
  return { ...kept.value, left };
}

async function readLastBackup({ adminDb }: Deps): Promise<Static<typeof Backup> | null> {
  const { rows } = await sql<{ at: Date; bytes: string; parts: { what: string; bytes: number }[] }>`
    select at, bytes, parts from backup order by at desc limit 1`.execute(adminDb);
  const [last] = rows;
  return last === undefined ? null : { at: last.at.toISOString(), bytes: Number(last.bytes), parts: last.parts };
}
