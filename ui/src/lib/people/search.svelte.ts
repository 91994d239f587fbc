// People by part of a name, a moment after the last letter; an answer that comes late is dropped.
import { api } from '#lib/api/client.ts';
import { problemText } from '#lib/api/errors.ts';
import type { PersonItem, PersonPage } from '#lib/api/types.gen.ts';

const SETTLE_MS = 180;

export class PeopleSearch {
  query = $state('');
  items = $state.raw<PersonItem[]>([]);
  at = $state(0);
  busy = $state(false);
  asked = $state(false);
  error = $state<string | undefined>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #abort: AbortController | undefined;

  get current(): PersonItem | undefined {
    return this.items[this.at];
  }

  ask(query: string): void {
    this.query = query;
    clearTimeout(this.#timer);
    this.#abort?.abort();
    this.#timer = setTimeout(() => void this.#read(query.trim()), SETTLE_MS);
  }

  move(by: 1 | -1): void {
    if (this.items.length > 0) this.at = (this.at + by + this.items.length) % this.items.length;
  }

  async #read(query: string): Promise<void> {
    if (query === '') {
      this.items = [];
      this.asked = false;
      return;
    }
    const abort = new AbortController();
    this.#abort = abort;
    this.busy = true;
    try {
      const page = await api.get<PersonPage>('/api/people', { q: query }, abort.signal);
      this.items = page.items;
      this.at = 0;
      this.asked = true;
      this.error = undefined;
    } catch (error) {
      if (!abort.signal.aborted) this.error = problemText(error);
    } finally {
      if (!abort.signal.aborted) this.busy = false;
    }
  }
}
