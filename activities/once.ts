/**
 * Does something in the tables once for an idempotency key, however often a crash makes it be asked for: the answer is kept in the effect's
 * own row, in the transaction that does it.
 */
import { ApplicationFailure } from '@temporalio/common';
import { sql } from 'kysely';
import { asEngine, type Tx } from '../server/db/as.ts';
import type { ActivityContext } from './types.ts';

type Output = Record<string, unknown>;

/** `run` as the engine role. Its answer is the one of the first time. */
export function once(
  { db, caseId, idempotencyKey }: ActivityContext,
  run: (tx: Tx) => Promise<Output>,
): Promise<Output> {
  const effect = Number(idempotencyKey.slice(caseId.length + 1));
  return asEngine(db, async (tx) => {
    // What it writes may start cases: of them the tables know what led to them.
    const { rows } = await sql<{ output: Output | null }>`
      select output, set_config('guanjia.cause', ${caseId}, true) from effect where case_id = ${caseId} and id = ${effect} for update`.execute(
      tx,
    );
    const [row] = rows;
    if (row === undefined) throw ApplicationFailure.retryable('the effect is not in the tables yet', 'effect_unknown');
    if (row.output !== null) return row.output;
    const output = await run(tx);
    await sql`update effect set output = ${JSON.stringify(output)}::jsonb, updated_at = now()
      where case_id = ${caseId} and id = ${effect}`.execute(tx);
    return output;
  });
}
