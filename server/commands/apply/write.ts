/**
 * Writes what a delta means in one statement, each table once, every row guarded: an event only if its rev is not in the log, a task
 * only over a lower rev, the case only over a lower row_rev (protocol.md rule 5).
 */
import { sql } from 'kysely';
import type { Tx } from '../../db/as.ts';
import { expectRow, isRefuted } from '../../db/expect-row.ts';
import { withHints, type HintMessage } from '../../db/hint.ts';
import { andCommit } from '../../db/pipelining-client.ts';
import type { CaseChange, Effect, Incident, Spent } from '../../../workflows/engine/types.ts';
import type { EventRow } from './chain.ts';
import type { TaskState } from './fold.ts';
import type { PeoplePlan } from './plan.ts';

interface CaseWrite {
  id: string;
  appliedRev: number;
  seenRev: number;
  head: Buffer | null;
  fieldRevs: Record<string, number>;
  /** Null where the entries are older than the row. */
  change: (CaseChange & { rev: number; flowVersion: number; endedAt: string | null }) | null;
  /** Incidents of the server itself (a refused patch) stand beside the engine's. */
  incidents: Incident[];
  title: string;
  summary: readonly unknown[] | null;
  /** Which the row must still have for any of this to count; null: it is locked. */
  stamp: string | null;
}
export interface Writes extends PeoplePlan {
  case: CaseWrite;
  events: (EventRow & { hash: Buffer | null })[];
  /** Hashes of events that were in the log already, behind a gap. */
  lateHashes: { rev: number; hash: Buffer }[];
  tasks: TaskState[];
  /** Of tasks that open in an item, what names its row. */
  itemLabels: ReadonlyMap<string, string>;
  /** Tasks that a command held and did not change, open again: of an addition after oneself, of what a take-back left standing. */
  released: string[];
  /** Commands whose event is in the log now. */
  done: string[];
  effects: { effect: Effect; rev: number }[];
  ended: { id: number; state: 'done' | 'failed' }[];
  /** Of those that have not ended, the ones whose step is gone. */
  late: number[];
  spent: (Spent & { rev: number })[];
  /** Those that the commit sends. */
  hints: HintMessage[];
}

/** Whether what was written by what tx1 saw met another case or record: what `expectRow` fails with, or what a table has against a value. */
export function isVoid(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return isRefuted(error) || (typeof code === 'string' && /^2[23]\w{3}$/.test(code));
}

/** The last statement of its transaction: the commit goes with it. */
export async function writeAll(tx: Tx, w: Writes): Promise<void> {
  const caseId = w.case.id;
  await sql`
  with c as (${caseUpdate(w.case)})${eventInsert(caseId, w)}${lateHashUpdate(caseId, w)}${taskWrites(caseId, w)}${commandUpdate(w)}
  ${readerWrites(caseId, w)}${timeWrites(caseId, w)}${effectWrites(caseId, w)}${notificationInsert(caseId, w)}
  ${lastPart(w)} ${andCommit}`.execute(tx);
}

/** What is asked of the case's row is asked before the other parts write: they would wait for locks in another order. */
function lastPart({ hints, case: { stamp } }: Writes) {
  const hinting = hints.length === 0 ? sql`select` : withHints(hints);
  if (stamp === null) return hinting;
  const expected = expectRow(sql`(select count(*) from c)`);
  return hints.length === 0 ? sql`select ${expected}` : sql`${hinting}, (select ${expected}) as expected`;
}

function eventInsert(caseId: string, { events }: Writes) {
  return sql`,
  e as (
    insert into case_event (case_id, rev, at, type, step, task_id, actor, acting_for, command_id, data, entry, patch, comment, flow_version,
      form_version, device_at, hash)
    select ${caseId}::uuid, rev, at, type, step, task_id, actor, acting_for, command_id, data, entry, patch, comment, flow_version,
      form_version, device_at, decode(hash, 'hex')
    from json_to_recordset(${json(events.map((row) => ({ ...row, hash: hex(row.hash) })))}::json) as x (rev int, at timestamptz, type text,
      step text, task_id text, actor uuid, acting_for uuid, command_id uuid, data jsonb, entry jsonb, patch jsonb, comment text,
      flow_version int, form_version int, device_at timestamptz, hash text))`;
}

/** What most deltas have none of is left out: Postgres sets up each part of a statement whether it writes or not. */
function lateHashUpdate(caseId: string, { lateHashes }: Writes) {
  if (lateHashes.length === 0) return sql``;
  return sql`,
  h as (
    update case_event e set hash = decode(x.hash, 'hex')
    from json_to_recordset(${json(lateHashes.map(({ rev, hash }) => ({ rev, hash: hex(hash) })))}::json) as x (rev int, hash text)
    where e.case_id = ${caseId} and e.rev = x.rev and e.hash is null)`;
}

function timeWrites(caseId: string, { spent }: Writes) {
  return spent.length === 0 ? sql`` : sql`, s as (${timeInsert(caseId, spent)})`;
}

function effectWrites(caseId: string, w: Writes) {
  const { effects, ended, late } = w;
  if (effects.length + ended.length + late.length === 0) return sql``;
  return sql`,
  f as (
    insert into effect (case_id, id, step, type, activity, rev, state, late)
    select ${caseId}::uuid, id, step, type, activity, rev, state, late
    from json_to_recordset(${json(effects.map(({ effect, rev }) => effectRow(effect, rev, w)))}::json)
      as x (id int, step text, type text, activity text, rev int, state text, late boolean)
    on conflict do nothing),
  fe as (
    update effect f set state = x.state, updated_at = now()
    from json_to_recordset(${json(ended)}::json) as x (id int, state text)
    where f.case_id = ${caseId} and f.id = x.id and f.state = 'pending')${late.length === 0 ? sql`` : lateUpdate(caseId, late)}`;
}

function lateUpdate(caseId: string, late: readonly number[]) {
  return sql`, fl as (update effect set late = true where case_id = ${caseId} and id = any (${late}::int[]))`;
}

function taskWrites(caseId: string, w: Writes) {
  const closed = w.tasks.filter(({ state }) => state !== 'open').map(({ id }) => id);
  const upsert = w.tasks.length === 0 ? sql`` : sql`, t as (${taskUpsert(caseId, w)})`;
  const drafts = sql`, dr as (delete from task_draft where task_id = any (${closed}::text[]))`;
  return sql`${upsert}${released(caseId, w)}${closed.length === 0 ? sql`` : drafts}`;
}

function released(caseId: string, { released: ids, done }: Writes) {
  if (ids.length === 0) return sql``;
  return sql`,
  rt as (
    update task set state = 'open', command_id = null
    where case_id = ${caseId} and id = any (${ids}::text[]) and command_id = any (${done}::uuid[]) and state = 'completing')`;
}

function commandUpdate({ done }: Writes) {
  return done.length === 0 ? sql`` : sql`, d as (${doneUpdate(done)})`;
}

function doneUpdate(commands: readonly string[]) {
  return sql`
    update command set state = 'done', ended_at = now(), refusal = null, lease_until = null
    where id = any (${commands}::uuid[]) and state <> 'done'`;
}

/** For a command whose event came before its answer. */
export async function markDone(tx: Tx, commands: readonly string[]): Promise<void> {
  await doneUpdate(commands).execute(tx);
}

function caseUpdate({ id, change, ...w }: CaseWrite) {
  const row = change ?? { status: null, outcome: null, position: null, rev: 0, flowVersion: null, endedAt: null };
  const isNewer = change !== null;
  return sql`
    update "case" set applied_rev = greatest(applied_rev, ${w.appliedRev}), seen_rev = greatest(seen_rev, ${w.seenRev}),
      chain_hash = ${w.head}, field_revs = ${JSON.stringify(w.fieldRevs)}::jsonb, incidents = ${JSON.stringify(w.incidents)}::jsonb,
      title = ${w.title}, summary = coalesce(${w.summary && JSON.stringify(w.summary)}::jsonb, summary),
      status = coalesce(${row.status}, status), outcome = case when ${isNewer} then ${row.outcome}::text else outcome end,
      position = coalesce(${row.position}::text[], position), row_rev = greatest(row_rev, ${row.rev}),
      flow_version = coalesce(${row.flowVersion}::int, flow_version),
      form_version = case when flow_version <> ${row.flowVersion}::int then (select v.form_version from flow_version v
        where v.flow = "case".flow and v.version = ${row.flowVersion}::int) else form_version end,
      ended_at = case when ${isNewer} then ${row.endedAt}::timestamptz else ended_at end, updated_at = now()
    where id = ${id}${w.stamp === null ? sql`` : sql` and xmin = ${w.stamp}::xid returning id`}`;
}

function taskUpsert(caseId: string, w: Writes) {
  const rows = w.tasks.map((task) => ({
    ...task,
    item_label: w.itemLabels.get(task.id) ?? null,
    due_at: instant(task.dueAt),
    paused_at: instant(task.pausedAt),
    paused_until: instant(task.pausedUntil),
    waiting_for: task.waitingFor,
    due_by: task.dueBy,
    opened_at: instant(task.openedAt),
    opened_rev: task.openedRev,
    returned_by: task.returnedBy,
    closed_at: instant(task.closedAt),
    closed_by: task.closedBy,
  }));
  return sql`
    insert into task as t (id, case_id, flow, step, item, item_label, kind, state, community_id, assignee, pool, assignment, due_at, opened_at, opened_rev, rev,
      returned_by, explanation, closed_at, closed_by, outcome, outcomes, paused_at, paused_until, waiting_for, due_by, never)
    select x.id, k.id, k.flow, x.step, x.item, x.item_label, x.kind, x.state, k.community_id, x.assignee, x.pool, x.assignment, x.due_at, x.opened_at, x.opened_rev,
      x.rev, x.returned_by, x.explanation, x.closed_at, x.closed_by, x.outcome,
      case when json_typeof(x.outcomes) = 'array' then array(select json_array_elements_text(x.outcomes)) end, x.paused_at, x.paused_until,
      x.waiting_for, x.due_by, array(select json_array_elements_text(x.never))::uuid[]
    from json_to_recordset(${json(rows)}::json) as x (id text, step text, item text, item_label text, kind text, state text, assignee uuid, pool text,
      assignment int, due_at timestamptz, opened_at timestamptz, opened_rev int, rev int, returned_by uuid, explanation jsonb, closed_at timestamptz,
      closed_by uuid, outcome text, outcomes json, paused_at timestamptz, paused_until timestamptz,
      waiting_for text, due_by jsonb, never json), "case" k where k.id = ${caseId}
    on conflict (id) do update set step = excluded.step, item = excluded.item, item_label = coalesce(excluded.item_label, t.item_label),
      kind = excluded.kind, assignee = excluded.assignee, pool = excluded.pool,
      assignment = excluded.assignment, due_at = excluded.due_at, opened_at = excluded.opened_at, opened_rev = excluded.opened_rev,
      rev = excluded.rev, returned_by = excluded.returned_by, explanation = excluded.explanation, closed_at = excluded.closed_at,
      closed_by = excluded.closed_by, outcome = excluded.outcome, outcomes = excluded.outcomes, paused_at = excluded.paused_at,
      paused_until = excluded.paused_until, waiting_for = excluded.waiting_for, due_by = excluded.due_by, never = excluded.never,
      state = case when excluded.state = 'open' and t.state = 'completing' and t.assignment = excluded.assignment
        and t.command_id <> all (${w.done}::uuid[]) then 'completing' else excluded.state end,
      command_id = case when t.command_id = any (${w.done}::uuid[]) then null else t.command_id end,
      -- Reassigning clears the claim (rule 11).
      claimed_by = case when t.assignment = excluded.assignment then t.claimed_by end,
      claimed_at = case when t.assignment = excluded.assignment then t.claimed_at end
    where t.rev <= excluded.rev or t.kind = 'unknown'`;
}

/** A stretch of time is told once, by the entry that ended it, whenever that comes. */
function timeInsert(caseId: string, spent: Writes['spent']) {
  const rows = spent.map(({ task, rev, step, party, person, from, to, workingMs, by }) => ({
    ...{ task, rev, step, party, person, ...by },
    from_at: instant(from),
    to_at: instant(to),
    working_ms: workingMs,
  }));
  return sql`
    insert into task_time (task_id, rev, case_id, step, party, person_id, from_at, to_at, working_ms, calendar, calendar_version)
    select task, rev, ${caseId}::uuid, step, party, person, from_at, to_at, working_ms, calendar, version
    from json_to_recordset(${json(rows)}::json) as x (task text, rev int, step text, party text, person uuid, from_at timestamptz,
      to_at timestamptz, working_ms bigint, calendar text, version int)
    on conflict do nothing`;
}

function readerWrites(caseId: string, w: Writes) {
  return w.readers.length === 0 && w.ccRoles.length === 0 ? sql`` : sql`, r as (${readerInsert(caseId, w)})`;
}

function readerInsert(caseId: string, { readers, ccRoles }: Writes) {
  return sql`
    insert into case_reader (case_id, person_id, why, added_at)
    select ${caseId}::uuid, x.person_id, x.why, date_trunc('milliseconds', now()) from json_to_recordset(${json(readers)}::json) as x (person_id uuid, why text)
    ${ccRoles.length === 0 ? sql`` : roleReaders(caseId, ccRoles)}
    on conflict do nothing`;
}

function roleReaders(caseId: string, ccRoles: readonly string[]) {
  return sql`
    union
    select k.id, g.person_id, 'cc', date_trunc('milliseconds', now()) from "case" k join role_grant g on g.role = any (${ccRoles}::text[])
      and (g.community_id is null or g.community_id = k.community_id) where k.id = ${caseId}`;
}

function notificationInsert(caseId: string, { notifications }: Writes) {
  if (notifications.length === 0) return sql``;
  return sql`,
  n as (
    insert into notification (person_id, case_id, task_id, kind, params, dedupe)
    select p.id, ${caseId}::uuid, x.task_id, x.kind, x.params, x.dedupe || ':' || p.id
    from json_to_recordset(${json(notifications)}::json)
      as x (person_id uuid, role text, task_id text, kind text, params jsonb, dedupe text)
    join "case" k on k.id = ${caseId}
    cross join lateral (select x.person_id as id union select g.person_id from role_grant g
      where g.role = x.role and (g.community_id is null or g.community_id = k.community_id)) told
    join person p on p.id = told.id and p.disabled_at is null
    on conflict (dedupe) do nothing)`;
}

function effectRow(effect: Effect, rev: number, { ended, late }: Writes) {
  const activity = activityOf(effect);
  const state = ended.find(({ id }) => id === effect.id)?.state ?? 'pending';
  return { id: effect.id, step: effect.step, type: effect.type, activity, rev, state, late: late.includes(effect.id) };
}

/** What is sent is handed over by an activity too. */
function activityOf(effect: Effect): string | null {
  if (effect.type === 'send') return `${effect.kind}.send`;
  if (effect.type === 'call') return 'flow.call';
  return effect.type === 'activity' ? effect.activity : null;
}

function instant(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

function hex(bytes: Buffer | null): string | null {
  return bytes?.toString('hex') ?? null;
}

function json(rows: readonly unknown[]): string {
  return JSON.stringify(rows);
}
