// The task list of one view: pages, re-reading on hints, what waits above, which row the keys are on.
// It outlives the page, so that coming back finds the same rows at the same place.
import { api } from '#lib/api/client.ts';
import { problemText } from '#lib/api/errors.ts';
import type { TaskItem, TaskPage, TaskView } from '#lib/api/types.gen.ts';
import { removeById, upsertById } from '#lib/upsert.ts';
import { settle, type GroupBy } from './list.ts';

const SETTLE_MS = 200;
/** A re-reading covers what is on screen, but never more than this many pages. */
const MAX_PAGES = 4;

/** The focus goes to a row of the list, so that Tab and Enter go on from there. */
export function focusRow(id: string): void {
  const row = document.querySelector<HTMLElement>(`[data-row="${CSS.escape(id)}"]`);
  row?.scrollIntoView({ block: 'nearest' });
  row?.focus({ preventScroll: true });
}

class Inbox {
  view = $state<TaskView>('mine');
  rows = $state.raw<TaskItem[]>([]);
  next = $state<string | null>(null);
  state = $state<'loading' | 'ready' | 'error'>('loading');
  loadingMore = $state(false);
  error = $state('');
  waiting = $state(0);
  /** The row the keys are on. */
  focusId = $state<string | undefined>();
  groupBy = $state<GroupBy>('none');
  #community = '';
  #timer: ReturnType<typeof setTimeout> | undefined;
  #reading = 0;

  /** Shows a view from its first page; the same view again keeps its rows and reads them afresh. */
  open(view: TaskView, community: string): void {
    if (view === this.view && community === this.#community && this.state !== 'loading') {
      this.refreshSoon();
      return;
    }
    this.view = view;
    this.#community = community;
    this.rows = [];
    this.next = null;
    this.waiting = 0;
    this.focusId = undefined;
    this.state = 'loading';
    void this.refresh();
  }

  /** After a hint: several in a moment are one reading. */
  refreshSoon(keepId?: string): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.refresh(keepId), SETTLE_MS);
  }

  async refresh(keepId?: string): Promise<void> {
    await this.#guard(async (isCurrent) => {
      const { fresh, next } = await this.#readAgain();
      if (!isCurrent()) return;
      const { rows, waiting } = settle(this.rows, fresh, next === null, keepId);
      if (this.rows.length <= fresh.length) this.next = next;
      this.rows = rows;
      this.waiting = waiting;
    });
  }

  /** Lets the waiting rows in: the list starts again from its top. */
  async admit(): Promise<void> {
    await this.#guard(async (isCurrent) => {
      const page = await this.#page(null);
      if (!isCurrent()) return;
      this.rows = page.items;
      this.next = page.next;
      this.waiting = 0;
    });
  }

  async more(): Promise<void> {
    if (this.next === null || this.loadingMore) return;
    this.loadingMore = true;
    await this.#guard(async (isCurrent) => {
      const page = await this.#page(this.next);
      if (!isCurrent()) return;
      this.rows = upsertById(this.rows, page.items);
      this.next = page.next;
    });
    this.loadingMore = false;
  }

  /** What we know before the server says it: a decided task leaves, a pending one says so. */
  mark(id: string, change: Partial<TaskItem>): void {
    this.rows = this.rows.map((row) => (row.id === id ? { ...row, ...change } : row));
  }

  drop(id: string): void {
    this.rows = removeById(this.rows, id);
  }

  async #readAgain(): Promise<{ fresh: TaskItem[]; next: string | null }> {
    const wanted = this.rows.length;
    let { items: fresh, next } = await this.#page(null);
    for (let pages = 1; next !== null && fresh.length < wanted && pages < MAX_PAGES; pages++) {
      const page = await this.#page(next);
      fresh = upsertById(fresh, page.items);
      next = page.next;
    }
    return { fresh, next };
  }

  #page(cursor: string | null): Promise<TaskPage> {
    return api.get<TaskPage>('/api/tasks', {
      view: this.view,
      community: this.#community === '' ? undefined : this.#community,
      cursor: cursor ?? undefined,
    });
  }

  /** Runs one reading; an older one that comes back late changes nothing. An error keeps the rows. */
  async #guard(act: (isCurrent: () => boolean) => Promise<void>): Promise<void> {
    const number = ++this.#reading;
    const isCurrent = (): boolean => number === this.#reading;
    try {
      await act(isCurrent);
      if (isCurrent()) this.state = 'ready';
    } catch (error) {
      if (!isCurrent()) return;
      this.state = 'error';
      this.error = problemText(error);
    }
  }
}

export const inbox = new Inbox();
