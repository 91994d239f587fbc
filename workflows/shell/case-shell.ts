/**
 * A running case between Temporal and the engine: commands come in, effects go out, deltas wait until Postgres has them. Between
 * reading and writing the state nothing is awaited, so no lock is needed. Knows no flow and no step by name.
 */
import { allHandlersFinished, ApplicationFailure, condition, workflowInfo } from '@temporalio/workflow';
import { compile, type Compiled } from '../engine/compile.ts';
import { dueTimer } from '../engine/due.ts';
import { heardBefore } from '../engine/happen.ts';
import { refuse } from '../engine/refuse.ts';
import { effectOf } from '../engine/run.ts';
import { newState } from '../engine/new-state.ts';
import { isClosed, nextDue, type State } from '../engine/state.ts';
import type {
  Command,
  DeltaEntry,
  Effect,
  EngineEvent,
  LoadedFlow,
  OpenTasks,
  Refusal,
  Snapshot,
} from '../engine/types.ts';
import { upgradeEntries, upgradeState, type AnyState } from '../engine/upgrade.ts';
import { openTasksOf, snapshot } from '../engine/views.ts';
import {
  type CaseArgs,
  type CaseResult,
  type ChildMessage,
  type CommandAnswer,
  type CommandMessage,
  type MessageAnswer,
  type MessageMessage,
  type ModifyWish,
  type ReturnPlan,
  type ReturnWish,
  type RingEntry,
} from '../messages.ts';
import { Callbacks } from './callbacks.ts';
import { now } from './clock.ts';
import { consumeSafely } from './consume.ts';
import { failureOf, loadFlow, perform, project, resolvePeople } from './effects.ts';
import { failed, requestOf, eventOf, refused } from './events.ts';
import { Outbox } from './outbox.ts';
import { planModify, planReturn } from './return-plan.ts';
import { Ring } from './ring.ts';
import { Timers } from './timers.ts';

/** What a run hands to the next one. */
export interface Carried {
  /** Of the version that the run before ran on. */
  state: AnyState;
  ring: RingEntry[];
  entries: DeltaEntry[];
}

/** Rule 13: far below Temporal's own limits of 51,200 events and 2,000 updates. */
const LIMITS = { events: 4000, updates: 1500 };

/** Of a long forEach, so many events in one workflow task: it must come back within seconds. */
const MOST_MORE = 20;

export class CaseShell {
  private readonly args: CaseArgs;
  private compiled: Compiled | null;
  private state: State;
  private readonly ring: Ring;
  private readonly outbox: Outbox;
  private readonly timers = new Timers(() => {
    this.woken = true;
  });
  /** Activities of the flow in flight in this run, by effect. */
  private readonly performing = new Set<number>();
  private readonly callbacks = new Callbacks();
  private resolving = 0;
  private projecting = false;
  /** Update handlers between their command and their answer. */
  private waiting = 0;
  private updates = 0;
  private draining = false;
  /** Somebody wants the case to go on in a new run. */
  private checkpointed = false;
  private woken = true;

  constructor(args: CaseArgs, carried?: Carried) {
    this.args = args;
    this.compiled = isLoaded(args.flow) ? compile(args.flow) : null;
    this.state = carried ? upgradeState(carried.state) : newState(args.caseId);
    this.ring = new Ring(carried?.ring);
    this.outbox = new Outbox(upgradeEntries(carried?.entries ?? []));
  }

  // ---------------------------------------------------------------------------------------------- messages

  /** The ring is asked before anything else (rule 2); a refusal leaves no history. */
  validate({ command }: CommandMessage): void {
    if (this.compiled && !this.ring.find(command.id)) this.assertAccepted(this.compiled, command);
  }

  /** Applies a command and answers when the people it asked for are known (rule 17). */
  async command({ command, acked }: CommandMessage): Promise<CommandAnswer> {
    await condition(() => this.compiled !== null);
    const target = command.kind === 'migrate' ? compile(await loadFlow(command.to)) : undefined;
    this.outbox.acknowledge(acked);
    // Asked again: between validator and here another run, or the same command, may have been first.
    const known = this.ring.find(command.id);
    const rev = known ? known.rev : this.accept(command, target);
    await this.untilResolved();
    return { rev, ...this.withOpen(this.outbox.list()) };
  }

  /** A message or signal; the case's memory of ids makes one happen once, also over runs (rule 25). */
  async message(message: MessageMessage): Promise<MessageAnswer> {
    await condition(() => this.compiled !== null);
    this.outbox.acknowledge(message.acked);
    this.updates += 1;
    const rev = heardBefore(this.state, message.id) ?? this.take(eventOf(message));
    await this.untilResolved();
    return { taken: rev !== null, rev, ...this.withOpen(this.outbox.list()) };
  }

  /** What became of a case that this one has called: an end finds its call once, an escalation is remembered like a message. */
  async child({ event, acked }: ChildMessage): Promise<MessageAnswer> {
    await condition(() => this.compiled !== null);
    this.outbox.acknowledge(acked);
    this.updates += 1;
    const known = event.type === 'childEscalated' ? heardBefore(this.state, event.id) : undefined;
    const rev = known ?? this.take(event);
    await this.untilResolved();
    return { taken: rev !== null, rev, ...this.withOpen(this.outbox.list()) };
  }

  private take(event: EngineEvent): number | null {
    const before = this.state.rev;
    this.applyWaited(event);
    return this.state.rev > before ? before + 1 : null;
  }

  /** Also while the flow is being loaded at the beginning of a run: a query cannot wait. */
  snapshot(): Snapshot {
    return snapshot(this.compiled, this.state);
  }

  entriesFrom(rev: number): DeltaEntry[] {
    return this.outbox.list(rev);
  }

  returnPlan(wish: ReturnWish): ReturnPlan {
    return planReturn(this.flow(), this.state, wish, now());
  }

  modifyPlan(wish: ModifyWish): ReturnPlan {
    return planModify(this.flow(), this.state, wish, now());
  }

  /** Nothing of it is believed: the activity looks whether the answer is there. Before the flow is loaded all are performed anyway. */
  calledBack(effect: number): void {
    if (!this.compiled) return;
    if (this.performing.has(effect)) this.callbacks.noteEarly(effect);
    else if (!this.draining && this.callbacks.take(effect)) this.performAgain(effect);
  }

  checkpoint(): void {
    this.checkpointed = true;
    this.woken = true;
  }

  /** `target`: the version that the command moves the case to. */
  private accept(command: Command, target?: Compiled): number {
    this.assertAccepted(this.flow(), command, target);
    this.updates += 1;
    this.applyWaited({ type: 'command', command }, target);
    this.ring.add({ id: command.id, n: command.n, rev: this.state.rev }, command.lowestPending);
    return this.state.rev;
  }

  /** Its sender gets the entries with the answer, and applies them. */
  private applyWaited(event: EngineEvent, target?: Compiled): void {
    this.waiting += 1;
    const refusal = this.apply(event, target);
    this.waiting -= 1;
    if (refusal) throw refused(refusal);
  }

  /** Rule 17: what people were asked for is part of the answer. */
  private async untilResolved(): Promise<void> {
    this.waiting += 1;
    await condition(() => this.resolving === 0);
    this.waiting -= 1;
  }

  private assertAccepted(compiled: Compiled, command: Command, target?: Compiled): void {
    const refusal = refuse(compiled, this.state, command, target);
    if (refusal) throw refused(refusal);
  }

  private flow(): Compiled {
    if (!this.compiled) throw ApplicationFailure.retryable('the flow is not loaded yet', 'NOT_READY');
    return this.compiled;
  }

  // ---------------------------------------------------------------------------------------------- engine and effects

  private apply(event: EngineEvent, target?: Compiled): Refusal | null {
    const result = consumeSafely(this.flow(), this.state, event, { now: now(), ...(target && { target }) });
    if ('refusal' in result) return result.refusal;
    this.state = result.state;
    if (target) this.compiled = target;
    if (result.delta) this.outbox.add(result.delta, this.waiting > 0);
    for (const effect of result.effects) this.dispatch(effect);
    this.woken = true;
    return null;
  }

  private dispatch(effect: Effect): void {
    if (effect.type === 'resolve') {
      this.resolve(effect);
      return;
    }
    this.drainWhenFull();
    if (!this.draining) this.perform(effect);
  }

  private resolve(effect: Extract<Effect, { type: 'resolve' }>): void {
    const { type: _type, id, step: _step, ...asked } = effect;
    this.resolving += 1;
    const settle = (event: EngineEvent): void => {
      this.apply(event);
      this.resolving -= 1;
    };
    resolvePeople({ caseId: this.args.caseId, ...asked }).then(
      (people) => {
        settle({ type: 'resolved', effect: id, people });
      },
      (error: unknown) => {
        settle(failed(id, failureOf(error)));
      },
    );
  }

  private performAgain(id: number): void {
    const inFlight = this.state.effects.find((effect) => effect.id === id);
    if (inFlight) this.dispatch(effectOf(this.flow(), this.state, inFlight));
  }

  /** `close`: its step is gone, and what it waits for outside is not waited for any longer. */
  private perform(effect: Performable, close?: true): void {
    const { id, step, rev, item, items } = effect;
    const what = requestOf(effect);
    this.performing.add(id);
    const settle = (event: EngineEvent): void => {
      this.performing.delete(id);
      this.apply(event);
    };
    const within = item === null ? {} : { item, items };
    const request = { caseId: this.args.caseId, effect: id, step, rev, ...what, ...within, ...(close && { close }) };
    perform(request, this.args.limits?.attempts).then(
      ({ vars, patch, waiting }) => {
        if (waiting) this.awaitCall(id);
        else settle({ type: 'activityDone', effect: id, vars, patch });
      },
      (error: unknown) => {
        settle(failed(id, failureOf(error)));
      },
    );
  }

  private awaitCall(effect: number): void {
    this.performing.delete(effect);
    this.woken = true;
    if (!this.callbacks.wait(effect)) this.performAgain(effect);
  }

  /** For what nobody waits on (rule 4). */
  private projectUnwaited(): void {
    if (this.projecting || !this.outbox.needsProject()) return;
    const entries = this.outbox.toProject();
    this.projecting = true;
    void project({ caseId: this.args.caseId, ...this.withOpen(entries) }).then(({ acked }) => {
      this.projecting = false;
      this.outbox.taken(entries.at(-1)?.rev ?? 0);
      this.outbox.acknowledge(acked);
      this.woken = true;
    });
  }

  /** The open tasks are those after the newest entry: with fewer they say nothing. */
  private withOpen(entries: DeltaEntry[]): { entries: DeltaEntry[]; open?: OpenTasks } {
    const isWhole = entries.at(-1) === this.outbox.all().at(-1);
    return isWhole ? { entries, open: openTasksOf(this.state) } : { entries };
  }

  // ---------------------------------------------------------------------------------------------- life

  /** Starts what the run before withheld. */
  async load(): Promise<void> {
    this.compiled ??= compile(await loadFlow(this.args.flow));
    for (const inFlight of this.state.effects) {
      // A case that has begun is waited for, and not started again.
      const hasBegun = inFlight.type === 'call' && inFlight.begun === true;
      if (inFlight.frame !== null && !hasBegun) this.dispatch(effectOf(this.flow(), this.state, inFlight));
    }
  }

  /** Works until the case is closed, or until it has to continue as new. */
  async run(): Promise<'closed' | 'full'> {
    for (;;) {
      this.woken = false;
      this.fireDueTimers();
      this.drainWhenFull();
      this.dropWithheld();
      this.projectUnwaited();
      if (this.mayStop()) return isClosed(this.state) ? 'closed' : 'full';
      this.timers.arm(nextDue(this.state));
      await condition(() => this.woken || this.mayStop());
    }
  }

  result(): CaseResult {
    return { snapshot: this.snapshot(), ring: this.ring.list(), entries: this.outbox.all() };
  }

  /** What the next run begins with: a migration may have moved the case to another version. */
  nextArgs(): CaseArgs {
    return { ...this.args, flow: this.flow().ref };
  }

  carry(): Carried {
    return { state: this.state, ring: this.ring.list(), entries: this.outbox.all() };
  }

  private fireDueTimers(): void {
    let more = 0;
    for (let due = nextDue(this.state); due !== null && due <= now(); due = nextDue(this.state)) {
      // A long forEach: the rest in a workflow task of its own, which the timer brings.
      if (isMore(this.state) && (more += 1) > MOST_MORE) return;
      this.apply({ type: 'timer' });
    }
  }

  /** A full case starts no new activities, flushes its deltas, and stops when nothing is in flight (rules 3 and 13). */
  private drainWhenFull(): void {
    if (this.draining || this.state.status === 'new') return;
    const { events = LIMITS.events, updates = LIMITS.updates } = this.args.limits ?? {};
    const info = workflowInfo();
    const isFull = info.historyLength >= events || this.updates >= updates || info.continueAsNewSuggested;
    if (!isFull && !this.checkpointed) return;
    this.draining = true;
    this.outbox.flush();
  }

  /**
   * Its step is gone meanwhile. Withheld while a run drained it never starts, and the log says so; what waits for a call from outside takes
   * one that has come, and no other.
   */
  private dropWithheld(): void {
    for (const inFlight of this.state.effects) {
      const { id, frame } = inFlight;
      if (frame !== null || this.performing.has(id)) continue;
      if (inFlight.type === 'activity' && this.callbacks.take(id)) this.perform({ ...inFlight, items: {} }, true);
      else this.apply(failed(id, { code: 'cancelled' }));
    }
  }

  private mayStop(): boolean {
    if (!isClosed(this.state) && !this.draining) return false;
    const busy = this.projecting || this.resolving > 0 || this.performing.size > 0 || this.outbox.needsProject();
    return !busy && allHandlersFinished();
  }
}

type Performable = Exclude<Effect, { type: 'resolve' }>;

function isLoaded(flow: CaseArgs['flow']): flow is LoadedFlow {
  return 'definition' in flow;
}

/** Whether the timer that is due first begins further items of a forEach. */
function isMore({ timers }: State): boolean {
  return dueTimer(timers, now())?.what.kind === 'more';
}
