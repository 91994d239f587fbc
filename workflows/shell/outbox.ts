/** Entries that Postgres has not acknowledged yet: nothing that the case has done is lost between two writers (rule 3). */
import type { DeltaEntry } from '../engine/types.ts';

/** Characters of entries in one message: Temporal refuses payloads above 2 MB, and a text may take three bytes a character. */
const MOST_CHARACTERS = 500_000;

export class Outbox {
  private entries: DeltaEntry[];
  /** Highest rev that nobody waits for. */
  private unwaited = 0;
  /** Highest rev that `project` has taken. */
  private projected = 0;

  constructor(entries: DeltaEntry[] = []) {
    this.entries = entries;
  }

  /** `waited`: an Update's caller gets the entry with its answer and applies it. */
  add(entry: DeltaEntry, waited: boolean): void {
    this.entries.push(entry);
    if (!waited) this.unwaited = entry.rev;
  }

  acknowledge(rev: number): void {
    this.entries = this.entries.filter((entry) => entry.rev > rev);
  }

  taken(rev: number): void {
    this.projected = Math.max(this.projected, rev);
  }

  /** Asks for everything to be projected, waited for or not. */
  flush(): void {
    const last = this.entries.at(-1);
    if (last) this.unwaited = last.rev;
  }

  needsProject(): boolean {
    return this.unwaited > this.projected && this.entries.length > 0;
  }

  /** As many of the oldest as one message may carry, one at least. */
  batch(): { entries: DeltaEntry[]; isAll: boolean } {
    const entries = fitting(this.entries);
    return { entries, isAll: entries.length === this.entries.length };
  }

  /** What a command is answered: all, or what fits from its own entry on; the others are projected. */
  answer(rev: number): { entries: DeltaEntry[] } {
    const { entries, isAll } = this.batch();
    if (isAll) return { entries };
    this.flush();
    return { entries: fitting(this.list(rev)) };
  }

  list(from = 0): DeltaEntry[] {
    return this.entries.filter(({ rev }) => rev >= from);
  }
}

function fitting(entries: readonly DeltaEntry[]): DeltaEntry[] {
  let characters = 0;
  const end = entries.findIndex((entry, index) => {
    characters += JSON.stringify(entry).length;
    return index > 0 && characters > MOST_CHARACTERS;
  });
  return entries.slice(0, end < 0 ? entries.length : end);
}
