/** Entries that Postgres has not acknowledged yet: nothing that the case has done is lost between two writers (rule 3). */
import type { DeltaEntry } from '../engine/types.ts';

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

  list(from = 0): DeltaEntry[] {
    return this.entries.filter(({ rev }) => rev >= from);
  }
}
