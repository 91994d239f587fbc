/**
 * Tells the event streams of all processes what changed. Called inside the write's transaction, so that a hint exists only
 * if the write does (rule 12). A hint says that something changed and for whom, never what.
 */
import { sql } from 'kysely';
import type { Tx } from './as.ts';

export const HINT_CHANNEL = 'guanjia_hint';

export interface HintMessage {
  kind: 'task' | 'case' | 'notification';
  caseId: string | null;
  taskId: string | null;
  /** Persons who may know of it. */
  persons: string[];
  /** Holders of a role in a community (null: company-wide) who may know of it. */
  pools: { role: string; communityId: string | null }[];
}

/** One round trip for all hints of a transaction. */
export async function sendHints(tx: Tx, hints: HintMessage[]): Promise<void> {
  if (hints.length === 0) return;
  await sql`select pg_notify(${HINT_CHANNEL}, h.value::text) from json_array_elements(${JSON.stringify(hints)}::json) h`.execute(
    tx,
  );
}
