/**
 * Tells the event streams of all processes what changed. A hint is given inside the write's transaction and sent after its commit
 * (rule 12): it exists only if the write does. A notification inside the transaction makes all commits with one wait for each other,
 * therefore only those that wait for no disk carry theirs. A hint says that something changed and for whom, never what.
 */
import { sql, type RawBuilder } from 'kysely';
import type { Db, Tx } from './as.ts';

export const HINT_CHANNEL = 'guanjia_hint';

export interface HintMessage {
  kind: 'task' | 'case' | 'notification' | 'watch';
  caseId: string | null;
  taskId: string | null;
  /** Persons who may know of it. */
  persons: string[];
  /** Holders of a role in a community (null: company-wide) who may know of it. */
  pools: { role: string; communityId: string | null }[];
  /** Of a `watch`: who may read all cases there (null: company-wide) may be looking at this one. */
  watchedIn?: string | null;
}

/** Of open transactions. */
const given = new WeakMap<Tx, HintMessage[]>();
/** Of ended ones, by pool: what is not sent yet. A pool with an entry is sending. */
const waiting = new WeakMap<Db, HintMessage[]>();

/** For whoever opens a transaction: what its hints will be in. */
export function collectHints(tx: Tx): HintMessage[] {
  const hints: HintMessage[] = [];
  given.set(tx, hints);
  return hints;
}

/** Sent once the transaction has committed. */
export function sendHints(tx: Tx, hints: readonly HintMessage[]): void {
  const list = given.get(tx);
  if (list === undefined) throw new Error('not a transaction of as.ts');
  list.push(...hints);
}

/**
 * The end of a statement whose transaction waits for no disk: with its commit the hints go out, and nobody waits long for it. Of any
 * other transaction they are sent by `sendHints`.
 */
export function withHints(hints: readonly HintMessage[]): RawBuilder<unknown> {
  return sql`select pg_notify(${HINT_CHANNEL}, h.value::text) from json_array_elements(${jsonOf(hints)}::json) h`;
}

/** A notification holds 8,000 bytes: one for very many people goes in parts. */
const mostPersons = 100;

function jsonOf(hints: readonly HintMessage[]): string {
  return JSON.stringify(hints.flatMap(partsOf));
}

function partsOf(hint: HintMessage): HintMessage[] {
  const { persons } = hint;
  if (persons.length <= mostPersons) return [hint];
  const parts = Math.ceil(persons.length / mostPersons);
  return Array.from({ length: parts }, (_, part) => ({
    ...hint,
    persons: persons.slice(part * mostPersons, (part + 1) * mostPersons),
    pools: part === 0 ? hint.pools : [],
  }));
}

/** Sends hints of a committed transaction, together with those of others that end meanwhile. Nobody waits for it. */
export function notify(db: Db, hints: readonly HintMessage[]): void {
  const queue = waiting.get(db);
  if (queue !== undefined) queue.push(...hints);
  else if (hints.length > 0) void sendAll(db, [...hints]);
}

async function sendAll(db: Db, queue: HintMessage[]): Promise<void> {
  waiting.set(db, queue);
  while (queue.length > 0) {
    const batch = jsonOf(queue.splice(0));
    // A commit that waits for no disk: what a crash loses here, `resync` makes good.
    // Without Postgres the listeners have lost their connections too: all their clients get `resync`.
    await sql`select set_config('synchronous_commit', 'off', true), pg_notify(${HINT_CHANNEL}, h.value::text) from json_array_elements(${batch}::json) h`
      .execute(db)
      .catch(() => undefined);
  }
  waiting.delete(db);
}
