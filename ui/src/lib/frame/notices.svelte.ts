// The notifications of the asking person, newest first: a page at a time, kept fresh by hints.
import { api } from '#lib/api/client.ts';
import { problemText } from '#lib/api/errors.ts';
import { touchesNotifications } from '#lib/api/hint.ts';
import { live } from '#lib/api/live.svelte.ts';
import type { Notification, NotificationPage } from '#lib/api/types.gen.ts';
import { counts } from '#lib/inbox/counts.svelte.ts';
import { nowIso } from '#lib/time/format.ts';
import { upsertById } from '#lib/upsert.ts';

export class Notices {
  items = $state.raw<Notification[]>([]);
  next = $state<string | null>(null);
  state = $state<'loading' | 'ready' | 'error'>('loading');
  error = $state('');

  /** Reads the first page and follows; returns what ends it. */
  watch(): () => void {
    void this.reload();
    return live.on((hint) => {
      if (touchesNotifications(hint)) void this.reload();
    });
  }

  async reload(): Promise<void> {
    await this.#guard(async () => {
      const page = await api.get<NotificationPage>('/api/notifications');
      const older = this.items.filter((item) => !page.items.some((fresh) => fresh.id === item.id));
      const last = page.items.at(-1);
      // Ids are ordered by time: what is newer than the page's last and not on it is gone.
      this.items = [...page.items, ...older.filter((item) => last !== undefined && item.id < last.id)];
      if (this.items.length === page.items.length) this.next = page.next;
    });
  }

  async more(): Promise<void> {
    const cursor = this.next;
    if (cursor === null) return;
    await this.#guard(async () => {
      const page = await api.get<NotificationPage>('/api/notifications', { cursor });
      this.items = upsertById(this.items, page.items);
      this.next = page.next;
    });
  }

  /** Marks one as read, or all. */
  async read(id?: string): Promise<void> {
    await this.#guard(async () => {
      await api.send('POST', id === undefined ? '/api/notifications/read' : `/api/notifications/${id}/read`);
      const at = nowIso();
      this.items = this.items.map((item) =>
        id === undefined || item.id === id ? { ...item, readAt: item.readAt ?? at } : item,
      );
      counts.refreshUnread();
    });
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
