// Short news at the edge of the screen. An error stays until it is closed; the rest goes after five seconds.
import type { Tone } from './badge.ts';

interface Toast {
  id: number;
  text: string;
  tone: Tone;
  action?: { label: string; run: () => void };
}

const SHOWN_MS = 5_000;
let nextId = 1;

class Toasts {
  list = $state<Toast[]>([]);

  /** Shows one; `stayMs` 0 keeps it until closed. Returns what closes it. */
  show(text: string, options: { tone?: Tone; action?: Toast['action']; stayMs?: number } = {}): () => void {
    const id = nextId++;
    const { tone = 'neutral', action, stayMs = tone === 'danger' ? 0 : SHOWN_MS } = options;
    this.list = [...this.list.slice(-2), { id, text, tone, ...(action ? { action } : {}) }];
    const close = (): void => {
      this.list = this.list.filter((toast) => toast.id !== id);
    };
    if (stayMs > 0) setTimeout(close, stayMs);
    return close;
  }

  close(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
  }
}

export const toasts = new Toasts();
