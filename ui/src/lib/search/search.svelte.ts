// The list that a search finds: pages, what was asked last, what the filters offer, kept views. It outlives the page, so that coming
// back from a case finds the same rows.
import { api } from '#lib/api/client.ts';
import { problemText } from '#lib/api/errors.ts';
import type { CaseFacets, FoundCase, FoundCasePage, PersonPage, SavedView, SavedViews } from '#lib/api/types.gen.ts';
import { m } from '#lib/paraglide/messages.js';
import { toasts } from '#lib/parts/toasts.svelte.ts';
import { toAddress, toQuery, type Filters } from './filters.ts';

class CaseSearch {
  rows = $state.raw<FoundCase[]>([]);
  next = $state<string | null>(null);
  state = $state<'loading' | 'ready' | 'error'>('loading');
  busy = $state(false);
  error = $state('');
  facets = $state.raw<CaseFacets | undefined>();
  views = $state.raw<SavedView[]>([]);
  /** Names of handlers that were chosen here. */
  people = $state<Record<string, string>>({});
  #asked: string | undefined;
  #filters: Filters | undefined;
  #abort: AbortController | undefined;

  /** The same question keeps its rows while it is asked again. */
  ask(filters: Filters): void {
    const address = toAddress(filters);
    if (address !== this.#asked) {
      this.rows = [];
      this.next = null;
      this.state = 'loading';
    }
    this.#asked = address;
    this.#filters = filters;
    void this.refresh();
  }

  async refresh(): Promise<void> {
    await this.#read(null);
  }

  async more(): Promise<void> {
    if (this.next !== null && !this.busy) await this.#read(this.next);
  }

  /** Once; a fault leaves the filters without their choices, and the list says what is wrong. */
  async prepare(): Promise<void> {
    try {
      this.facets ??= await api.get<CaseFacets>('/api/cases/facets');
      this.views = (await api.get<SavedViews>('/api/cases/views')).items;
    } catch (error) {
      toasts.show(problemText(error), { tone: 'danger' });
    }
  }

  async save(name: string, query: string): Promise<boolean> {
    return this.#change(m.search_saved({ name }), () => api.send('PUT', '/api/cases/views', { name, query }));
  }

  async forget(view: SavedView): Promise<boolean> {
    return this.#change(m.search_deleted(), () => api.send('DELETE', `/api/cases/views/${view.id}`));
  }

  /** The one person of that name; says so when there is none, or several. */
  async personNamed(name: string): Promise<string> {
    const { items } = await api.get<PersonPage>('/api/people', { q: name });
    const exact = items.filter((person) => person.name === name);
    const [person, other] = exact.length > 0 ? exact : items;
    if (person === undefined || other !== undefined) {
      toasts.show(m.search_unknown_person({ name }), { tone: 'warn' });
      return '';
    }
    this.people[person.id] = person.name;
    return person.id;
  }

  /** The name of a handler: chosen here, or read off the rows. */
  personName(id: string): string {
    const holders = this.rows.flatMap((row) => row.case.holders);
    return this.people[id] ?? holders.find((holder) => holder.id === id)?.name ?? '…';
  }

  async #read(cursor: string | null): Promise<void> {
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.busy = true;
    try {
      const query = { ...toQuery(this.#filters ?? ({} as Filters)), cursor: cursor ?? undefined };
      const page = await api.get<FoundCasePage>('/api/cases/search', query, abort.signal);
      this.rows = cursor === null ? page.items : [...this.rows, ...page.items];
      this.next = page.next;
      this.state = 'ready';
    } catch (error) {
      if (abort.signal.aborted) return;
      this.state = 'error';
      this.error = problemText(error);
    } finally {
      if (this.#abort === abort) this.busy = false;
    }
  }

  async #change(said: string, act: () => Promise<unknown>): Promise<boolean> {
    try {
      await act();
      this.views = (await api.get<SavedViews>('/api/cases/views')).items;
      toasts.show(said, { tone: 'accent' });
      return true;
    } catch (error) {
      toasts.show(problemText(error), { tone: 'danger' });
      return false;
    }
  }
}

export const caseSearch = new CaseSearch();
