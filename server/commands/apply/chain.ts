/**
 * The hash chain of a case's log (protocol.md rule 6): the hash of rev n is sha256(hash of rev n − 1 ‖ canonical JSON of the row), so
 * that a changed, removed or inserted event shows. The first event hangs on the case id.
 */
import { createHash } from 'node:crypto';
import type { DeltaEntry } from '../../../workflows/engine/types.ts';
import { canonicalJson } from '../../definitions/canonical-json.ts';

/** A row of case_event without its hash. Instants are ISO 8601 with milliseconds. */
export interface EventRow {
  rev: number;
  at: string;
  type: string;
  step: string | null;
  task_id: string | null;
  actor: string | null;
  acting_for: string | null;
  command_id: string | null;
  data: Record<string, unknown>;
  entry: DeltaEntry;
  patch: Record<string, unknown> | null;
  comment: string | null;
  flow_version: number;
  form_version: number;
  device_at: string | null;
}

export interface Chained {
  /** Highest rev without a gap before it, and the hash at it. */
  appliedRev: number;
  head: Buffer | null;
  hashes: { rev: number; hash: Buffer }[];
}

/** Chains every consecutive rev after `from`; what lies behind a gap waits for whoever closes it. */
export function chain(caseId: string, from: { rev: number; head: Buffer | null }, rows: readonly EventRow[]): Chained {
  const byRev = new Map(rows.map((row) => [row.rev, row]));
  const hashes: Chained['hashes'] = [];
  let { rev, head } = from;
  for (let row = byRev.get(rev + 1); row !== undefined; row = byRev.get(rev + 1)) {
    head = hashEvent(head ?? Buffer.from(caseId), row);
    rev = row.rev;
    hashes.push({ rev, hash: head });
  }
  return { appliedRev: rev, head, hashes };
}

export function hashEvent(previous: Buffer, row: EventRow): Buffer {
  return createHash('sha256').update(previous).update(canonicalJson(row)).digest();
}
