// What leaves the house, newest first: a page at a time, read again while one looks at it.
import { api } from '#lib/api/client.ts';
import { problemText } from '#lib/api/errors.ts';
import type { OutboundCounts, OutboundItem, OutboundPage, Revealed } from '#lib/api/types.gen.ts';
import { upsertById } from '#lib/upsert.ts';
import type { OutboxFilters } from './words.ts';

const AGAIN_MS = 5_000;

export class Outbox {
  items = $state.raw<OutboundItem[]>([]);
  counts = $state.raw<OutboundCounts | undefined>();
  next = $state<string | null>(null);
  state = $state<'loading' | 'ready' | 'error'>('loading');
  error = $state('');
  #filters: OutboxFilters = { q: '', channel: '', state: '', person: '' };

  /** Returns what ends the looking. */
  watch(): () => void {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible' && this.state !== 'loading') void this.refresh();
    }, AGAIN_MS);
    return () => {
      clearInterval(timer);
    };
  }

  async ask(filters: OutboxFilters): Promise<void> {
    this.#filters = filters;
    this.items = [];
    this.next = null;
    this.state = 'loading';
    await this.refresh();
  }

  /** Reads the newest again; what was read below them stays. */
  async refresh(): Promise<void> {
    const filters = this.#filters;
    await this.#guard(async () => {
      const { state: _state, ...others } = filters;
      const [page, counts] = await Promise.all([
        api.get<OutboundPage>('/api/outbound', { ...filters }),
        api.get<OutboundCounts>('/api/outbound/counts', others),
      ]);
      if (filters !== this.#filters) return;
      const last = page.items.at(-1);
      const older = this.items.filter((item) => last !== undefined && item.id < last.id);
      if (older.length === 0) this.next = page.next;
      this.items = [...page.items, ...older];
      this.counts = counts;
    });
  }

  async more(): Promise<void> {
    const cursor = this.next;
    if (cursor === null) return;
    await this.#guard(async () => {
      const page = await api.get<OutboundPage>('/api/outbound', { ...this.#filters, cursor });
      this.items = upsertById(this.items, page.items);
      this.next = page.next;
    });
  }

  /** @throws ApiProblem */
  async retry(id: string): Promise<void> {
    await api.send('POST', `/api/outbound/${id}/retry`);
    await this.refresh();
  }

  /** @throws ApiProblem */
  async reveal(id: string, reason: string): Promise<string> {
    return (await api.send<Revealed>('POST', `/api/outbound/${id}/unmask`, { reason })).address;
  }

  async #guard(act: () => Promise<void>): Promise<void> {
    try {
      await act();
      this.state = 'ready';
    } catch (error) {
      this.state = 'error';
      this.error = problemText(error);
    }
  }
}
