// What someone has filled and not sent, on this device. Kept a month; never more than the values, which are the person's own.
import type { Text, Values } from './model/types.ts';

interface Kept {
  values: Values;
  /** Names of the ids in the values, so that a picker shows them at once. */
  labels: Record<string, string>;
  savedAt: string;
  /** The version of the form it was filled on. */
  version: number;
  /** Idempotency key of the attempt to send it: a lost answer is asked for again with the same one. */
  key?: string;
  /** The body that was sent with `key`, as JSON: another body needs another key. */
  sent?: string;
  /** It was submitted and found no network: the next visit sends it. A change takes it back. */
  waits?: { flow: string; title: Text };
  /** The server refused it when it was sent by itself: the person has to look at it. */
  refused?: string;
}
export type { Kept as Draft };

const PREFIX = 'draft.';
const KEPT_MS = 30 * 86_400_000;

type Shelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

export class Drafts {
  readonly #shelf: Shelf;
  readonly #now: () => number;

  constructor(shelf: Shelf, now: () => number = Date.now) {
    this.#shelf = shelf;
    this.#now = now;
  }

  /** undefined when there is none, it is too old, or it cannot be read. */
  read(name: string): Kept | undefined {
    const text = this.#shelf.getItem(PREFIX + name);
    if (text === null) return undefined;
    const kept = parse(text);
    if (kept && this.#now() - Date.parse(kept.savedAt) < KEPT_MS) return kept;
    this.drop(name);
    return undefined;
  }

  /** False when the device has no room or allows none: the form then says so instead of promising. */
  write(name: string, draft: Omit<Kept, 'savedAt'>): boolean {
    try {
      this.#shelf.setItem(PREFIX + name, JSON.stringify({ ...draft, savedAt: new Date(this.#now()).toISOString() }));
      return true;
    } catch {
      return false;
    }
  }

  /** Names of all drafts that begin so. */
  names(beginning: string): string[] {
    const all = Array.from({ length: this.#shelf.length }, (_, at) => this.#shelf.key(at) ?? '');
    return all.filter((name) => name.startsWith(PREFIX + beginning)).map((name) => name.slice(PREFIX.length));
  }

  drop(name: string): void {
    this.#shelf.removeItem(PREFIX + name);
  }
}

function parse(text: string): Kept | undefined {
  try {
    const kept = JSON.parse(text) as Partial<Kept> | null;
    const isKept =
      typeof kept?.values === 'object' && typeof kept.savedAt === 'string' && typeof kept.version === 'number';
    return isKept ? ({ labels: {}, ...kept } as Kept) : undefined;
  } catch {
    return undefined;
  }
}

/** The key to send these values with: the old one when the very same was tried before, else a fresh one. */
export function keyFor(draft: Pick<Kept, 'key' | 'sent'> | undefined, body: string, fresh: () => string): string {
  return draft?.key !== undefined && draft.sent === body ? draft.key : fresh();
}
