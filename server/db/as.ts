/**
 * The two ways to open a transaction. Nothing else in the server may write: as a person row security decides what is seen
 * and written; as the engine a delta or a command's outcome is applied (protocol.md rules 1 and 5).
 */
import { sql, type Kysely, type Transaction } from 'kysely';
import type { Database } from './tables/index.ts';

export type Db = Kysely<Database>;
export type Tx = Transaction<Database>;

/** Runs in one transaction as the given person. */
export function asPerson<T>(db: Db, personId: string, run: (tx: Tx) => Promise<T>): Promise<T> {
  return db.transaction().execute(async (tx) => {
    await sql`select set_config('guanjia.person', ${personId}, true)`.execute(tx);
    return run(tx);
  });
}

/** Runs in one transaction as the engine role. */
export function asEngine<T>(db: Db, run: (tx: Tx) => Promise<T>): Promise<T> {
  return db.transaction().execute(async (tx) => {
    await sql`select set_config('role', 'guanjia_engine', true)`.execute(tx);
    return run(tx);
  });
}
