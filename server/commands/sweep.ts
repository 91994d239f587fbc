/**
 * Finishes what a crash left (protocol.md rule 1): pending commands whose driver's lease ran out, in order of n, and cases whose log has
 * had a gap for two seconds. Several sweepers may run: the lease decides who drives.
 */
import { sql } from 'kysely';
import { asEngine } from '../db/as.ts';
import type { Deps } from '../deps.ts';
import { drive } from './drive.ts';
import { heal } from './heal.ts';
import { releaseLease, takeLease } from './lease.ts';
import { loadJob } from './load-job.ts';

const mostCases = 50;
const longestBackoffSeconds = 60;

export interface Swept {
  driven: number;
  healed: number;
}

export async function sweep(deps: Deps): Promise<Swept> {
  const { pending, gaps } = await findWork(deps);
  const driven = await Promise.all(pending.map((caseId) => driveCase(deps, caseId)));
  const healed = await Promise.all(gaps.map((caseId) => healCase(deps, caseId)));
  return { driven: driven.reduce((sum, n) => sum + n, 0), healed: healed.filter(Boolean).length };
}

/** Drives what may be driven of one case, lowest n first; gives how many commands came to an end. */
export async function driveCase(deps: Deps, caseId: string): Promise<number> {
  for (let ended = 0; ; ended += 1) {
    const command = await takeLease(deps.db, caseId);
    if (command === undefined) return ended;
    const job = await loadJob(deps.db, command);
    if (job === undefined) continue;
    const driven = await drive(deps, job);
    if (driven.state !== 'pending') continue;
    const afterSeconds = Math.min(longestBackoffSeconds, 2 ** Math.min(job.attempts, 6));
    await releaseLease(deps.db, command, { afterSeconds, toldLater: true });
    return ended;
  }
}

async function healCase(deps: Deps, caseId: string): Promise<boolean> {
  try {
    const healed = await heal(deps, caseId);
    return !healed.hasGap;
  } catch (err) {
    deps.log.warn({ err, caseId }, 'case not healed');
    return false;
  }
}

function findWork({ db }: Deps): Promise<{ pending: string[]; gaps: string[] }> {
  return asEngine(db, async (tx) => {
    const { rows } = await sql<{ id: string; is_gap: boolean }>`
      (select distinct case_id as id, false as is_gap from command
        where state = 'pending' and (lease_until is null or lease_until < now()) limit ${mostCases})
      union all
      (select id, true from "case" where has_gap and updated_at < now() - interval '2 seconds' limit ${mostCases})`.execute(
      tx,
    );
    return {
      pending: rows.filter((row) => !row.is_gap).map(({ id }) => id),
      gaps: rows.filter((row) => row.is_gap).map(({ id }) => id),
    };
  });
}
