// The panels of a page, read again a moment after something has happened.
import { api } from '#lib/api/client.ts';
import { problemText } from '#lib/api/errors.ts';
import { live } from '#lib/api/live.svelte.ts';
import type { Panel, Panels } from '#lib/api/types.gen.ts';

const SETTLE_MS = 1_500;

export class PanelsState {
  items = $state.raw<Panel[] | undefined>();
  error = $state('');
  readonly #at: 'home' | 'me';
  #community = '';

  constructor(at: 'home' | 'me') {
    this.#at = at;
  }

  /** Reads and follows; returns what ends it. */
  watch(community: string): () => void {
    this.#community = community;
    void this.read();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const off = live.on(() => {
      clearTimeout(timer);
      timer = setTimeout(() => void this.read(), SETTLE_MS);
    });
    return () => {
      clearTimeout(timer);
      off();
    };
  }

  async read(): Promise<void> {
    const community = this.#community;
    try {
      const query = { at: this.#at, ...(community === '' ? {} : { community }) };
      const { items } = await api.get<Panels>('/api/panels', query);
      if (community !== this.#community) return;
      this.items = items;
      this.error = '';
    } catch (error) {
      if (community === this.#community) this.error = problemText(error);
    }
  }
}
