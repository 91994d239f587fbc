// One EventSource for the whole app. An event is a hint, never data: whoever listens re-reads and upserts by id.
// After a gap (reconnect, `resync`) every listener is told to re-read what it shows.
import { readHint } from './hint.ts';
import { net } from './net.svelte.ts';
import type { Hint } from './types.gen.ts';

type Listener = (hint: Hint) => void;

// A server may name its events by kind or leave them unnamed: both are heard.
const EVENT_NAMES = ['message', 'hint', 'task', 'case', 'notification', 'watch', 'resync'];
const RETRY_MS = 4_000;

class Live {
  connected = $state(false);
  /** The line was open once and is not now: what is shown may be old. */
  lost = $state(false);
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
      this.#opened();
    };
    source.onerror = () => {
      this.connected = false;
      this.lost = this.#wasOpen;
      if (source.readyState === EventSource.CLOSED) this.#reopen();
    };
    for (const name of EVENT_NAMES) {
      source.addEventListener(name, (event) => {
        const hint = readHint((event as MessageEvent<string>).data);
        if (hint) this.#tell(hint);
      });
    }
  }

  stop(): void {
    clearTimeout(this.#retry);
    this.#source?.close();
    this.#source = undefined;
    this.connected = false;
    this.lost = false;
    this.#wasOpen = false;
  }

  /** Returns what ends the listening; give it back from an $effect. */
  on(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  #opened(): void {
    this.connected = true;
    this.lost = false;
    net.heard();
    if (this.#wasOpen) this.#tell({ kind: 'resync', caseId: null, taskId: null });
    this.#wasOpen = true;
  }

  #reopen(): void {
    this.#source?.close();
    this.#source = undefined;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => {
      this.start();
    }, RETRY_MS);
  }

  #tell(hint: Hint): void {
    for (const listener of this.#listeners) listener(hint);
  }
}

export const live = new Live();
