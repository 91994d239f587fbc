/**
 * Which codec keys running cases still need, and when each may leave GUANJIA_CODEC_KEYS (protocol.md rule 15): no process encrypts
 * with it, a scan found no running case with a payload under it, and the retention of closed cases has passed since that scan.
 */
import { sql } from 'kysely';
import type { Deps } from '../deps.ts';
import { forEach, keysOfRun, listRunning } from './cases.ts';

export interface KeyUse {
  id: string;
  /** The one that encrypts. */
  isCurrent: boolean;
  /** In GUANJIA_CODEC_KEYS of the process that asks. */
  isConfigured: boolean;
  /** Running cases with payloads under it at `scannedAt`; null: never looked. */
  runningCases: number | null;
  scannedAt: Date | null;
  /** From when on it may be taken out; null: not yet known. */
  retiresAt: Date | null;
}

const atOnce = 10;

/** Reads the history of every running case, keeps what it found, and gives the state of every key. */
export async function scanKeys(deps: Deps): Promise<KeyUse[]> {
  const { temporal, config, adminDb } = deps;
  const counts = new Map<string, number>(config.codecKeys.map(({ id }) => [id, 0]));
  await forEach(listRunning(temporal, { taskQueue: config.temporalTaskQueue }), atOnce, async (each) => {
    for (const id of await keysOfRun(temporal, each)) counts.set(id, (counts.get(id) ?? 0) + 1);
  });
  const found = JSON.stringify([...counts].map(([id, cases]) => ({ id, cases })));
  const current = config.codecKeys[0]?.id ?? '';
  // A key that an earlier scan knew and this one did not meet is clear, too.
  await sql`
    insert into codec_key (id) select f.id from json_to_recordset(${found}::json) as f (id text) on conflict do nothing`.execute(
    adminDb,
  );
  await sql`
    update codec_key k set scanned_at = now(), running_cases = coalesce(f.cases, 0),
      clear_since = case when coalesce(f.cases, 0) > 0 or k.id = ${current} then null else coalesce(k.clear_since, now()) end
    from codec_key k2 left join json_to_recordset(${found}::json) as f (id text, cases int) on f.id = k2.id
    where k2.id = k.id`.execute(adminDb);
  return readKeys(deps);
}

/** As the last scan left it. Without Temporal nobody knows the retention, and nothing retires. */
export async function readKeys({ adminDb, temporal, config }: Deps): Promise<KeyUse[]> {
  const retentionMs = await readRetention({ temporal }).catch(() => null);
  const { rows } = await sql<{ id: string; cases: number | null; scanned: Date | null; clear: Date | null }>`
    select id, running_cases as cases, scanned_at as scanned, clear_since as clear from codec_key
    order by first_used_at desc, id`.execute(adminDb);
  const configured = config.codecKeys.map(({ id }) => id);
  return rows.map(({ id, cases, scanned, clear }) => ({
    id,
    isCurrent: id === configured[0],
    isConfigured: configured.includes(id),
    runningCases: cases,
    scannedAt: scanned,
    retiresAt: clear === null || retentionMs === null ? null : new Date(clear.getTime() + retentionMs),
  }));
}

/** How long the namespace keeps closed cases; null when Temporal does not say. */
async function readRetention({ temporal }: Pick<Deps, 'temporal'>): Promise<number | null> {
  const request = { namespace: temporal.options.namespace };
  const { config } = await temporal.withDeadline(Date.now() + 5000, () =>
    temporal.workflowService.describeNamespace(request),
  );
  const seconds = config?.workflowExecutionRetentionTtl?.seconds;
  return seconds === null || seconds === undefined ? null : Number(seconds) * 1000;
}
