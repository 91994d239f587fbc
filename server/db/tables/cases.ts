/** case, command, task and what hangs on them. Written by tx1 (as the person) and by applyDelta (as the engine role), protocol.md. */
import type { ColumnType, Generated, GeneratedAlways } from 'kysely';
import type { DeltaEntry, DueBy, Explanation, Incident, Refusal, Spent } from '../../../workflows/engine/types.ts';
import type { JsonColumn, JsonColumnDefault } from './people.ts';

export interface CaseTable {
  /** Also the record's id and the Temporal workflow id. */
  id: Generated<string>;
  number: string;
  flow: string;
  flow_version: number;
  form: string;
  form_version: number;
  community_id: string | null;
  initiator: string;
  title: string;
  summary: JsonColumnDefault<{ field: string; value: string }[]>;
  status: 'starting' | 'running' | 'suspended' | 'cancelling' | 'completed' | 'cancelled';
  outcome: string | null;
  position: Generated<string[]>;
  incidents: JsonColumnDefault<Incident[]>;
  /** Every rev up to it is applied, without a gap. */
  applied_rev: Generated<number>;
  seen_rev: Generated<number>;
  /** The log has one: applied_rev < seen_rev. */
  has_gap: GeneratedAlways<boolean>;
  /** Rev that last wrote status, outcome, position, incidents. */
  row_rev: Generated<number>;
  chain_hash: Buffer | null;
  /** Field → rev that last wrote it (rule 7). */
  field_revs: JsonColumnDefault<Record<string, number>>;
  /** n of the latest command. */
  last_n: Generated<number>;
  started_at: Generated<Date>;
  ended_at: Date | null;
  updated_at: Generated<Date>;
}
export interface CommandTable {
  id: Generated<string>;
  case_id: string;
  n: number;
  kind: string;
  actor: string | null;
  idempotency_key: string | null;
  route: string | null;
  request_hash: Buffer | null;
  task_id: string | null;
  /** What the engine's command carries besides its vars. */
  args: JsonColumn<Record<string, unknown>>;
  /** The full form patch; never leaves Postgres. */
  patch: ColumnType<Record<string, unknown> | null, string | null | undefined, string | null>;
  comment: string | null;
  read_rev: number | null;
  device_at: Date | null;
  flow_version: number;
  state: Generated<'pending' | 'done' | 'refused'>;
  refusal: ColumnType<Refusal | null, string | null | undefined, string | null>;
  told_later: Generated<boolean>;
  lease_by: string | null;
  lease_until: Date | null;
  attempts: Generated<number>;
  created_at: Generated<Date>;
  ended_at: Date | null;
}
export interface TaskTable {
  id: string;
  case_id: string;
  flow: string;
  step: string;
  /** The rounds and items it is in, as the engine names them. */
  item: Generated<string | null>;
  /** What names the row of a sub-table that it is about; rendered when it opens. */
  item_label: Generated<string | null>;
  kind: 'userTask' | 'approval' | 'unknown';
  state: 'open' | 'completing' | 'done' | 'cancelled';
  community_id: string | null;
  assignee: string | null;
  pool: string | null;
  claimed_by: string | null;
  claimed_at: Date | null;
  /** coalesce(claimed_by, assignee) */
  holder: ColumnType<string | null, never, never>;
  assignment: number;
  /** Null too while its clock stands. */
  due_at: Date | null;
  /** Offered now; null: all of the step. */
  outcomes: Generated<string[] | null>;
  /** May not hold, claim or receive it. */
  never: Generated<string[]>;
  paused_at: Generated<Date | null>;
  paused_until: Generated<Date | null>;
  /** While its clock stands: whom it waits for. */
  waiting_for: Generated<string | null>;
  /** Null: the due time is wall-clock time. */
  due_by: ColumnType<DueBy | null, string | null | undefined, string | null>;
  opened_at: Date;
  opened_rev: number;
  rev: number;
  returned_by: string | null;
  explanation: JsonColumnDefault<Explanation>;
  command_id: string | null;
  closed_at: Date | null;
  closed_by: string | null;
  outcome: string | null;
}
export interface TaskReadTable {
  task_id: string;
  person_id: string;
  read_at: Generated<Date>;
}
export interface TaskTimeTable {
  task_id: string;
  /** That ended the stretch. */
  rev: number;
  case_id: string;
  step: string;
  party: Spent['party'];
  person_id: string | null;
  from_at: Date;
  to_at: Date;
  /** Null: the task's due time is wall-clock time. */
  working_ms: string | null;
  /** That it was counted by; null too for stretches from before it was said. */
  calendar: string | null;
  calendar_version: number | null;
}
/** Who had a pool's task in hand, kept by a trigger on `task.claimed_by`. */
export interface TaskClaimTable {
  task_id: string;
  case_id: string;
  person_id: string;
  from_at: Date;
  /** Null: as long as the task is open. */
  to_at: Date | null;
}
export interface TaskDraftTable {
  task_id: string;
  person_id: string;
  fields: JsonColumn<Record<string, unknown>>;
  comment: string | null;
  updated_at: Generated<Date>;
}
export interface CaseEventTable {
  case_id: string;
  rev: number;
  at: Date;
  type: string;
  step: string | null;
  task_id: string | null;
  actor: string | null;
  acting_for: string | null;
  command_id: string | null;
  data: JsonColumn<Record<string, unknown>>;
  entry: JsonColumn<DeltaEntry>;
  patch: ColumnType<Record<string, unknown> | null, string | null | undefined, string | null>;
  comment: string | null;
  flow_version: number;
  form_version: number;
  device_at: Date | null;
  /** Null until every rev before it is here (rule 6). */
  hash: Buffer | null;
}
export interface CaseReaderTable {
  case_id: string;
  person_id: string;
  why: 'initiator' | 'holder' | 'cc';
  added_at: Generated<Date>;
  read_at: Date | null;
}
export interface CommentTable {
  id: Generated<string>;
  case_id: string;
  author: string;
  body: string;
  created_at: Generated<Date>;
}
export interface EffectTable {
  case_id: string;
  id: number;
  step: string;
  type: string;
  activity: string | null;
  rev: number;
  state: Generated<'pending' | 'done' | 'failed'>;
  input: ColumnType<Record<string, unknown> | null, string | null | undefined, string | null>;
  output: ColumnType<Record<string, unknown> | null, string | null | undefined, string | null>;
  patch: ColumnType<Record<string, unknown> | null, string | null | undefined, string | null>;
  error: ColumnType<Record<string, unknown> | null, string | null | undefined, string | null>;
  updated_at: Generated<Date>;
}
