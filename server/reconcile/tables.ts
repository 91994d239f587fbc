/** What the tables know of cases. */
import { sql } from 'kysely';
import type { DeltaEntry } from '../../workflows/engine/types.ts';
import type { RingEntry } from '../../workflows/messages.ts';
import { asEngine, type Db } from '../db/as.ts';
import type { Here } from './types.ts';

/** Cases that are not over, and those among `ids`. */
export function readCases(db: Db, ids: readonly string[]): Promise<Map<string, Here>> {
  return asEngine(db, async (tx) => {
    const { rows } = await sql<Here>`
      select c.id as "caseId", c.number, c.flow, c.flow_version as "flowVersion", c.status, c.applied_rev as "appliedRev",
        (select count(*)::int from command m where m.case_id = c.id and m.state = 'pending') as "pendingCommands"
      from "case" c where c.status not in ('completed', 'cancelled') or c.id::text = any (${ids}::text[])`.execute(tx);
    return new Map(rows.map((row) => [row.caseId, row]));
  });
}

/** Entries of the log by rev, those behind a gap too. */
export function readLog(db: Db, caseId: string): Promise<Map<number, DeltaEntry>> {
  return asEngine(db, async (tx) => {
    const { rows } = await sql<{ rev: number; entry: DeltaEntry }>`
      select rev, entry from case_event where case_id = ${caseId} order by rev`.execute(tx);
    return new Map(rows.map(({ rev, entry }) => [rev, entry]));
  });
}

/** Commands that the log holds, as a case remembers them (protocol.md rule 2): all that may still come again. */
export function readRing(db: Db, caseId: string): Promise<RingEntry[]> {
  return asEngine(db, async (tx) => {
    const { rows } = await sql<RingEntry>`
      select m.id, m.n, e.rev from command m join case_event e on e.case_id = m.case_id and e.command_id = m.id
      where m.case_id = ${caseId} order by m.n desc limit 50`.execute(tx);
    return rows.reverse();
  });
}
