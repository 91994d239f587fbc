// What waits on this device to be sent, for every page: the root layout sends it, home lists it.
import { api } from '#lib/api/client.ts';
import { session } from '#lib/api/session.svelte.ts';
import type { CaseStarted } from '#lib/api/types.gen.ts';
import { Drafts } from '../draft.ts';
import { sendWaiting, waitingIn, type Delivered, type Waiting } from './outbox.ts';

class Outbox {
  items = $state.raw<Waiting[]>([]);
  readonly #drafts = new Drafts(localStorage);
  readonly #listeners = new Set<(delivered: Delivered) => void>();
  #sending: Promise<void> | undefined;

  /** Reads again what waits. */
  look(): void {
    const { me } = session;
    this.items = me ? waitingIn(this.#drafts, `${me.id}.`) : [];
  }

  /** Sends what waits; one run at a time. */
  send(): Promise<void> {
    this.#sending ??= this.#run().finally(() => {
      this.#sending = undefined;
    });
    return this.#sending;
  }

  /** Told of each that got through; returns what ends it. */
  on(listener: (delivered: Delivered) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #run(): Promise<void> {
    this.look();
    const { me } = session;
    if (!me || this.items.length === 0) return;
    const delivered = await sendWaiting(this.#drafts, `${me.id}.`, (flow, body, key) =>
      api.command<CaseStarted>(`/api/flows/${encodeURIComponent(flow)}/cases`, body, { key }),
    );
    this.look();
    for (const each of delivered) for (const listener of this.#listeners) listener(each);
  }
}

export const outbox = new Outbox();
