// What the screen of an opened task adds to the work: the tab, the open dialog, the form's own check, keys, toasts.
import { tick } from 'svelte';
import { CaseWork } from '#lib/case/case.svelte.ts';
import type { FormChecks } from '#lib/form/checks.ts';
import type { Bindings } from '#lib/keys/keys.svelte.ts';
import { m } from '#lib/paraglide/messages.js';
import { toasts } from '#lib/parts/toasts.svelte.ts';
import { clock } from '#lib/time/clock.svelte.ts';
import { dateTime } from '#lib/time/format.ts';
import type { Action, WaitingParty } from '#lib/api/types.gen.ts';
import { aboutCase, doneText } from './done-text.ts';
import type { Decided } from './next.ts';
import { takeBack, tellDecided } from './take-back.ts';
import { TaskWork } from './task.svelte.ts';

export type TaskTab = 'form' | 'flow' | 'record' | 'talk' | 'files';
export type TaskDialog =
  'return' | 'transfer' | 'delegate' | 'addSigners' | 'removeSigners' | 'release' | 'pause' | 'ask';

/** Nothing but a press is needed to send the others. */
function needsQuestion({ intent, comment }: Action): boolean {
  return intent === 'danger' || comment === 'required';
}

interface Named {
  id: string;
  name: string;
}
const namesOf = (persons: Named[]): string => persons.map(({ name }) => name).join(m.common_list_separator());

export class TaskDesk {
  readonly work: TaskWork;
  tab = $state<TaskTab>('form');
  dialog = $state<TaskDialog | undefined>();
  /** The mounted form; nothing to check while it is not shown. */
  form: FormChecks | undefined;
  /** The confirm bar of the chosen action is open. */
  asking = $state(false);
  /** Photos that a submission waits for. */
  waiting = $state(0);
  talk = $state<CaseWork | undefined>();
  #ondecided: (decided: Decided, pending: boolean) => void;

  constructor(id: string, ondecided: (decided: Decided, pending: boolean) => void) {
    this.work = new TaskWork(id);
    this.#ondecided = ondecided;
  }

  /**
   * A button was pressed. What destroys, and what wants a reason, is asked for once more; anything else happens at once. Fields that
   * are missing are told at the first press.
   */
  async press(action: Action): Promise<void> {
    if (!(await this.#begin(action))) return;
    if (needsQuestion(action)) this.asking = true;
    else await this.#send(action);
  }

  /** A single key never decides: it opens the confirm bar. */
  async ask(action: Action): Promise<void> {
    if (await this.#begin(action)) this.asking = true;
  }

  cancel(): void {
    this.asking = false;
    this.work.intent = undefined;
    this.work.error = '';
  }

  async confirm(): Promise<void> {
    const { intent } = this.work;
    if (intent?.kind !== 'action' || this.work.busy || this.waiting > 0 || !this.mayConfirm) return;
    await this.#send(intent.action);
  }

  /** Takes the action's own permissions and looks at the form with them. */
  async #begin(action: Action): Promise<boolean> {
    if (!this.work.editable || this.work.busy || this.waiting > 0) return false;
    this.tab = 'form';
    this.work.error = '';
    this.work.intent = { kind: 'action', action };
    await tick();
    if (this.form?.validate() !== false) return true;
    this.work.error = m.errors_invalid_request();
    return false;
  }

  /** Photos on their way are waited for. */
  async #send(action: Action): Promise<void> {
    this.waiting = this.form?.uploading() ?? 0;
    const ready = (await this.form?.settled()) ?? true;
    this.waiting = 0;
    if (!ready) {
      this.work.error = m.errors_invalid_request();
      return;
    }
    if (!(await this.work.complete(action))) return;
    this.asking = false;
    this.#finishDecision(doneText(action.label));
  }

  get mayConfirm(): boolean {
    const { intent, comment } = this.work;
    if (intent?.kind !== 'action' || !this.work.chosen.isWhole(intent.action.choices)) return false;
    return intent.action.comment !== 'required' || comment.trim() !== '';
  }

  async askColleagues(people: Named[], body: string): Promise<void> {
    const persons = people.map(({ id }) => id);
    if (!(await this.work.ask(persons, body))) return;
    this.dialog = undefined;
    toasts.show(m.ask_done(), { tone: 'accent' });
  }

  async claim(): Promise<void> {
    if (await this.work.claim()) toasts.show(m.act_claimed(), { tone: 'accent' });
  }

  async release(reason: string): Promise<void> {
    if (!(await this.work.release(reason))) return;
    this.dialog = undefined;
    toasts.show(m.act_released(), { tone: 'accent' });
  }

  async pause(until: string, reason: string, waitingFor: WaitingParty): Promise<void> {
    if (!(await this.work.pause(until, reason, waitingFor))) return;
    this.dialog = undefined;
    toasts.show(m.pause_done({ at: dateTime(until, clock.now) }), { tone: 'accent' });
  }

  async resume(): Promise<void> {
    if (await this.work.resume()) toasts.show(m.pause_resumed(), { tone: 'accent' });
  }

  async handOn(act: 'transfer' | 'delegate', { id, name }: Named, note: string): Promise<void> {
    if (!(await this.work.handOn(act, id, note))) return;
    this.dialog = undefined;
    this.#finish(act === 'transfer' ? m.act_transferred({ name }) : m.act_delegated({ name }));
  }

  async addSigners(persons: Named[], where: 'before' | 'after', note: string): Promise<void> {
    const ids = persons.map(({ id }) => id);
    if (!(await this.work.addSigners(ids, where, note))) return;
    this.dialog = undefined;
    const text = m.act_signers_added({ names: namesOf(persons) });
    if (where === 'before') this.#finish(text);
    else toasts.show(text, { tone: 'accent' });
  }

  /** Whoever leaves oneself out is done with it. */
  async removeSigners(persons: Named[]): Promise<void> {
    if (!(await this.work.removeSigners(persons.map(({ id }) => id)))) return;
    this.dialog = undefined;
    const text = m.act_signers_removed({ names: namesOf(persons) });
    if (this.work.detail?.task.state === 'open') toasts.show(text, { tone: 'accent' });
    else this.#finish(text);
  }

  async takeBack(): Promise<void> {
    this.work.busy = true;
    const isBack = await takeBack(this.work.id);
    this.work.busy = false;
    if (!isBack) await this.work.refresh();
  }

  async returnTo(
    target: { step: string; items: string[]; title: string },
    mode: 'redo' | 'straightBack',
    reason: string,
  ): Promise<void> {
    if (!(await this.work.returnTo(target, mode, reason))) return;
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
    const { detail } = this.work;
    if (!detail) return {};
    if (this.asking)
      return {
        'Mod+Enter': () => void this.confirm(),
        Escape: () => {
          this.cancel();
        },
      };
    return {
      c: () => {
        this.openTalk();
      },
      ...this.#claimKeys(),
      ...(detail.allow.takeBack && !this.work.busy ? { z: () => void this.takeBack() } : {}),
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
            a: () => void this.ask(approve),
            'Mod+Enter': () => void this.press(approve),
          }
        : {}),
      ...(reject
        ? {
            r: () => void this.ask(reject),
          }
        : {}),
      ...(allow?.return === true ? { b: () => (this.dialog = 'return') } : {}),
      ...(allow?.transfer === true ? { t: () => (this.dialog = 'transfer') } : {}),
    };
  }

  #finish(text: string): void {
    this.#tell((viewing) => {
      toasts.show(this.work.pending ? m.detail_queued() : aboutCase(text, this.work.detail?.task), {
        tone: 'accent',
        action: viewing,
      });
    });
  }

  /** A decision can be taken back for a while, unless it is still on its way. */
  #finishDecision(text: string): void {
    if (this.work.pending) this.#finish(text);
    else
      this.#tell((viewing) => {
        void tellDecided(this.work.id, aboutCase(text, this.work.detail?.task), viewing);
      });
  }

  #tell(tell: (viewing: { label: string; run: () => void }) => void): void {
    const caseId = this.work.detail?.task.caseId ?? '';
    tell({
      label: m.act_view_case(),
      run: () => {
        location.assign(`/cases/${caseId}`);
      },
    });
    this.#ondecided({ id: this.work.id, caseId, opened: this.work.opened }, this.work.pending);
  }
}
