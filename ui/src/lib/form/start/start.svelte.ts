// Starting a case: the form, its draft on this device, the sending and what came of it. Staff page and portal share it.
import { api, newKey } from '#lib/api/client.ts';
import { net } from '#lib/api/net.svelte.ts';
import { isProblem } from '#lib/api/problem.ts';
import { session } from '#lib/api/session.svelte.ts';
import type { CaseStarted, FlowStart } from '#lib/api/types.gen.ts';
import { ChosenPeople } from '#lib/people/choices.svelte.ts';
import { nowIso } from '#lib/time/format.ts';
import { Prepare } from '../prepare.svelte.ts';
import { proposals } from '../prepared.ts';
import { Drafts, keyFor, type Draft } from '../draft.ts';
import type { FieldProblem, Values } from '../model/types.ts';
import { isEmpty, isSame } from '../model/values.ts';
import type { Delivered } from './outbox.ts';
import { outbox } from './outbox.svelte.ts';
import { startView, type StartView } from './view.ts';

const SAVE_AFTER_MS = 600;

export class StartCase {
  readonly flow: string;
  start = $state.raw<FlowStart>();
  loadFault = $state<unknown>();
  values = $state.raw<Values>({});
  labels = $state.raw<Record<string, string>>({});
  errors = $state.raw<FieldProblem[]>([]);
  /** What went wrong with the sending, besides the fields. */
  fault = $state<unknown>();
  sending = $state(false);
  sent = $state.raw<{ started: CaseStarted; pending: boolean }>();
  restoredAt = $state<string>();
  /** The form has a newer version than the draft was filled on. */
  isNewer = $state(false);
  savedAt = $state<string>();
  saveFailed = $state(false);

  /** What starting would set and refuse by itself. */
  readonly prepare = new Prepare((answer, before) => {
    this.labels = { ...this.labels, ...answer.labels };
    const taken = proposals(this.values, { set: answer.set, before: before.set }, this.start?.permissions ?? {});
    if (Object.keys(taken).length > 0) this.values = { ...this.values, ...taken };
  });
  /** For later steps. */
  readonly chosen = new ChosenPeople();
  readonly #drafts = new Drafts(localStorage);
  readonly #before: () => Values;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #attempt: Pick<Draft, 'key' | 'sent' | 'waits'> = {};

  /** `before`: values a fresh form begins with. */
  constructor(flow: string, before: () => Values = () => ({})) {
    this.flow = flow;
    this.#before = before;
  }

  /** Reads the form; the last fault stays on screen until an answer comes. */
  async load(): Promise<void> {
    try {
      this.start = await api.get<FlowStart>(`/api/flows/${encodeURIComponent(this.flow)}/start`);
      this.loadFault = undefined;
      this.#restore(this.start.form.version);
    } catch (error) {
      this.loadFault = error;
    }
  }

  /** Begins again from an empty form. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#drafts.drop(this.#name);
    outbox.look();
    this.values = this.#before();
    this.errors = [];
    this.chosen.clear();
    this.#attempt = {};
    this.restoredAt = undefined;
    this.savedAt = undefined;
    this.sent = undefined;
    this.fault = undefined;
  }

  /** Called at every change; writes a moment later. What waited to be sent no longer does: it is being changed. */
  changed(): void {
    clearTimeout(this.#timer);
    delete this.#attempt.waits;
    this.#timer = setTimeout(() => {
      this.save();
    }, SAVE_AFTER_MS);
  }

  /** Asks what starting with these fields would come to, where the flow says that it comes to anything. */
  prepareWith(fields: Values, community: string | undefined): void {
    if (this.start?.prepares !== true || this.sent) return;
    const path = `/api/flows/${encodeURIComponent(this.flow)}/prepare`;
    this.prepare.ask({ path, body: { fields, ...placed(community) } });
  }

  save(): void {
    clearTimeout(this.#timer);
    if (!this.start || this.sent || this.#isUntouched()) return;
    const kept = this.#drafts.write(this.#name, {
      values: this.values,
      labels: this.labels,
      version: this.start.form.version,
      ...this.#attempt,
    });
    this.saveFailed = !kept;
    if (kept) this.savedAt = nowIso();
  }

  /**
   * Sends what the form gives. The same content is sent with the same key, so that a lost answer never makes two cases;
   * the key outlives the page with the draft. `community`: where, for whoever works in several.
   */
  async submit(fields: Values, community?: string): Promise<void> {
    const asked = { fields, ...placed(community), ...this.chosen.body(this.start?.choices ?? []) };
    const body = JSON.stringify(asked);
    const waits = { flow: this.flow, title: this.start?.flow.title ?? { 'zh-CN': this.flow, en: this.flow } };
    // Already marked: whoever closes the page before an answer comes finds it sent at the next visit.
    this.#attempt = { key: keyFor(this.#attempt, body, newKey), sent: body, waits };
    this.save();
    this.sending = true;
    this.fault = undefined;
    this.errors = [];
    try {
      const path = `/api/flows/${encodeURIComponent(this.flow)}/cases`;
      const answer = await api.command<CaseStarted>(path, asked, { key: this.#attempt.key ?? newKey() });
      this.sent = { started: answer.value, pending: answer.pending };
      this.#drafts.drop(this.#name);
      this.#attempt = {};
    } catch (error) {
      this.#refused(error);
    }
    this.sending = false;
    outbox.look();
  }

  /** The outbox got it through while the page was open. */
  hear({ name, started, pending }: Delivered): void {
    if (name !== this.#name || this.#attempt.waits === undefined) return;
    this.sent = { started, pending };
    this.fault = undefined;
    this.#attempt = {};
  }

  /** The fault is the lack of a network: what was filled is safe here. */
  get keptOffline(): boolean {
    return this.fault !== undefined && isProblem(this.fault) && this.fault.status === 0 && !this.saveFailed;
  }
  get online(): boolean {
    return net.online;
  }
  /** When the draft that waits here was saved. */
  get keptAt(): string | undefined {
    return this.#drafts.read(this.#name)?.savedAt;
  }
  get view(): StartView {
    return startView(this);
  }

  #refused(error: unknown): void {
    if (isProblem(error) && error.status === 422) this.errors = error.errors;
    // A refused attempt is over: what is sent next is another one. A lost answer is not over.
    if (isProblem(error) && !error.isPassing) {
      this.#attempt = {};
      this.save();
    }
    if (!isProblem(error) || error.errors.length === 0) this.fault = error;
  }

  /** One draft a person and flow: two people may share a device. */
  get #name(): string {
    return `${session.me?.id ?? ''}.start.${this.flow}`;
  }

  #isUntouched(): boolean {
    const before = this.#before();
    return Object.entries(this.values).every(([name, value]) => isEmpty(value) || isSame(value, before[name]));
  }

  #restore(version: number): void {
    const draft = this.#drafts.read(this.#name);
    this.values = draft?.values ?? this.#before();
    if (!draft) return;
    this.labels = draft.labels;
    this.restoredAt = draft.savedAt;
    this.isNewer = draft.version !== version;
    this.#attempt = {
      ...(draft.key === undefined ? {} : { key: draft.key }),
      ...(draft.sent === undefined ? {} : { sent: draft.sent }),
      ...(draft.waits === undefined || draft.refused !== undefined ? {} : { waits: draft.waits }),
    };
  }
}

function placed(community: string | undefined): { communityId?: string } {
  return community === undefined ? {} : { communityId: community };
}
