/**
 * A transaction of the engine role that no other of the same case runs beside: whoever applies a delta, ends a command or heals a
 * case. The advisory lock comes with the role in one round trip, and what is read after it is what the one before has written.
 */
import { sql } from 'kysely';
import type { Db, Tx } from '../db/as.ts';

export function inCase<T>(db: Db, caseId: string, run: (tx: Tx) => Promise<T>): Promise<T> {
  return db.transaction().execute(async (tx) => {
    await sql`select set_config('role', 'guanjia_engine', true), pg_advisory_xact_lock(hashtextextended(${caseId}, 7203))`.execute(
      tx,
    );
    return run(tx);
  });
}
