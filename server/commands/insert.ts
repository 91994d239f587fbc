/** The writing half of tx1: command, its number in the case, and the task that is on its way, in one statement. */
import { sql, type RawBuilder } from 'kysely';
import { AppError } from '../errors.ts';
import type { Tx } from '../db/as.ts';
import { andCommit } from '../db/pipelining-client.ts';
import type { CommandKind, Intention, Prepared } from './types.ts';
import { leaseHolder, leaseSeconds } from './lease.ts';

/** Temporal refuses the eleventh Update in flight (protocol.md rule 1). */
const mostInFlight = 8;

/** Nothing else of the case may be on its way beside these (rule 14). */
const exclusive: readonly CommandKind[] = ['modify', 'migrate'];

/** How many commands of the case must be on their way for one of this kind to be too many. */
function mostBeside(kind: CommandKind): number {
  return exclusive.includes(kind) ? 1 : mostInFlight;
}

/** After these whoever had begun the task goes on with it. */
export const stays: readonly CommandKind[] = ['pause', 'resume', 'addSigners', 'removeSigners'];

export interface Inserted {
  n: number;
  lowestPending: number;
  /** Of the case's row: as long as nobody else has written it (`Standing`). */
  stamp: string;
}

/**
 * The last statement of tx1: its commit goes with it. Where it writes nothing, neither did the transaction.
 *
 * The case is locked by this transaction, so the count and the number are exact. A draft of the person's is now the command's, unless the
 * task stays theirs to do.
 * @throws AppError case_busy
 */
export async function insertCommand(tx: Tx, prepared: Prepared, intention: Intention): Promise<Inserted> {
  const { id, person, task } = prepared;
  const { rows } = await sql<{ n: number; lowest: number | null; stamp: string }>`
    with c as materialized (
      select n, lowest, stamp from number_command(${id}, ${prepared.case.id}, ${task?.id ?? null},
        ${mostBeside(prepared.kind)})),
    d as (delete from task_draft where task_id = ${task?.id ?? null} and person_id = ${person.id}
      and ${!stays.includes(prepared.kind)} and exists (select from c))
    ${insertion(prepared, intention, sql`c.n`)} from c
    returning n, (select lowest from c) as lowest, (select stamp::text from c) as stamp ${andCommit}`.execute(tx);
  const [row] = rows;
  if (row === undefined) throw new AppError('case_busy', 409);
  return { n: row.n, lowestPending: row.lowest ?? row.n, stamp: row.stamp };
}

/** The same for the command that starts its case: the case is this transaction's own, and was written with `last_n` 1. */
export async function insertFirstCommand(tx: Tx, prepared: Prepared, intention: Intention): Promise<Inserted> {
  const { rows } = await sql<{ stamp: string }>`
    ${insertion(prepared, intention, sql`1`)} returning pg_current_xact_id()::xid::text as stamp ${andCommit}`.execute(
    tx,
  );
  return { n: 1, lowestPending: 1, stamp: rows[0]?.stamp ?? '' };
}

function insertion(prepared: Prepared, { key, requestHash }: Intention, n: RawBuilder<number>): RawBuilder<unknown> {
  const { id, person, task, patch, args } = prepared;
  return sql`
    insert into command (id, case_id, n, kind, actor, idempotency_key, route, request_hash, task_id, args, patch, comment, read_rev,
      device_at, flow_version, lease_by, lease_until)
    select ${id}::uuid, ${prepared.case.id}::uuid, ${n}, ${prepared.kind}, ${person.id}::uuid, ${key.key}::uuid, ${key.route},
      ${requestHash}::bytea, ${task?.id ?? null}, ${JSON.stringify(args)}::jsonb,
      ${patch === null ? null : JSON.stringify(patch)}::jsonb, ${prepared.comment}, ${prepared.readRev}::int,
      ${prepared.deviceAt}::timestamptz, ${prepared.case.flowVersion}::int, ${leaseHolder}, now() + make_interval(secs => ${leaseSeconds})`;
}
