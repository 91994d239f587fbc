/**
 * The ways to open a transaction. Nothing else in the server may write: as a person row security decides what is seen
 * and written; as the engine a delta or a command's outcome is applied (protocol.md rules 1 and 5).
 */
import { sql, type Kysely, type RawBuilder } from 'kysely';
import { collectHints, notify } from './hint.ts';
import type { Database } from './tables/index.ts';

export type Db = Kysely<Database>;
/** An open transaction: one of these, or one that publishing opened as the owner. */
export type Tx = Db & { readonly isTransaction: true };

/** Runs in one transaction as the given person. */
export function asPerson<T>(db: Db, personId: string, run: (tx: Tx) => Promise<T>): Promise<T> {
  return transact(db, sql`select ${personIs(personId)}`, run);
}

/**
 * What commands and the engine ask is found by keys, so one plan fits all values; Postgres would make five of each statement on every
 * connection before it keeps one. Such a plan outlives the days when its tables were small, so it never reads one from end to end. Lists
 * want plans of their own.
 */
const planOnce = sql`set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true)`;
const engineActs = sql`set_config('role', 'guanjia_engine', true)`;

function personIs(id: string): RawBuilder<unknown> {
  return sql`set_config('guanjia.person', ${sql.lit(id)}, true)`;
}

/** As the given person, for an act on one case or record. */
export function asActor<T>(db: Db, personId: string, run: (tx: Tx) => Promise<T>): Promise<T> {
  return transact(db, sql`select ${planOnce}, ${personIs(personId)}`, run);
}

/** As the engine role, on behalf of a person: what the program starts, with the authority of whoever published the flow. */
export function asProgram<T>(db: Db, personId: string, run: (tx: Tx) => Promise<T>): Promise<T> {
  return transact(db, sql`select ${planOnce}, ${engineActs}, ${personIs(personId)}`, run);
}

/** As the given person, only to look: whatever is asked, nothing is written, and no statement runs for more than `limitMs`. */
export function asReader<T>(db: Db, personId: string, run: (tx: Tx) => Promise<T>, limitMs = 2000): Promise<T> {
  const opening = sql`set transaction read only; set local statement_timeout = ${sql.lit(limitMs)}`;
  return transact(db, sql`${opening}; select ${personIs(personId)}`, run);
}

/**
 * As the given person, only to look, at one moment: whatever is asked in turn sees the same rows, and nothing is written. For what plays
 * through what would happen.
 */
export function asSnapshot<T>(db: Db, personId: string, run: (tx: Tx) => Promise<T>, limitMs = 2000): Promise<T> {
  const opening = sql`set transaction isolation level repeatable read, read only; set local statement_timeout = ${sql.lit(limitMs)}`;
  return transact(db, sql`${opening}; select ${personIs(personId)}`, run);
}

/** Part of such a transaction with the authority of the engine; then the person's again. A failed statement fails the whole. */
export async function withEngine<T>(tx: Tx, run: () => Promise<T>): Promise<T> {
  await sql`set local role guanjia_engine`.execute(tx);
  const result = await run();
  await sql`set local role none`.execute(tx);
  return result;
}

/** Runs in one transaction as the engine role. */
export function asEngine<T>(db: Db, run: (tx: Tx) => Promise<T>): Promise<T> {
  return transact(db, sql`select ${planOnce}, ${engineActs}`, run);
}

/**
 * Runs in one transaction of the engine role that no other of the same case runs beside: whoever applies a delta, ends a command or
 * heals a case. What is read after the lock is what the one before has written.
 */
export function inCase<T>(db: Db, caseId: string, run: (tx: Tx) => Promise<T>): Promise<T> {
  return transact(db, sql`select ${caseOpening(caseId)}`, run);
}

/**
 * The same without waiting for the disk: a crash of Postgres may lose what the last moments wrote, never a part of it, and never what any
 * other transaction was told to be durable after it. Only for what can be done again from elsewhere.
 */
export function inCaseUnflushed<T>(db: Db, caseId: string, run: (tx: Tx) => Promise<T>): Promise<T> {
  return transact(db, sql`select ${caseOpening(caseId)}, set_config('synchronous_commit', 'off', true)`, run);
}

function caseOpening(caseId: string): RawBuilder<unknown> {
  const lock = sql`pg_advisory_xact_lock(hashtextextended(${sql.lit(caseId)}, 7203))`;
  return sql`${planOnce}, ${engineActs}, ${lock}`;
}

/**
 * `opening` says whose transaction it is and goes with `begin` in one message, therefore without parameters: a round trip less in every
 * transaction. Hints are sent once it has committed (rule 12).
 */
function transact<T>(db: Db, opening: RawBuilder<unknown>, run: (tx: Tx) => Promise<T>): Promise<T> {
  return db.connection().execute(async (connection) => {
    const tx = connection as Tx;
    const hints = collectHints(tx);
    try {
      await sql`begin; ${opening}`.execute(tx);
      const result = await run(tx);
      await commit(tx);
      notify(db, hints);
      return result;
    } catch (error) {
      // A connection that cannot roll back is broken, and the pool drops it.
      await sql`rollback`.execute(tx).catch(() => undefined);
      throw error;
    }
  });
}

/** Postgres answers ROLLBACK where a statement had failed and nobody heeded it. */
async function commit(tx: Tx): Promise<void> {
  const { rows } = await sql<{ command: string }>`commit`.execute(tx);
  if (rows[0]?.command !== 'COMMIT') throw new Error('a statement had failed: nothing was committed');
}
