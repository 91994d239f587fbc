/**
 * The state of a case as its log has it, for what only the engine can say of it: whether a decision can be taken back, who was added to an
 * approval. Folding the log gives the same state that Temporal holds (protocol.md rule 19), and needs no worker; whoever holds the lock of
 * the case row has it exactly.
 */
import { sql } from 'kysely';
import type { Compiled } from '../../workflows/engine/compile.ts';
import { fold } from '../../workflows/engine/fold.ts';
import type { State } from '../../workflows/engine/state.ts';
import type { DeltaEntry } from '../../workflows/engine/types.ts';
import type { Tx } from '../db/as.ts';
import type { PublishedFlow } from '../definitions/published.ts';
import { versionsIn } from './versions.ts';

export interface CaseState {
  compiled: Compiled;
  state: State;
}

export async function readCaseState(tx: Tx, flow: PublishedFlow, caseId: string): Promise<CaseState> {
  const { rows } = await sql<{ entry: DeltaEntry }>`
    select e.entry from case_event e join "case" c on c.id = e.case_id
    where e.case_id = ${caseId} and e.rev <= c.applied_rev order by e.rev`.execute(tx);
  const entries = rows.map(({ entry }) => entry);
  const versions = await versionsIn(tx, flow, entries);
  return { compiled: versions(flow.version), state: fold(versions, caseId, entries) };
}
