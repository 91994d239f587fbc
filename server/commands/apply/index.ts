/**
 * applyDelta (protocol.md rules 4 to 7): brings what the engine decided into the tables. The one writer of tasks, case rows and the
 * log, called by whoever got the answer of a command, by the activity `project` and by whoever heals a gap. Every entry counts
 * once, in any order, however often it comes.
 */
import type { DeltaEntry, OpenTasks } from '../../../workflows/engine/types.ts';
import { inCase, inCaseUnflushed, type Db, type Tx } from '../../db/as.ts';
import { sendHints } from '../../db/hint.ts';
import { getFlow } from '../../definitions/published.ts';
import { AppError } from '../../errors.ts';
import { keepCalls } from '../calls/keep.ts';
import { noteTasks } from '../known-tasks.ts';
import { keepAwaits, type Awaiting } from '../messages/awaits.ts';
import { chain, type EventRow } from './chain.ts';
import { foldTasks, type TaskState } from './fold.ts';
import { itemLabelsOf } from './item-labels.ts';
import { applyPatches, PatchRefusedError } from './patches.ts';
import { planHints, planPeople } from './plan.ts';
import { messageOf, readKnown, readLog, type Known } from './read.ts';
import { knownFrom, type Standing } from './standing.ts';
import { sameOpenTasks } from './open-tasks.ts';
import { isVoid, markDone, writeAll, type Writes } from './write.ts';

export interface Delta {
  caseId: string;
  entries: readonly DeltaEntry[];
  /** What the engine says is open after the last entry. */
  open?: OpenTasks;
  /**
   * The command whose answer this is; it is done once its rev is in the log. Its transaction waits for no disk: a crash of Postgres
   * leaves the command pending, and it is driven again. What it wrote is durable with the next transaction that is, such as the tx1 that
   * acknowledges it (rule 3).
   */
  command?: { id: string; rev: number };
  /** What the command's own tx1 saw of the case. */
  standing?: Standing | undefined;
}
export interface Applied {
  /** Highest rev without a gap before it: what the case may forget. */
  appliedRev: number;
  hasGap: boolean;
  /** The rows do not show the open tasks the engine has: a snapshot heals them (rule 5). */
  differs: boolean;
  isCommandDone: boolean;
  /** This transaction wrote entries: with them everything before them is on the disk, unless they are a command's answer. */
  hasWritten: boolean;
  /** Something waits to be told to cases that this one has called, or that has called it. */
  tellsOthers: boolean;
}

/** @throws AppError not_found for a case that is not in the tables */
export async function applyDelta(db: Db, delta: Delta): Promise<Applied> {
  const open = delta.command === undefined ? inCase : inCaseUnflushed;
  const known = delta.standing && knownFrom(delta.standing, delta.entries);
  try {
    return await open(db, delta.caseId, (tx) => apply(tx, { db, delta, isCareful: false, known }));
  } catch (error) {
    // Something was between tx1 and here: once more, with what the case is now.
    if (known !== undefined && isVoid(error)) return applyDelta(db, { ...delta, standing: undefined });
    // The table refused a patch that tx1 had tried: once more, with each patch under its own savepoint (rule 7).
    if (!(error instanceof PatchRefusedError)) throw error;
    return open(db, delta.caseId, (tx) => apply(tx, { db, delta, isCareful: true }));
  }
}

interface Work {
  db: Db;
  delta: Delta;
  isCareful: boolean;
  /** Undefined: read now. */
  known?: Known | undefined;
}

async function apply(tx: Tx, work: Work): Promise<Applied> {
  const { db, isCareful } = work;
  const { caseId, entries, open, command } = work.delta;
  const known = work.known ?? (await getKnown(tx, caseId, entries));
  const fresh = freshEntries(known, entries);
  const newest = Math.max(0, ...entries.map(({ rev }) => rev));
  const isCommandDone = command !== undefined && isInLog(known, fresh, command.rev);
  const done = [...fresh.map(({ event }) => event.command), isCommandDone ? command.id : null].filter(
    (id) => id !== null,
  );
  if (fresh.length === 0) {
    if (isCommandDone) await markDone(tx, done);
    const unchanged = answer(known, { tasks: [], appliedRev: known.case.appliedRev, open, newest });
    return { ...unchanged, isCommandDone, hasWritten: false, tellsOthers: false };
  }
  // Late entries are folded again with everything that came after them.
  const log = needsLog(known, fresh) ? await readLog(tx, caseId, 1) : [];
  const tasks = foldFresh(known, fresh, log);
  const flow = await getFlow(db, { key: known.case.flow, version: known.case.flowVersion }, tx);
  const patched = await applyPatches(tx, { known, flow, fresh, isCareful });
  const rows = fresh.map((entry) => toEventRow(known, entry));
  const chained = chain(caseId, { rev: known.case.appliedRev, head: known.case.head }, [...log, ...rows]);
  const awaiting = awaitsOf(known, fresh);
  if (awaiting !== undefined) await keepAwaits(tx, caseId, awaiting);
  const tellsOthers = await keepCalls(tx, caseId, { fresh, log: log.map(({ entry }) => entry) });
  const people = planPeople(known, fresh, tasks);
  const hints = planHints(known, tasks, people);
  const isFlushed = command === undefined;
  const hashes = new Map(chained.hashes.map(({ rev, hash }) => [rev, hash]));
  await writeAll(tx, {
    ...people,
    case: caseWrite(known, fresh, { ...patched, appliedRev: chained.appliedRev, head: chained.head }),
    events: rows.map((row) => ({ ...row, hash: hashes.get(row.rev) ?? null })),
    lateHashes: chained.hashes.filter(({ rev }) => log.some((row) => row.rev === rev)),
    tasks,
    itemLabels: await itemLabelsOf(tx, { flow, caseId, opened: fresh.flatMap(({ opened }) => opened) }),
    released: heldBy(known, done).filter((id) => !tasks.some((task) => task.id === id)),
    done,
    effects: fresh.flatMap((entry) => entry.effects.map((effect) => ({ effect, rev: entry.rev }))),
    spent: fresh.flatMap(({ spent = [], rev }) => spent.map((each) => ({ ...each, rev }))),
    ...endsOf([...log.map(({ entry }) => entry), ...fresh]),
    hints: isFlushed ? [] : hints,
  });
  noteTasks(tasks, { caseId, flow });
  if (isFlushed) sendHints(tx, hints);
  const written = answer(known, { tasks, appliedRev: chained.appliedRev, open, newest });
  return { ...written, isCommandDone, hasWritten: true, tellsOthers };
}

async function getKnown(tx: Tx, caseId: string, entries: readonly DeltaEntry[]): Promise<Known> {
  const known = await readKnown(tx, caseId, entries);
  if (known === undefined) throw new AppError('not_found', 404);
  return known;
}

/** What the case waits for by its newest entry; undefined where that is not among the fresh ones or does not say, or for nothing as before. */
function awaitsOf({ case: before, isAwaiting }: Known, fresh: readonly DeltaEntry[]): Awaiting | undefined {
  const last = fresh.at(-1);
  if (last === undefined || last.rev <= before.rowRev || last.case.awaits === undefined) return undefined;
  const { awaits } = last.case;
  return awaits.length === 0 && !isAwaiting ? undefined : { awaits, at: last.at };
}

function isInLog(known: Known, fresh: readonly DeltaEntry[], rev: number): boolean {
  return rev <= known.case.appliedRev || known.revs.has(rev) || fresh.some((entry) => entry.rev === rev);
}

function freshEntries(known: Known, entries: readonly DeltaEntry[]): DeltaEntry[] {
  const isApplied = (rev: number): boolean => rev <= known.case.appliedRev || known.revs.has(rev);
  const byRev = new Map(entries.filter(({ rev }) => !isApplied(rev)).map((entry) => [entry.rev, entry]));
  return [...byRev.values()].sort((a, b) => a.rev - b.rev);
}

/** Entries that arrive after later ones are folded together with those, and their hashes wait in the log. */
function needsLog({ case: { appliedRev, seenRev } }: Known, fresh: readonly DeltaEntry[]): boolean {
  return seenRev > appliedRev && fresh.some(({ rev }) => rev < seenRev || rev === appliedRev + 1);
}

/** The open tasks that one of the commands holds. */
function heldBy({ tasks }: Known, commands: readonly string[]): string[] {
  return [...tasks.values()]
    .filter(({ commandId }) => commandId !== null && commands.includes(commandId))
    .map(({ id }) => id);
}

/** Task rows that the fresh entries change. A task that they touch out of order is built again from its opening. */
function foldFresh(known: Known, fresh: readonly DeltaEntry[], log: readonly EventRow[]): TaskState[] {
  const entries = [...log.map(({ entry }) => entry), ...fresh];
  const touched = new Set(
    fresh.flatMap((entry) => [...entry.opened, ...entry.changed, ...entry.closed].map(({ task }) => task)),
  );
  const opened = new Set(entries.flatMap((entry) => entry.opened.map(({ task }) => task)));
  const isRebuilt = (id: string): boolean => log.length > 0 && touched.has(id) && opened.has(id);
  const existing = new Map([...known.tasks].filter(([id]) => !isRebuilt(id)));
  return foldTasks(existing, entries).filter((task) => touched.has(task.id));
}

/** What an activity or a message wrote. */
function patchBeside({ effectPatches, messagePatches }: Known, entry: DeltaEntry): EventRow['patch'] {
  if (entry.patchEffect !== null) return effectPatches.get(entry.patchEffect) ?? null;
  const message = messageOf(entry);
  return message === null ? null : (messagePatches.get(message) ?? null);
}

function toEventRow(known: Known, entry: DeltaEntry): EventRow {
  const { event } = entry;
  const command = event.command === null ? undefined : known.commands.get(event.command);
  return {
    rev: entry.rev,
    at: new Date(entry.at).toISOString(),
    type: event.type,
    step: event.step,
    task_id: event.task,
    actor: event.actor,
    acting_for: actingFor(event),
    command_id: event.command,
    data: event.data,
    entry,
    patch: command?.patch ?? patchBeside(known, entry),
    comment: command?.comment ?? null,
    flow_version: entry.flowVersion,
    form_version: known.case.formVersion,
    device_at: command?.device_at == null ? null : new Date(command.device_at).toISOString(),
  };
}

function actingFor({ actingFor: person }: DeltaEntry['event']): string | null {
  return person ?? null;
}

/** An effect may start and end in one delta, and its end may come before its start. What the engine dropped or gave up has come to nothing. */
function endsOf(entries: readonly DeltaEntry[]): Pick<Writes, 'ended' | 'late'> {
  const ended = entries.flatMap(({ consumed, event, dropped = [], cancels = [] }): Writes['ended'] => [
    ...[...dropped, ...cancels].map((id) => ({ id, state: 'failed' as const })),
    ...endOf({ consumed, event }),
  ]);
  const late = entries.flatMap(({ late: ids = [] }) => ids).filter((late) => !ended.some(({ id }) => id === late));
  return { ended, late };
}

function endOf({ consumed, event }: Pick<DeltaEntry, 'consumed' | 'event'>): Writes['ended'] {
  if (consumed.type === 'activityFailed') return [{ id: consumed.effect, state: 'failed' }];
  if (consumed.type === 'childEnded') return [{ id: consumed.effect, state: isFailed(consumed) ? 'failed' : 'done' }];
  // A case that is waited for has only begun.
  if (event.type === 'child_started' && event.data.waits === true) return [];
  const isDone = consumed.type === 'resolved' || consumed.type === 'activityDone';
  return isDone ? [{ id: consumed.effect, state: 'done' }] : [];
}

function isFailed({ status, error }: { status: string; error: string | null }): boolean {
  return status === 'cancelled' || error !== null;
}

type Patched = Awaited<ReturnType<typeof applyPatches>> & { appliedRev: number; head: Buffer | null };

function caseWrite({ case: before, stamp }: Known, fresh: readonly DeltaEntry[], patched: Patched): Writes['case'] {
  const last = fresh.at(-1);
  const change = last !== undefined && last.rev > before.rowRev ? last : undefined;
  const ours = [...before.incidents.filter(({ id }) => id < 0), ...patched.conflicts];
  const theirs = change === undefined ? before.incidents.filter(({ id }) => id >= 0) : change.case.incidents;
  return {
    id: before.id,
    appliedRev: patched.appliedRev,
    seenRev: Math.max(before.seenRev, last?.rev ?? 0),
    head: patched.head,
    fieldRevs: patched.fieldRevs,
    incidents: [...theirs, ...ours],
    title: patched.title ?? before.title,
    summary: patched.summary,
    stamp,
    change:
      change === undefined
        ? null
        : {
            ...change.case,
            rev: change.rev,
            flowVersion: change.flowVersion,
            endedAt: isOver(change) ? new Date(change.at).toISOString() : null,
          },
  };
}

function isOver({ case: { status } }: DeltaEntry): boolean {
  return status === 'completed' || status === 'cancelled';
}

interface After {
  tasks: readonly TaskState[];
  appliedRev: number;
  open: OpenTasks | undefined;
  /** Highest rev that came. */
  newest: number;
}

function answer(
  known: Known,
  { tasks, appliedRev, open, newest }: After,
): Omit<Applied, 'isCommandDone' | 'hasWritten' | 'tellsOthers'> {
  const seen = Math.max(known.case.seenRev, newest);
  const hasGap = seen > appliedRev;
  const rows = new Map([...known.tasks.values(), ...tasks].map((task) => [task.id, task.state]));
  const openIds = [...rows].filter(([, state]) => state === 'open').map(([id]) => id);
  // Only the newest answer may say what is open.
  const isComparable = open !== undefined && !hasGap && newest === seen;
  return { appliedRev, hasGap, differs: isComparable && !sameOpenTasks(openIds, open) };
}
