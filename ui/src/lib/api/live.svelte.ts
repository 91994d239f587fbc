// One EventSource for the whole app. An event is a hint, never data: whoever listens re-reads and upserts by id.
// After a gap (reconnect, `resync`) every listener is told to re-read what it shows.
import { net } from './net.svelte.ts';
import { isHint, type Hint } from './hint.ts';

type Listener = (hint: Hint) => void;

const KINDS = ['task', 'case', 'notification', 'resync', 'message'];
/** The server beats more often than this; silence beyond it means a dead line that the browser has not noticed. */
const RETRY_MS = 4_000;

class Live {
  connected = $state(false);
  #source: EventSource | undefined;
  #listeners = new Set<Listener>();
  #retry: ReturnType<typeof setTimeout> | undefined;
  #wasOpen = false;

  /** Opens the line (idempotent). Called when someone is signed in. */
  start(): void {
    if (this.#source) return;
    const source = new EventSource('/api/events');
    this.#source = source;
    source.onopen = () => {
      this.connected = true;
      net.heard();
      if (this.#wasOpen) this.#tell({ kind: 'resync' });
      this.#wasOpen = true;
    };
    source.onerror = () => {
      this.connected = false;
      if (source.readyState === EventSource.CLOSED) this.#reopen();
    };
    for (const kind of KINDS) source.addEventListener(kind, (event) => { this.#receive(kind, event as MessageEvent<string>); });
  }

  stop(): void {
    clearTimeout(this.#retry);
    this.#source?.close();
    this.#source = undefined;
    this.connected = false;
    this.#wasOpen = false;
  }

  /** Returns what ends the listening; give it back from an $effect. */
  on(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  #reopen(): void {
    this.#source?.close();
    this.#source = undefined;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => {
      this.start();
    }, RETRY_MS);
  }

  #receive(kind: string, event: MessageEvent<string>): void {
    const hint = readHint(kind, event.data);
    if (hint) this.#tell(hint);
  }

  #tell(hint: Hint): void {
    for (const listener of this.#listeners) listener(hint);
  }
}

function readHint(kind: string, data: string): Hint | undefined {
  try {
    const parsed: unknown = JSON.parse(data === '' ? '{}' : data);
    const named = typeof parsed === 'object' && parsed !== null && !('kind' in parsed) ? { ...parsed, kind } : parsed;
    return isHint(named) ? named : undefined;
  } catch {
    return undefined;
  }
}

export const live = new Live();
