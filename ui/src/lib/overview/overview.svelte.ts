// The numbers of the overview, read again a moment after something has happened.
import { api } from '#lib/api/client.ts';
import { problemText } from '#lib/api/errors.ts';
import { live } from '#lib/api/live.svelte.ts';
import type { Overview } from '#lib/api/types.gen.ts';

const SETTLE_MS = 1_500;

export class OverviewState {
  view = $state.raw<Overview | undefined>();
  error = $state('');
  #community = '';

  /** Reads and follows; returns what ends it. */
  watch(community: string): () => void {
    this.#community = community;
    void this.read();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const off = live.on(() => {
      // Where something happens all the time it is read now and then, not never.
      timer ??= setTimeout(() => {
        timer = undefined;
        void this.read();
      }, SETTLE_MS);
    });
    return () => {
      clearTimeout(timer);
      off();
    };
  }

  async read(): Promise<void> {
    const community = this.#community;
    try {
      const view = await api.get<Overview>('/api/overview', community === '' ? {} : { community });
      if (community !== this.#community) return;
      this.view = view;
      this.error = '';
    } catch (error) {
      if (community === this.#community) this.error = problemText(error);
    }
  }
}
