// People by part of a name, a moment after the last letter; an answer that comes late is dropped. Where they are few (a scope), all before
// the first letter.
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
  readonly #scope: Record<string, string> | undefined;

  /** `scope`: more of the query, so that only those are found who come into question. */
  constructor(scope?: Record<string, string>) {
    this.#scope = scope;
  }

  ask(query: string): void {
    this.query = query;
    clearTimeout(this.#timer);
    this.#abort?.abort();
    this.#timer = setTimeout(() => void this.#read(query.trim()), SETTLE_MS);
  }

  /** Back to where nothing was asked: somebody was found. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#abort?.abort();
    this.query = '';
    this.items = [];
    this.asked = false;
    this.busy = false;
  }

  /** `among`: how many of those found are shown. */
  move(by: 1 | -1, among: number): void {
    if (among > 0) this.at = (Math.min(this.at, among - 1) + by + among) % among;
  }

  async #read(query: string): Promise<void> {
    if (query === '' && !this.#scope) {
      this.items = [];
      this.asked = false;
      return;
    }
    const abort = new AbortController();
    this.#abort = abort;
    this.busy = true;
    try {
      const page = await api.get<PersonPage>(
        '/api/people',
        { ...this.#scope, ...(query === '' ? {} : { q: query }) },
        abort.signal,
      );
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
