/** What the server needs to do its work, asked anew: each check answers with what is missing, or not at all when all is well. */
import { sql } from 'kysely';
import type { Deps } from '../deps.ts';
import { findPendingMigrations } from '../db/migrate.ts';

export interface Missing {
  what: 'postgres' | 'migrations' | 'temporal' | 'worker' | 'codec_keys';
  /** For whoever runs the server; no secrets. */
  detail: string;
}

const timeoutMs = 2_000;
/** A worker's long poll lasts a minute: one that lives has asked within this time. */
const workerSilentMs = 90_000;

/** In the order in which things depend on each other. */
export async function findMissing(deps: Deps): Promise<Missing[]> {
  const [database, engine] = await Promise.all([checkDatabase(deps), checkEngine(deps)]);
  const keys = database.length === 0 ? await checkKeys(deps).catch(() => []) : [];
  return [...database, ...engine, ...keys];
}

async function checkDatabase({ db }: Deps): Promise<Missing[]> {
  try {
    await inTime(sql`select 1`.execute(db));
    const pending = await inTime(findPendingMigrations(db));
    return pending.length === 0 ? [] : [{ what: 'migrations', detail: pending.join(', ') }];
  } catch (error) {
    return [{ what: 'postgres', detail: reasonOf(error) }];
  }
}

async function checkEngine({ temporal, config }: Deps): Promise<Missing[]> {
  // Of the queue's kinds the one for workflows is meant when none is named.
  const request = { namespace: config.temporalNamespace, taskQueue: { name: config.temporalTaskQueue } };
  try {
    const queue = await inTime(
      temporal.connection.withDeadline(Date.now() + timeoutMs, () =>
        temporal.workflowService.describeTaskQueue(request),
      ),
    );
    const seen = queue.pollers.map(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1000);
    const isAlive = seen.some((at) => at > Date.now() - workerSilentMs);
    return isAlive
      ? []
      : [{ what: 'worker', detail: `no worker asks for work on the task queue ${config.temporalTaskQueue}` }];
  } catch (error) {
    return [{ what: 'temporal', detail: reasonOf(error) }];
  }
}

/**
 * Keys that payloads asked for in vain, which the codec of the client remembers, and keys that some process has encrypted with and no
 * scan has found unused since (protocol.md rule 15): the first case that needs one would stand still.
 */
async function checkKeys({ db, temporal, config }: Deps): Promise<Missing[]> {
  const codecs: readonly object[] = temporal.options.loadedDataConverter.payloadCodecs;
  const asked = codecs.flatMap((codec) => ('missingKeys' in codec ? (codec.missingKeys as () => string[])() : []));
  const configured = config.codecKeys.map(({ id }) => id);
  const used = sql<{ id: string }>`
    select id from codec_key where clear_since is null and id <> all (${configured}::text[]) order by id`.execute(db);
  const { rows } = await inTime(used);
  const missing = [...new Set([...asked, ...rows.map(({ id }) => id)])].sort();
  return missing.length === 0 ? [] : [{ what: 'codec_keys', detail: `GUANJIA_CODEC_KEYS lacks ${missing.join(', ')}` }];
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${timeoutMs} ms`));
    }, timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The kind of failure, never the address or what was asked: anyone may read this. */
function reasonOf(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (typeof code === 'string' || typeof code === 'number') return `not reachable (${code})`;
  return typeof message === 'string' && message.startsWith('no answer') ? message : 'not reachable';
}
