// The discussion of a case, oldest first: the latest come with the case, older ones page by page when they are asked for.
import { api } from '#lib/api/client.ts';
import { problemText } from '#lib/api/errors.ts';
import type { CaseDetail, CommentItem, CommentPage } from '#lib/api/types.gen.ts';
import { toasts } from '#lib/parts/toasts.svelte.ts';
import { upsertById } from '#lib/upsert.ts';

export class Discussion {
  comments = $state.raw<CommentItem[]>([]);
  /** Where the older ones begin; null: there are none. */
  older = $state<string | null>(null);
  busy = $state(false);
  readonly #path: string;

  constructor(casePath: string) {
    this.#path = `${casePath}/comments`;
  }

  /** What was loaded before stays, unless so many were said since that the two do not meet. */
  take({ comments, olderComments }: Pick<CaseDetail, 'comments' | 'olderComments'>): void {
    const last = this.comments.at(-1)?.id;
    if (last !== undefined && comments.some(({ id }) => id === last)) {
      this.comments = upsertById(this.comments, comments);
    } else {
      this.comments = comments;
      this.older = olderComments;
    }
  }

  async more(): Promise<void> {
    if (this.older === null || this.busy) return;
    this.busy = true;
    try {
      const page = await api.get<CommentPage>(this.#path, { cursor: this.older });
      this.comments = upsertById(page.items.toReversed(), this.comments);
      this.older = page.next;
    } catch (error) {
      toasts.show(problemText(error), { tone: 'danger' });
    } finally {
      this.busy = false;
    }
  }
}
