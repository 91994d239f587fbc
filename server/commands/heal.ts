/**
 * Closes the gap of a case whose delta was lost with its driver (protocol.md rule 5): first the entries that the case still holds, which
 * heal everything; then, if rows still differ, the engine's own picture of them.
 */
import { sql } from 'kysely';
import type { DeltaEntry, Snapshot } from '../../workflows/engine/types.ts';
import { asEngine } from '../db/as.ts';
import type { Deps } from '../deps.ts';
import { applyDelta } from './apply/index.ts';
import { applySnapshot } from './apply/snapshot.ts';

export interface Healed {
  hasGap: boolean;
  /** Rows that a snapshot put right. */
  rows: number;
}

/** Throws when the case cannot be asked; the sweeper tries again. */
export async function heal({ db, temporal }: Pick<Deps, 'db' | 'temporal'>, caseId: string): Promise<Healed> {
  const handle = temporal.workflow.getHandle(caseId);
  const from = (await readAppliedRev(db, caseId)) + 1;
  const entries = await handle.query<DeltaEntry[], [number]>('entries', from);
  const snapshot = await handle.query<Snapshot>('snapshot');
  const open = { ids: snapshot.tasks.map(({ task }) => task) };
  const newest = Math.max(0, ...entries.map(({ rev }) => rev));
  const applied = await applyDelta(db, { caseId, entries, ...(newest === snapshot.rev ? { open } : {}) });
  const isBehind = applied.appliedRev < snapshot.rev;
  const rows = applied.differs || isBehind || entries.length === 0 ? await applySnapshot(db, caseId, snapshot) : 0;
  return { hasGap: isBehind, rows };
}

function readAppliedRev(db: Deps['db'], caseId: string): Promise<number> {
  return asEngine(db, async (tx) => {
    const { rows } = await sql<{ rev: number }>`select applied_rev as rev from "case" where id = ${caseId}`.execute(tx);
    return rows[0]?.rev ?? 0;
  });
}
