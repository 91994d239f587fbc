/**
 * A command has one driver at a time (protocol.md rule 1): whoever holds its lease. The request that gave the command holds the first;
 * the sweeper takes it over once it has run out.
 */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from '../db/as.ts';
import { asEngine } from '../db/as.ts';

/** This process. */
export const leaseHolder = randomUUID();
/** Longer than a drive may take: the deadline of the Update and the transaction that applies it. */
export const leaseSeconds = 10;

/** Takes a free lease of the lowest pending command of the case; `undefined` when another drives it, or nothing is pending. */
export function takeLease(db: Db, caseId: string): Promise<string | undefined> {
  return asEngine(db, async (tx) => {
    const { rows } = await sql<{ id: string }>`
      update command set lease_by = ${leaseHolder}, lease_until = now() + make_interval(secs => ${leaseSeconds}), attempts = attempts + 1
      where id = (select id from command where case_id = ${caseId} and state = 'pending' order by n limit 1)
        and state = 'pending' and (lease_until is null or lease_until < now())
      returning id`.execute(tx);
    return rows[0]?.id;
  });
}

/** Gives the command back: the sweeper drives it from `afterSeconds` on. */
export async function releaseLease(
  db: Db,
  command: string,
  { afterSeconds, toldLater }: { afterSeconds: number; toldLater: boolean },
): Promise<void> {
  await asEngine(db, (tx) =>
    sql`update command set lease_by = null, lease_until = now() + make_interval(secs => ${afterSeconds}), told_later = told_later or ${toldLater}
      where id = ${command} and state = 'pending' and (lease_by = ${leaseHolder} or lease_by is null)`.execute(tx),
  );
}
