/** The ring of known commands: what makes a command happen once although it may arrive twice, even in two runs (rule 2). */
import type { RingEntry } from '../messages.ts';

export class Ring {
  private entries: RingEntry[];

  constructor(entries: RingEntry[] = []) {
    this.entries = entries;
  }

  find(id: string): RingEntry | undefined {
    return this.entries.find((entry) => entry.id === id);
  }

  /** Remembers a command, and forgets only those below the lowest that is still pending. */
  add(entry: RingEntry, lowestPending: number): void {
    this.entries = this.entries.filter(({ n }) => n >= lowestPending);
    this.entries.push(entry);
  }

  list(): RingEntry[] {
    return this.entries;
  }
}
