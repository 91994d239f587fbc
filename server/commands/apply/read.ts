/**
 * Everything applyDelta must know, in one statement after the case is locked: the case, which revs are in the log, the commands and
 * effects whose patches the entries carry, the task rows they touch, who reads the case.
 */
import { sql } from 'kysely';
import type { Tx } from '../../db/as.ts';
import type { DeltaEntry, Incident } from '../../../workflows/engine/types.ts';
import type { EventRow } from './chain.ts';
import type { TaskState } from './fold.ts';

export interface CaseState {
  id: string;
  number: string;
  title: string;
  flow: string;
  flowVersion: number;
  form: string;
  formVersion: number;
  communityId: string | null;
  initiator: string;
  status: string;
  incidents: Incident[];
  appliedRev: number;
  seenRev: number;
  rowRev: number;
  head: Buffer | null;
  fieldRevs: Record<string, number>;
}
export interface CommandFacts {
  id: string;
  patch: Record<string, unknown> | null;
  comment: string | null;
  device_at: string | null;
}
export interface KnownTask extends TaskState {
  claimedBy: string | null;
  /** The command that holds it while it is on its way. */
  commandId: string | null;
}
export interface Known {
  case: CaseState;
  /** Revs in the log above the gap-free one, and among the given. */
  revs: ReadonlySet<number>;
  commands: ReadonlyMap<string, CommandFacts>;
  effectPatches: ReadonlyMap<number, Record<string, unknown> | null>;
  /** Of messages and signals that the case took, by their ids. */
  messagePatches: ReadonlyMap<string, Record<string, unknown> | null>;
  tasks: ReadonlyMap<string, KnownTask>;
  readers: readonly string[];
  /** The record, where it is known and its table surely takes the patch of the one command; null: not read. */
  record: Record<string, unknown> | null;
  /** It waits for messages or signals. */
  isAwaiting: boolean;
  /** Not read now, but by the command's own tx1: what is written counts only if the case's row is still the one with this stamp. */
  stamp: string | null;
}

interface KnownRow {
  case: Omit<CaseState, 'head'>;
  head: Buffer | null;
  revs: number[];
  commands: CommandFacts[];
  effects: { id: number; patch: Record<string, unknown> | null }[];
  messages: { id: string; patch: Record<string, unknown> | null }[];
  tasks: KnownTaskRow[];
  readers: string[];
  isAwaiting: boolean;
}
type Instants = 'dueAt' | 'openedAt' | 'closedAt' | 'pausedAt' | 'pausedUntil';
export type KnownTaskRow = Omit<KnownTask, Instants> & Record<Instants, number | null>;

/** Of a row `t`. */
export const knownTaskJson = sql`json_build_object('id', t.id, 'step', t.step, 'item', t.item, 'kind', t.kind, 'state', t.state, 'assignee', t.assignee,
  'pool', t.pool, 'assignment', t.assignment, 'dueAt', floor(extract(epoch from t.due_at) * 1000),
  'openedAt', floor(extract(epoch from t.opened_at) * 1000), 'openedRev', t.opened_rev, 'rev', t.rev, 'returnedBy', t.returned_by,
  'explanation', t.explanation, 'never', t.never, 'closedAt', floor(extract(epoch from t.closed_at) * 1000), 'closedBy', t.closed_by,
  'outcome', t.outcome, 'outcomes', t.outcomes, 'pausedAt', floor(extract(epoch from t.paused_at) * 1000),
  'pausedUntil', floor(extract(epoch from t.paused_until) * 1000), 'waitingFor', t.waiting_for, 'dueBy', t.due_by,
  'claimedBy', t.claimed_by, 'commandId', t.command_id)`;

/** `undefined`: no such case. Locks the case row, and with it every other writer of the case. */
export async function readKnown(tx: Tx, caseId: string, entries: readonly DeltaEntry[]): Promise<Known | undefined> {
  const revs = entries.map(({ rev }) => rev);
  const commands = entries.map(({ event }) => event.command).filter((id) => id !== null);
  const effects = entries.map(({ patchEffect }) => patchEffect).filter((id) => id !== null);
  const messages = entries.map(messageOf).filter((id) => id !== null);
  const tasks = entries.flatMap((entry) =>
    [...entry.opened, ...entry.changed, ...entry.closed].map(({ task }) => task),
  );
  const { rows } = await sql<KnownRow>`
    select json_build_object('id', c.id, 'number', c.number, 'title', c.title, 'flow', c.flow, 'flowVersion', c.flow_version,
        'form', c.form, 'formVersion', c.form_version, 'communityId', c.community_id, 'initiator', c.initiator, 'status', c.status,
        'incidents', c.incidents, 'appliedRev', c.applied_rev, 'seenRev', c.seen_rev, 'rowRev', c.row_rev,
        'fieldRevs', c.field_revs) as "case",
      c.chain_hash as head,
      array(select e.rev from case_event e where e.case_id = c.id and (e.rev > c.applied_rev or e.rev = any (${revs}::int[]))) as revs,
      coalesce((select json_agg(json_build_object('id', m.id, 'patch', m.patch, 'comment', m.comment,
        'device_at', m.device_at)) from command m where m.id = any (${commands}::uuid[]) and m.case_id = c.id), '[]') as commands,
      coalesce((select json_agg(json_build_object('id', f.id, 'patch', f.patch))
        from effect f where f.case_id = c.id and f.id = any (${effects}::int[])), '[]') as effects,
      coalesce((select json_agg(json_build_object('id', d.message_id, 'patch', d.patch)) from message_delivery d
        where d.case_id = c.id and d.message_id = any (${messages}::uuid[]) and d.patch is not null), '[]') as messages,
      coalesce((select json_agg(${knownTaskJson})
        from task t where t.case_id = c.id and (t.state in ('open', 'completing') or t.id = any (${tasks}::text[]))), '[]') as tasks,
      array(select distinct r.person_id::text from case_reader r where r.case_id = c.id) as readers,
      exists (select from case_await w where w.case_id = c.id) as "isAwaiting"
    from "case" c where c.id = ${caseId} for no key update of c`.execute(tx);
  const [row] = rows;
  if (row === undefined) return undefined;
  return {
    case: { ...row.case, head: row.head },
    revs: new Set(row.revs),
    commands: new Map(row.commands.map((command) => [command.id, command])),
    effectPatches: new Map(row.effects.map(({ id, patch }) => [id, patch])),
    messagePatches: new Map(row.messages.map(({ id, patch }) => [id, patch])),
    tasks: new Map(row.tasks.map((task) => [task.id, toKnownTask(task)])),
    readers: row.readers,
    record: null,
    isAwaiting: row.isAwaiting,
    stamp: null,
  };
}

/** Id of the stored patch of a message or signal that the event consumed. */
export function messageOf({ consumed }: DeltaEntry): string | null {
  const { type, patch } = consumed as { type: string; patch?: string | null };
  return type === 'message' || type === 'signal' ? (patch ?? null) : null;
}

export function toKnownTask(task: KnownTaskRow): KnownTask {
  return {
    ...task,
    // "completing" is Postgres's own word for an open task whose command is on its way.
    state: (task.state as string) === 'completing' ? 'open' : task.state,
    openedAt: task.openedAt ?? 0,
  };
}

/** The log from a rev on: for entries that came late, and for whoever closes a gap. */
export async function readLog(tx: Tx, caseId: string, fromRev: number): Promise<EventRow[]> {
  const { rows } = await sql<Omit<EventRow, 'at' | 'device_at'> & { at: Date; device_at: Date | null }>`
    select rev, at, type, step, task_id, actor, acting_for, command_id, data, entry, patch, comment, flow_version, form_version, device_at
    from case_event where case_id = ${caseId} and rev >= ${fromRev} order by rev`.execute(tx);
  return rows.map((row) => ({
    ...row,
    at: row.at.toISOString(),
    device_at: row.device_at?.toISOString() ?? null,
  }));
}
