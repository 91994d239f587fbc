/**
 * Runs a case on a virtual clock, without Temporal: tests, dry runs and previews drive it. Effects are answered at once by the
 * given functions; timers fire one by one at their due times when the clock is advanced.
 */
import type { WorkingTimesByKey } from './calendar/working-times.ts';
import type { Compiled } from './compile.ts';
import type { Party } from './flow.gen.ts';
import { refuse } from './refuse.ts';
import { newState } from './new-state.ts';
import { nextDue, type State, type Task } from './state.ts';
import { step } from './step.ts';
import type {
  Choices,
  Command,
  CompleteCommand,
  DeltaEntry,
  Effect,
  EngineEvent,
  MigrateCommand,
  PersonId,
  Refusal,
  ResolvedPeople,
  StepContext,
  StepLimits,
  Vars,
} from './types.ts';

type ResolveEffect = Extract<Effect, { type: 'resolve' }>;
type ActivityEffect = Extract<Effect, { type: 'activity' }>;
export type SendEffect = Extract<Effect, { type: 'send' }>;
export type CallEffect = Extract<Effect, { type: 'call' }>;
/** `business`: the activity did its work and says no. */
type ActivityAnswer = { vars: Vars; patch: string | null } | { error: string; business?: true };
/** What becomes of a called case: it has begun (and its end comes later), it is over at once, or it could not start. */
export type CallAnswer =
  | { begun: true }
  | { outcome: string; error?: string; cancelled?: true; vars?: Vars }
  | { refused: string; business?: true };

export interface SimulationOptions {
  caseId?: string;
  /** Epoch ms at which the case starts. */
  at?: number;
  zone?: string;
  community?: string | null;
  /** Calendars that the case reckons by. */
  calendars?: WorkingTimesByKey;
  limits?: StepLimits;
  /** People that the engine names are looked up too, as in every case that begins today. */
  confirmsPeople?: boolean;
  /** Goes on with a case as it stands; default: one that has not begun. */
  from?: State;
  /** Told of every expression. */
  traced?: StepContext['traced'];
  /** Told of every entry with the state after it, before the effects it starts are answered. */
  told?: (entry: DeltaEntry, state: State) => void;
  /** Answers people rules that read the organisation; undefined leaves the effect in flight. */
  resolve?: (effect: ResolveEffect) => ResolvedPeople | undefined;
  /** Answers activities; undefined leaves the effect in flight. Default: done without values. */
  perform?: (effect: ActivityEffect) => ActivityAnswer | undefined;
  /** Takes what the case sends; undefined leaves it in flight. Default: handed over. */
  send?: (effect: SendEffect) => ActivityAnswer | undefined;
  /** Starts a case for a callActivity; undefined leaves it in flight. Default: it is completed at once. */
  call?: (effect: CallEffect) => CallAnswer | undefined;
  /** Another case waits for this one. */
  called?: boolean;
}

/** A command without what the simulation fills in. */
export type CommandBody = Command extends infer C
  ? C extends Command
    ? Omit<C, 'id' | 'n' | 'lowestPending' | 'flowVersion'>
    : never
  : never;

const handOver = (): ActivityAnswer => ({ vars: {}, patch: null });

const DEFAULT_START = 1_767_200_400_000; // 2026-01-01T01:00:00+08:00

export class Simulation {
  state: State;
  now: number;
  readonly entries: DeltaEntry[] = [];
  compiled: Compiled;
  private readonly options: SimulationOptions;
  private commands = 0;
  private messages = 0;

  constructor(compiled: Compiled, options: SimulationOptions = {}) {
    this.compiled = compiled;
    this.options = options;
    this.now = options.at ?? DEFAULT_START;
    this.state = options.from ?? newState(options.caseId ?? 'case');
  }

  /** Sends a command; a refusal comes back and changes nothing. */
  send(body: CommandBody): Refusal | null {
    const n = this.commands + 1;
    const command = { ...body, id: `c${n}`, n, lowestPending: n, flowVersion: this.compiled.ref.version };
    const refusal = refuse(this.compiled, this.state, command);
    if (refusal) return refusal;
    this.commands = n;
    this.consume({ type: 'command', command });
    return null;
  }

  /** Moves the case to another version; a refusal comes back and changes nothing. */
  migrate(
    target: Compiled,
    given: Partial<Pick<MigrateCommand, 'actor' | 'mapping' | 'timers' | 'vars' | 'calendars'>> = {},
  ): Refusal | null {
    const { actor = null, mapping = {}, timers = 'keep', vars = this.state.vars, calendars = {} } = given;
    const n = this.commands + 1;
    const base = { id: `c${n}`, n, lowestPending: n, flowVersion: this.compiled.ref.version, actor, vars };
    const command: Command = {
      kind: 'migrate',
      ...base,
      to: target.ref,
      readRev: this.state.rev,
      mapping,
      timers,
      calendars,
    };
    const refusal = refuse(this.compiled, this.state, command, target);
    if (refusal) return refusal;
    this.commands = n;
    this.consume({ type: 'command', command }, target);
    return null;
  }

  start(initiator: PersonId, vars: Vars = {}, choices: Choices = {}): Refusal | null {
    const { community = null, zone = 'Asia/Shanghai', calendars = {}, confirmsPeople = false } = this.options;
    const confirms = {
      ...(confirmsPeople && { confirmsPeople }),
      ...(this.options.called && { called: true as const }),
    };
    const start = { kind: 'start' as const, actor: initiator, initiator, community, zone, calendars, choices, vars };
    return this.send({ ...start, ...confirms });
  }

  /** Completes the first open task of a step, or that of an item. */
  complete(
    stepId: string,
    outcome: string,
    given: Partial<Pick<CompleteCommand, 'actor' | 'vars' | 'choices'>> & { item?: string } = {},
  ): Refusal | null {
    const task = this.task(stepId, given.item);
    const actor = given.actor === undefined ? task.assignee : given.actor;
    return this.send({
      kind: 'complete',
      ...aim(task),
      outcome,
      actor,
      vars: given.vars ?? {},
      choices: given.choices ?? {},
    });
  }

  returnTo(
    stepId: string,
    to: string,
    given: { mode?: 'redo' | 'straightBack'; actor?: PersonId; from?: string; item?: string; items?: string[] } = {},
  ): Refusal | null {
    const task = this.task(stepId, given.from);
    const { mode = 'redo', actor = task.assignee, item, items } = given;
    const target = { to, ...(item === undefined ? {} : { item }), ...(items ? { items } : {}) };
    return this.send({ kind: 'return', ...aim(task), ...target, mode, actor, vars: {} });
  }

  /** Stops the clock of a step's first open task for so long. */
  pause(stepId: string, forMs: number, waitingFor: Party = 'other'): Refusal | null {
    const task = this.task(stepId);
    return this.send({
      kind: 'pause',
      ...aim(task),
      until: this.now + forMs,
      waitingFor,
      actor: task.assignee,
      vars: {},
    });
  }

  resume(stepId: string): Refusal | null {
    const task = this.task(stepId);
    return this.send({ kind: 'resume', ...aim(task), actor: task.assignee, vars: {} });
  }

  /** A message comes in; whether the case took it. */
  message(name: string, key: string, { id = this.nextId(), vars = {}, wait }: Heard & { wait?: number } = {}): boolean {
    const { rev } = this.state;
    this.consume({ type: 'message', id, name, key, ...(wait === undefined ? {} : { wait }), vars, patch: null });
    return this.state.rev > rev;
  }

  /** A signal comes in; whether anybody in the case waited for it. */
  signal(name: string, { id = this.nextId(), vars = {} }: Heard = {}): boolean {
    const { rev } = this.state;
    this.consume({ type: 'signal', id, name, vars, patch: null });
    return this.state.rev > rev;
  }

  private nextId(): string {
    this.messages += 1;
    return `m${this.messages}`;
  }

  /** Moves the clock on, firing every timer on the way at its own time. */
  advance(ms: number): void {
    const until = this.now + ms;
    for (let due = nextDue(this.state); due !== null && due <= until; due = nextDue(this.state)) {
      this.now = Math.max(this.now, due);
      this.consume({ type: 'timer' });
    }
    this.now = until;
  }

  /** Hands an event to the engine and answers the effects it starts. */
  consume(event: EngineEvent, target?: Compiled): void {
    const { limits, traced, told } = this.options;
    const context = { now: this.now, ...(limits && { limits }), ...(traced && { traced }), ...(target && { target }) };
    const result = step(this.compiled, this.state, event, context);
    this.state = result.state;
    if (target) this.compiled = target;
    if (result.delta) {
      this.entries.push(result.delta);
      told?.(result.delta, result.state);
    }
    for (const effect of result.effects) this.answer(effect);
  }

  /** The first open task of a step, in a forEach that of an item. @throws when it has none: a script that expects one is wrong. */
  task(stepId: string, item?: string): Task {
    const task = this.state.tasks.find((open) => open.step === stepId && (item === undefined || open.item === item));
    if (!task) throw new Error(`no open task of ${stepId}; open: ${this.open().join(', ')}`);
    return task;
  }

  /** Steps with open tasks, one entry a task. */
  open(): string[] {
    return this.state.tasks.map(({ step: open }) => open);
  }

  private answer(effect: Effect): void {
    if (effect.type === 'resolve') {
      const people = this.options.resolve?.(effect);
      if (people) this.consume({ type: 'resolved', effect: effect.id, people });
      return;
    }
    if (effect.type === 'call') {
      this.answerCall(effect);
      return;
    }
    const { perform = handOver, send = handOver } = this.options;
    const result = effect.type === 'send' ? send(effect) : perform(effect);
    if (!result) return;
    if ('error' in result) {
      const { error: code, ...business } = result;
      this.consume({ type: 'activityFailed', effect: effect.id, error: { code, message: code, ...business } });
    } else {
      this.consume({ type: 'activityDone', effect: effect.id, ...result });
    }
  }

  private answerCall(effect: CallEffect): void {
    const { call = () => ({ outcome: 'completed' }) } = this.options;
    const answer = call(effect);
    if (!answer) return;
    if ('refused' in answer) {
      const { refused: code, ...business } = answer;
      this.consume({ type: 'activityFailed', effect: effect.id, error: { code, message: code, ...business } });
      return;
    }
    this.consume({ type: 'activityDone', effect: effect.id, vars: {}, patch: null });
    if ('outcome' in answer) this.childEnded(effect.id, answer);
  }

  /** A case that this one waits for is over. */
  childEnded(effect: number, { outcome, error, cancelled, vars = {} }: Extract<CallAnswer, { outcome: string }>): void {
    const status = cancelled ? 'cancelled' : 'completed';
    this.consume({ type: 'childEnded', effect, status, outcome, error: error ?? null, vars, patch: null });
  }
}

/** Its id, so that it may come twice, and the fields it brings. */
interface Heard {
  id?: string;
  vars?: Vars;
}

function aim(task: Task): { task: string; assignment: number } {
  return { task: task.id, assignment: task.assignment };
}
