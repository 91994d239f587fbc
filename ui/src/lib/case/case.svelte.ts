// One case as a reader sees it: its record, way, log and discussion, and what one may do with it.
import { api, newKey } from '#lib/api/client.ts';
import { problemText } from '#lib/api/errors.ts';
import { isProblem } from '#lib/api/problem.ts';
import type { CaseDetail } from '#lib/api/types.gen.ts';
import { m } from '#lib/paraglide/messages.js';
import { toasts } from '#lib/parts/toasts.svelte.ts';
import { Discussion } from './discussion.svelte.ts';

export class CaseWork {
  readonly id: string;
  state = $state<'loading' | 'ready' | 'error' | 'missing'>('loading');
  error = $state('');
  detail = $state.raw<CaseDetail | undefined>();
  /** What is being written in the discussion. */
  text = $state('');
  busy = $state(false);
  readonly talk: Discussion;
  #key = newKey();

  constructor(id: string) {
    this.id = id;
    this.talk = new Discussion(this.path);
  }

  get path(): string {
    return `/api/cases/${this.id}`;
  }

  async load(): Promise<void> {
    try {
      this.detail = await api.get<CaseDetail>(this.path);
      this.talk.take(this.detail);
      this.state = 'ready';
    } catch (error) {
      this.error = problemText(error);
      if (this.detail) return;
      this.state = isProblem(error) && error.status === 404 ? 'missing' : 'error';
    }
  }

  async say(): Promise<void> {
    const body = this.text.trim();
    if (body === '' || this.busy) return;
    if (await this.#act('comment', { body })) this.text = '';
  }

  async withdraw(comment: string): Promise<boolean> {
    const done = await this.#act('withdraw', { comment });
    if (done) toasts.show(m.act_withdrawn(), { tone: 'accent' });
    return done;
  }

  async urge(): Promise<void> {
    if (await this.#act('urge', {})) toasts.show(m.act_urged(), { tone: 'accent' });
  }

  async retry(incident: number): Promise<void> {
    if (await this.#act('retry', { incident })) toasts.show(m.case_retried(), { tone: 'accent' });
  }

  /** The key stays until an answer came: a second press after a fault is the same act. */
  async #act(verb: string, body: object): Promise<boolean> {
    this.busy = true;
    try {
      await api.command(`${this.path}/${verb}`, body, { key: this.#key });
      this.#key = newKey();
      await this.load();
      return true;
    } catch (error) {
      if (isProblem(error) && !error.isPassing) this.#key = newKey();
      toasts.show(problemText(error), { tone: 'danger' });
      return false;
    } finally {
      this.busy = false;
    }
  }
}
