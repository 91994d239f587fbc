/** What the two stores say of one case, and how they can differ. */
import type { DeltaEntry, Snapshot } from '../../workflows/engine/types.ts';

export interface Here {
  caseId: string;
  number: string;
  flow: string;
  flowVersion: number;
  status: string;
  /** Every rev up to it is in the log, without a gap. */
  appliedRev: number;
  pendingCommands: number;
}

export interface There {
  caseId: string;
  runId: string;
  flow: string;
  status: 'running' | 'completed' | 'broken';
  /** Highest rev that the histories show. */
  rev: number;
  /** What the histories still hold, in order of rev; acknowledged or not. */
  entries: DeltaEntry[];
  /** The final picture of a completed case. */
  result: Snapshot | null;
}

export type DifferenceKind =
  /** Running here; Temporal has no run of it, or one that was broken off. */
  | 'unknown_to_temporal'
  /** Temporal has it; there is no row here, and no record. */
  | 'unknown_here'
  /** Over here; still running there. */
  | 'running_there'
  /** Temporal knows more: acts after this database's backup. */
  | 'postgres_behind'
  /** This database knows more: acts after Temporal's backup. */
  | 'temporal_behind'
  /** Both went on, each its own way, after the restore. */
  | 'diverged';

export interface Difference {
  kind: DifferenceKind;
  caseId: string;
  /** Null: no row here. */
  number: string | null;
  flow: string;
  revHere: number;
  revThere: number;
  /** `diverged`: the first rev that differs. */
  at: number | null;
}
