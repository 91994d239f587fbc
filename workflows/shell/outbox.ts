/** Entries that Postgres has not acknowledged yet: nothing that the case has done is lost between two writers (rule 3). */
import type { DeltaEntry } from '../engine/types.ts';

/** Characters of JSON, of which some take three bytes: Temporal takes two megabytes. */
const MOST_IN_MESSAGE = 400_000;

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

  /** What `project` gets: all, or of many those that it has not taken yet. */
  toProject(): DeltaEntry[] {
    const entries = this.list();
    return (entries.at(-1)?.rev ?? 0) > this.projected ? entries : this.list(this.projected + 1);
  }

  /** All of them, for the next run. */
  all(): DeltaEntry[] {
    return this.entries;
  }

  /** From a rev on, as many as one message takes: at least one, and the others with the next. */
  list(from = 0): DeltaEntry[] {
    const entries = this.entries.filter(({ rev }) => rev >= from);
    let size = 0;
    const over = entries.findIndex((entry, index) => {
      size += JSON.stringify(entry).length;
      return index > 0 && size > MOST_IN_MESSAGE;
    });
    return over < 0 ? entries : entries.slice(0, over);
  }
}
