// One opened task: what was read, what the person is writing, and what became of it. The screen only shows this.
// Text is never thrown away: a lost race or a closed task makes the page read-only and keeps what was written.
import { api, newKey, type Answer } from '#lib/api/client.ts';
import { problemText, winnerOf } from '#lib/api/errors.ts';
import { isProblem, type ApiProblem } from '#lib/api/problem.ts';
import type { Access, Action, ActResult, ProblemPath, TaskDetail, WaitingParty } from '#lib/api/types.gen.ts';
import { Prepare } from '#lib/form/prepare.svelte.ts';
import { proposals } from '#lib/form/prepared.ts';
import { ChosenPeople } from '#lib/people/choices.svelte.ts';
import { nowIso } from '#lib/time/format.ts';
import { DraftSaver, type DraftState } from './draft.ts';
import { formOf, conflictsOf, formErrors, preparing, proposed, writable, type FieldConflict } from './fields.ts';

/** What a person is about to do and has not confirmed. */
export type Intent = { kind: 'action'; action: Action } | { kind: 'comment' };

interface DraftValue {
  fields: Record<string, unknown>;
  comment: string;
}

const LOST = new Set(['task_closed', 'task_taken', 'assignment_changed', 'not_yours', 'case_closed']);
/** After this the page says that it is queued. */
const SLOW_MS = 10_000;

function noteOf(text: string): { comment?: string } {
  const comment = text.trim();
  return comment === '' ? {} : { comment };
}

export class TaskWork {
  readonly id: string;
  state = $state<'loading' | 'ready' | 'error' | 'missing'>('loading');
  error = $state('');
  detail = $state.raw<TaskDetail | undefined>();
  fields = $state<Record<string, unknown>>({});
  /** Names of the ids in the values; pickers add to it. */
  labels = $state.raw<Record<string, string>>({});
  comment = $state('');
  /** For later steps. */
  readonly chosen = new ChosenPeople();
  errors = $state.raw<ProblemPath[]>([]);
  #intent = $state.raw<Intent | undefined>();
  busy = $state(false);
  slow = $state(false);
  /** The server keeps the command and will finish it (202). */
  pending = $state(false);
  /** Somebody else was first: who, or that the task is simply gone. */
  lostTo = $state<string | undefined>();
  conflicts = $state.raw<FieldConflict[]>([]);
  draftState = $state<DraftState>('clean');
  draftAt = $state<string | undefined>();
  /** A decision was made here: leaving needs no draft. */
  decided = $state(false);
  /** The tasks that the last act opened, of anybody. */
  opened: string[] = [];
  /** What could be written here, kept for when it no longer can. */
  #writable = $state.raw<Record<string, Access>>({});
  /** What the act that is likely taken would set and refuse by itself. */
  readonly prepare = new Prepare((answer, before) => {
    this.labels = { ...this.labels, ...answer.labels };
    Object.assign(this.fields, proposals(this.fields, { set: answer.set, before: before.set }, this.permissions));
  });
  #drafts: DraftSaver<DraftValue>;
  #key = newKey();

  constructor(id: string) {
    this.id = id;
    this.#drafts = new DraftSaver<DraftValue>({
      save: (value) => this.#saveDraft(value),
      onstate: (state) => {
        this.draftState = state;
      },
    });
  }

  get path(): string {
    return `/api/tasks/${encodeURIComponent(this.id)}`;
  }

  /** The person may write and decide now. */
  get editable(): boolean {
    return this.detail?.mine === true && this.isOpen;
  }

  /** Something can still be done with it here. */
  get isOpen(): boolean {
    return this.detail?.task.state === 'open' && !this.pending && this.lostTo === undefined;
  }

  /** The permissions of the action about to be taken, else the step's own. */
  get permissions(): Record<string, Access> {
    const special = this.intent?.kind === 'action' ? this.intent.action.permissions : null;
    return special ?? this.detail?.permissions ?? {};
  }

  get intent(): Intent | undefined {
    return this.#intent;
  }
  set intent(intent: Intent | undefined) {
    this.#intent = intent;
    this.#prepareSoon(0);
  }

  async load(): Promise<void> {
    try {
      this.#take(await api.get<TaskDetail>(this.path));
      this.state = 'ready';
    } catch (error) {
      this.error = problemText(error);
      this.state = isProblem(error) && error.status === 404 ? 'missing' : 'error';
    }
  }

  /** After a hint. What the person writes stays; only what the server says around it changes. */
  async refresh(): Promise<void> {
    if (this.busy) return;
    try {
      this.#hear(await api.get<TaskDetail>(this.path));
    } catch (error) {
      if (isProblem(error) && error.status === 404) this.lostTo = '';
    }
  }

  /** The values of the fields that the person could write. */
  get written(): Record<string, unknown> {
    return writable(this.fields, this.#writable);
  }

  get hasText(): boolean {
    return this.draftState !== 'clean' || this.comment !== '';
  }

  /** The form or the comment changed. */
  touched(): void {
    if (!this.editable) return;
    this.#drafts.change({ fields: $state.snapshot(this.fields), comment: this.comment });
    this.#prepareSoon();
  }

  leave(): Promise<void> {
    this.prepare.stop();
    return this.decided ? Promise.resolve() : this.#drafts.flush();
  }

  saveNow(): void {
    void this.#drafts.flush();
  }

  /** @returns true when it was accepted (done or pending) */
  complete(action: Action): Promise<boolean> {
    return this.#act('complete', {
      outcome: action.outcome,
      fields: writable($state.snapshot(this.fields), this.permissions),
      ...this.chosen.body(action.choices),
      ...noteOf(this.comment),
      assignment: this.detail?.assignment ?? 0,
      version: this.detail?.version ?? 0,
      deviceAt: nowIso(),
    });
  }

  /** `items`: of a step in items, which; empty for any other. */
  returnTo(
    { step: to, items }: { step: string; items: string[] },
    mode: 'redo' | 'straightBack',
    comment: string,
  ): Promise<boolean> {
    const which = items.length > 0 ? { items } : {};
    return this.#act('return', { to, ...which, mode, comment, assignment: this.detail?.assignment ?? 0 });
  }

  handOn(act: 'transfer' | 'delegate', to: string, comment: string): Promise<boolean> {
    return this.#act(act, { to, ...noteOf(comment), assignment: this.detail?.assignment ?? 0 });
  }

  /** Before oneself the task closes, and another comes when they have decided; after oneself it stays. */
  addSigners(persons: string[], where: 'before' | 'after', comment: string): Promise<boolean> {
    const body = { persons, where, ...noteOf(comment) };
    if (where === 'after') return this.#keep('add-signers', body);
    return this.#act('add-signers', { ...body, assignment: this.detail?.assignment ?? 0 });
  }

  ask(persons: string[], body: string): Promise<boolean> {
    return this.#keep('ask', { persons, body });
  }

  removeSigners(persons: string[]): Promise<boolean> {
    return this.#keep('remove-signers', { persons });
  }

  async claim(): Promise<boolean> {
    return this.#stay(await this.#act('claim', { assignment: this.detail?.assignment ?? 0 }, false));
  }

  async release(comment: string): Promise<boolean> {
    return this.#stay(await this.#act('release', { comment, assignment: this.detail?.assignment ?? 0 }, false));
  }

  pause(until: string, reason: string, waitingFor: WaitingParty): Promise<boolean> {
    return this.#keep('pause', { until, reason, waitingFor });
  }
  resume(): Promise<boolean> {
    return this.#keep('resume', {});
  }

  /** Acts after which the task stays, and what was written in it. */
  async #keep(verb: string, body: object): Promise<boolean> {
    const accepted = await this.#act(verb, { ...body, assignment: this.detail?.assignment ?? 0 }, false);
    this.pending = false;
    if (accepted) await this.refresh();
    return accepted;
  }

  /** Takes the chosen values over and forgets the clash; the person submits again. */
  resolve(conflict: FieldConflict, keep: 'mine' | 'theirs'): void {
    if (keep === 'theirs') this.fields[conflict.field] = conflict.theirs;
    this.conflicts = this.conflicts.filter((other) => other.field !== conflict.field);
  }

  #take(read: TaskDetail): void {
    const detail = { ...read, form: formOf(read) };
    this.detail = detail;
    this.labels = detail.labels;
    this.#writable = this.#draftable();
    this.fields = { ...detail.fields, ...proposed(detail), ...(detail.mine ? detail.draft?.fields : undefined) };
    this.comment = detail.draft?.comment ?? '';
    this.draftAt = detail.draft?.updatedAt;
    this.draftState = detail.draft ? 'saved' : 'clean';
    this.pending = detail.task.state === 'completing';
    this.#prepareSoon(0);
  }

  #prepareSoon(delayMs?: number): void {
    if (this.busy || this.decided) return;
    const action = this.editable ? preparing(this.detail?.actions ?? [], this.#intent) : undefined;
    if (!action) {
      this.prepare.clear();
      return;
    }
    const fields = writable($state.snapshot(this.fields), this.permissions);
    this.prepare.ask({ path: `${this.path}/prepare`, body: { outcome: action.outcome, fields } }, delayMs);
  }

  #hear(detail: TaskDetail): void {
    const before = this.detail;
    if (before?.mine === true && !detail.mine) this.#lose(detail);
    if (detail.task.state !== 'completing') this.pending = false;
    // The version stays the one that was read when writing began: the server compares with it.
    this.detail = before && detail.mine ? { ...detail, version: before.version } : detail;
    if (!detail.mine && !this.hasText) this.fields = { ...detail.fields };
  }

  #lose(detail: TaskDetail): void {
    if (!this.decided) this.lostTo = detail.task.holder?.name ?? '';
  }

  async #saveDraft(value: DraftValue): Promise<void> {
    const comment = value.comment === '' ? null : value.comment;
    const fields = writable(value.fields, this.#draftable());
    await api.send('PUT', `${this.path}/draft`, { fields, comment });
    this.draftAt = nowIso();
  }

  /** A draft keeps what the step or any of its actions may write. */
  #draftable(): Record<string, Access> {
    const { permissions = {}, actions = [] } = this.detail ?? {};
    const more = actions.flatMap((action) => Object.entries(action.permissions ?? {}));
    return {
      ...permissions,
      ...Object.fromEntries(more.filter(([, access]) => access === 'edit' || access === 'required')),
    };
  }

  /** One act. The key stays the same until an answer came, so that a second press after a fault is the same act. */
  async #act(verb: string, body: object, decides = true): Promise<boolean> {
    this.busy = true;
    this.errors = [];
    this.conflicts = [];
    const slowly = setTimeout(() => (this.slow = true), SLOW_MS);
    try {
      if (decides) await Promise.all([this.#drafts.cancel(), this.prepare.settle()]);
      const answer = await api.command<ActResult>(`${this.path}/${verb}`, body, { key: this.#key });
      this.#accepted(answer, decides);
      return true;
    } catch (error) {
      if (!isProblem(error)) throw error;
      this.#refused(error);
      return false;
    } finally {
      clearTimeout(slowly);
      this.slow = false;
      this.busy = false;
    }
  }

  #accepted(answer: Answer<ActResult>, decides: boolean): void {
    this.#key = newKey();
    this.intent = undefined;
    this.error = '';
    this.pending = answer.pending;
    this.decided = decides;
    this.opened = answer.value.opened;
  }

  #refused(problem: ApiProblem): void {
    if (!problem.isPassing) this.#key = newKey();
    this.error = problemText(problem);
    this.errors = formErrors(problem.errors);
    if (problem.code === 'field_changed') this.#clash(problem);
    if (problem.code === 'action_not_offered') void this.refreshActions();
    if (!LOST.has(problem.code)) return;
    this.lostTo = winnerOf(problem) ?? '';
    void this.#readAgain();
  }

  /** Whoever sees both values and submits again has read the newest: the next try names that version. */
  #clash(problem: ApiProblem): void {
    this.conflicts = conflictsOf(problem.errors, $state.snapshot(this.fields));
    const version = problem.params.version;
    if (this.detail && typeof version === 'number') this.detail = { ...this.detail, version };
    else void this.#readVersion();
  }

  /** Another act of the case took the action away: what is offered now replaces it, what was written stays. */
  async refreshActions(): Promise<void> {
    this.intent = undefined;
    const { error } = this;
    this.busy = false;
    await this.refresh();
    this.error = error;
  }

  /** What became of the task stands in its log; without an answer the name alone is told. */
  async #readAgain(): Promise<void> {
    try {
      this.detail = await api.get<TaskDetail>(this.path);
    } catch (error) {
      if (!isProblem(error)) throw error;
    }
  }

  async #readVersion(): Promise<void> {
    const detail = await api.get<TaskDetail>(this.path);
    if (this.detail) this.detail = { ...this.detail, version: detail.version };
  }

  async #stay(accepted: boolean): Promise<boolean> {
    if (accepted) await this.load();
    return accepted;
  }
}
