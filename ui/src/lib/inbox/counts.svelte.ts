// The numbers at the views and the bell: read once, re-read shortly after a hint. They come from the same query as the lists.
import { api } from '#lib/api/client.ts';
import { touchesNotifications, touchesTasks } from '#lib/api/hint.ts';
import { live } from '#lib/api/live.svelte.ts';
import { ApiProblem } from '#lib/api/problem.ts';
import { session } from '#lib/api/session.svelte.ts';
import type { NotificationCounts, TaskCounts } from '#lib/api/types.gen.ts';

const SETTLE_MS = 250;

class Counts {
  tasks = $state<TaskCounts | undefined>();
  unread = $state(0);
  #timers = new Map<string, ReturnType<typeof setTimeout>>();

  /** Reads both and keeps them fresh; returns what ends it. */
  watch(): () => void {
    this.refreshTasks();
    this.refreshUnread();
    const off = live.on((hint) => {
      if (touchesTasks(hint)) this.refreshTasks();
      // What asked for a task asks no more once it is over.
      if (touchesNotifications(hint) || touchesTasks(hint)) this.refreshUnread();
    });
    return () => {
      off();
      for (const timer of this.#timers.values()) clearTimeout(timer);
    };
  }

  refreshTasks(): void {
    this.#soon('tasks', async () => {
      this.tasks = await api.get<TaskCounts>('/api/tasks/counts', { community: session.communityId });
    });
  }

  refreshUnread(): void {
    this.#soon('unread', async () => {
      this.unread = (await api.get<NotificationCounts>('/api/notifications/counts')).unread;
    });
  }

  /** Several hints in a moment are one reading. A fault leaves the old numbers: the lists say what is wrong. */
  #soon(name: string, read: () => Promise<void>): void {
    clearTimeout(this.#timers.get(name));
    const run = (): void => {
      read().catch((error: unknown) => {
        if (!(error instanceof ApiProblem)) throw error;
      });
    };
    this.#timers.set(name, setTimeout(run, SETTLE_MS));
  }
}

export const counts = new Counts();
