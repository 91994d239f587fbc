// What the screen of an opened task adds to the work: the tab, the open dialog, the form's own check, keys, toasts.
import { CaseWork } from '#lib/case/case.svelte.ts';
import { localText } from '#lib/i18n/locale.ts';
import type { Bindings } from '#lib/keys/keys.svelte.ts';
import { m } from '#lib/paraglide/messages.js';
import { toasts } from '#lib/parts/toasts.svelte.ts';
import type { Action } from '#lib/api/types.gen.ts';
import { TaskWork } from './task.svelte.ts';

export type TaskTab = 'form' | 'flow' | 'record' | 'talk' | 'files';
export type TaskDialog = 'return' | 'transfer' | 'release';

export class TaskDesk {
  readonly work: TaskWork;
  tab = $state<TaskTab>('form');
  dialog = $state<TaskDialog | undefined>();
  /** The mounted form's check; nothing to check while the form is not shown. */
  check: (() => boolean) | undefined;
  talk = $state<CaseWork | undefined>();
  #ondecided: (pending: boolean) => void;

  constructor(id: string, ondecided: (pending: boolean) => void) {
    this.work = new TaskWork(id);
    this.#ondecided = ondecided;
  }

  /** Opens the confirm bar of an action; a press of A or R never decides by itself. */
  choose(action: Action): void {
    if (!this.work.editable || this.work.busy) return;
    this.tab = 'form';
    this.work.error = '';
    this.work.intent = { kind: 'action', action };
  }

  async confirm(): Promise<void> {
    const { intent } = this.work;
    if (intent?.kind !== 'action' || this.work.busy || !this.mayConfirm) return;
    if (this.check && !this.check()) {
      this.work.error = m.errors_invalid_request();
      return;
    }
    const label = localText(intent.action.label);
    if (await this.work.complete(intent.action)) this.#finish(m.act_done_toast({ label }));
  }

  get mayConfirm(): boolean {
    const { intent, comment } = this.work;
    return intent?.kind === 'action' && (intent.action.comment !== 'required' || comment.trim() !== '');
  }

  async claim(): Promise<void> {
    if (await this.work.claim()) toasts.show(m.act_claimed(), { tone: 'accent' });
  }

  async release(reason: string): Promise<void> {
    if (!(await this.work.release(reason))) return;
    this.dialog = undefined;
    toasts.show(m.act_released(), { tone: 'accent' });
  }

  async transfer(person: { id: string; name: string }, note: string): Promise<void> {
    if (!(await this.work.transfer(person.id, note))) return;
    this.dialog = undefined;
    this.#finish(m.act_transferred({ name: person.name }));
  }

  async returnTo(
    target: { step: string; title: string },
    mode: 'redo' | 'straightBack',
    reason: string,
  ): Promise<void> {
    if (!(await this.work.returnTo(target.step, mode, reason))) return;
    this.dialog = undefined;
    this.#finish(m.act_returned({ step: target.title }));
  }

  openTalk(): void {
    const { detail } = this.work;
    this.tab = 'talk';
    if (!detail || this.talk) return;
    this.talk = new CaseWork(detail.task.caseId);
    void this.talk.load();
  }

  keys(): Bindings {
    const { detail, intent } = this.work;
    if (!detail) return {};
    if (intent) return { 'Mod+Enter': () => void this.confirm(), Escape: () => (this.work.intent = undefined) };
    return {
      c: () => {
        this.openTalk();
      },
      ...this.#claimKeys(),
      ...(this.work.editable ? this.#decisionKeys(detail.actions) : {}),
    };
  }

  #claimKeys(): Bindings {
    return this.work.detail?.allow.claim === true ? { l: () => void this.claim() } : {};
  }

  #decisionKeys(actions: Action[]): Bindings {
    const approve = actions.find((action) => action.intent === 'primary') ?? actions[0];
    const reject = actions.find((action) => action.intent === 'danger');
    const allow = this.work.detail?.allow;
    return {
      ...(approve
        ? {
            a: () => {
              this.choose(approve);
            },
          }
        : {}),
      ...(reject
        ? {
            r: () => {
              this.choose(reject);
            },
          }
        : {}),
      ...(allow?.return === true ? { b: () => (this.dialog = 'return') } : {}),
      ...(allow?.transfer === true ? { t: () => (this.dialog = 'transfer') } : {}),
    };
  }

  #finish(text: string): void {
    const { detail, pending } = this.work;
    const caseId = detail?.task.caseId;
    toasts.show(pending ? m.detail_queued() : text, {
      tone: 'accent',
      ...(caseId === undefined
        ? {}
        : {
            action: {
              label: m.act_view_case(),
              run: () => {
                location.assign(`/cases/${caseId}`);
              },
            },
          }),
    });
    this.#ondecided(pending);
  }
}
