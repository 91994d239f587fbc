/**
 * What tx1 saw of the case while it had it locked, for whoever applies the answer of its command: that transaction need not read it again. Only
 * of a case in which nothing goes on but the command's task, and only for entries that say nothing else; whatever was written to the case
 * meanwhile makes the write void (`expectRow`), and then it is read as ever.
 */
import type { DeltaEntry, Incident } from '../../../workflows/engine/types.ts';
import type { Prepared } from '../types.ts';
import { messageOf, toKnownTask } from './read.ts';
import type { CaseState, CommandFacts, Known, KnownTask, KnownTaskRow } from './read.ts';

/** Beside what tx1 reads for itself. */
export interface Seen {
  title: string;
  incidents: Incident[];
  seenRev: number;
  rowRev: number;
  /** Hexadecimal. */
  head: string | null;
  readers: string[];
  task: KnownTaskRow;
}
export interface Standing {
  case: CaseState;
  task: KnownTask | null;
  readers: readonly string[];
  command: CommandFacts;
  record: Record<string, unknown> | null;
  /** Of the case's row as tx1 left it. */
  stamp: string;
}

export function standingOf(prepared: Prepared, seen: Seen | null, stamp: string): Standing | undefined {
  if (seen === null) return undefined;
  const { title, incidents, seenRev, rowRev, head, readers, task } = seen;
  return {
    case: {
      ...prepared.case,
      title,
      incidents,
      seenRev,
      rowRev,
      head: head === null ? null : Buffer.from(head, 'hex'),
    },
    task: { ...toKnownTask(task), commandId: prepared.id },
    readers,
    command: commandOf(prepared),
    record: prepared.record ?? null,
    stamp,
  };
}

/** Nobody but its tx1 has seen the case yet. */
export function standingOfStart(prepared: Prepared, title: string, stamp: string): Standing {
  return {
    case: { ...prepared.case, title, incidents: [], seenRev: 0, rowRev: 0, head: null },
    task: null,
    readers: [],
    command: commandOf(prepared),
    record: null,
    stamp,
  };
}

function commandOf({ id, patch, comment, deviceAt }: Prepared): CommandFacts {
  return { id, patch, comment, device_at: deviceAt };
}

/** `undefined`: the entries are about more than that. */
export function knownFrom(standing: Standing, entries: readonly DeltaEntry[]): Known | undefined {
  const { task, command, readers, record } = standing;
  const { appliedRev, seenRev } = standing.case;
  const fresh = entries.filter(({ rev }) => rev > appliedRev);
  const isNext = fresh.every(({ rev }, i) => rev === appliedRev + 1 + i);
  if (seenRev !== appliedRev || fresh.length === 0 || !isNext) return undefined;
  if (!fresh.every((entry) => isOwn(entry, command.id))) return undefined;
  return {
    case: standing.case,
    revs: new Set(),
    commands: new Map([[command.id, command]]),
    effectPatches: new Map(),
    messagePatches: new Map(),
    tasks: new Map(task === null ? [] : [[task.id, task]]),
    readers,
    record,
    isAwaiting: false,
    stamp: standing.stamp,
  };
}

/** Carries no patch but the command's. */
function isOwn(entry: DeltaEntry, command: string): boolean {
  const { event, patchEffect } = entry;
  return (event.command === null || event.command === command) && patchEffect === null && messageOf(entry) === null;
}
