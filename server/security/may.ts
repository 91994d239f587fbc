/** What the asking person may do, by verb (`<what>.<do>` or `<what>.<do>:<key>`), in the transaction that does it. */
import { sql } from 'kysely';
import type { Tx } from '../db/as.ts';
import { AppError } from '../errors.ts';

/** For what concerns the company: an administrator of one community may not. @throws AppError forbidden */
export async function assertMay(tx: Tx, verb: string): Promise<void> {
  const { rows } = await sql<{ may: boolean }>`select may(${verb}) as may`.execute(tx);
  if (rows[0]?.may !== true) throw new AppError('forbidden', 403, { verb });
}

/** Whether the person of this transaction (`asPerson`) holds the verb in any community. */
export async function mayAnywhere(tx: Tx, verb: string): Promise<boolean> {
  const { rows } = await sql<{ may: boolean }>`select may_anywhere(${verb}) as may`.execute(tx);
  return rows[0]?.may === true;
}

/** @throws AppError forbidden */
export async function assertMayAnywhere(tx: Tx, verb: string): Promise<void> {
  if (!(await mayAnywhere(tx, verb))) throw new AppError('forbidden', 403, { verb });
}
