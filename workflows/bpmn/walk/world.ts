/**
 * Walks through the cases of imported processes by acts on their BPMN elements. Time stands still: a timer fires when it is named. An act
 * that is impossible, or ends in an incident, changes nothing.
 */
import { isClosed, type Timer } from '../../engine/state.ts';
import { must } from '../../engine/unreachable.ts';
import { CallSimulation, type Member } from '../../engine/simulate-calls.ts';
import type { SendEffect, Simulation } from '../../engine/simulate.ts';
import type { Effect, Vars } from '../../engine/types.ts';
import { STARTED_BY } from '../anybodys.ts';
import { ANY } from '../catching.ts';
import { toField } from '../names.ts';
import type { Deployed, Deployment } from './deployed.ts';
import { elementOfTimer, waitingElements } from './waiting.ts';

interface Case {
  process: Deployed;
  simulation: Simulation;
}

/** Why an act is impossible. */
export class Impossible extends Error {}

const WALKER = 'walker';
/** Signals that set each other off; more than that never end. */
const MOST_SENT = 500;
/** Strokes in which instances are begun, of a hundred each. */
const MOST_BEGUN = 20;

export class World {
  /** Each with the cases that it called. */
  private roots: CallSimulation[] = [];
  private sending: SendEffect[] = [];
  /** The case that something is sent by. */
  private readonly senders = new WeakMap<Effect, { root: CallSimulation; caseId: string }>();
  private readonly deployment: Deployment;
  private readonly flows: ReadonlyMap<string, Deployed>;

  constructor(deployment: Deployment) {
    this.deployment = deployment;
    // Of processes that are called the same, the first is meant. Values name them by their ids in the files.
    const named = deployment.processes.flatMap((each) =>
      [each.process, each.flow.key].map((name) => [name, each] as const),
    );
    this.flows = new Map(named.toReversed());
  }

  /** Sorted ids of the elements that are waited at, one entry for each token. */
  waiting(): string[] {
    return this.cases()
      .flatMap(({ process, simulation }) => waitingElements(process, simulation.state))
      .toSorted();
  }

  isEnded(): boolean {
    return this.cases().every(({ simulation }) => isClosed(simulation.state));
  }

  private cases(): Case[] {
    return this.roots.flatMap(({ members }) => members.map((member) => this.caseOf(member)));
  }

  private caseOf({ compiled, run }: Member): Case {
    const process = this.deployment.processes.find((each) => each.compiled === compiled);
    return { process: must(process, 'process of a case'), simulation: run };
  }

  start(vars: Vars): void {
    this.act(() => {
      const { processes } = this.deployment;
      const process = processes.find(
        ({ starts, isExecutable }) => isExecutable && starts.some(({ event }) => event === null),
      );
      const first = process ?? processes[0];
      if (!first) throw new Impossible('there is no process to start');
      this.begin(first, vars, null);
    });
  }

  complete(element: string, vars: Vars): void {
    this.act(() => {
      for (const { process, simulation } of this.cases()) {
        const task = simulation.state.tasks.find(({ step }) => process.elements[step] === element);
        if (!task) continue;
        const given = { vars: fields(vars), ...(task.item === null ? {} : { item: task.item }) };
        const refusal = simulation.complete(task.step, 'done', given);
        if (refusal) throw new Impossible(`${element}: ${refusal.code}`);
        return;
      }
      if (!this.receiveAt(element, vars)) throw new Impossible(`nothing to complete waits at ${element}`);
    });
  }

  timer(element: string): void {
    this.act(() => {
      for (const { process, simulation } of this.cases()) {
        const { state } = simulation;
        const timer = state.timers.find((each) => elementOfTimer(process, state, each) === element);
        if (!timer) continue;
        this.fire(simulation, timer);
        return;
      }
      if (!this.beginBy('timer', (start) => start.element === element, {}))
        throw new Impossible(`no timer runs at ${element}`);
    });
  }

  message(name: string, vars: Vars): void {
    this.act(() => {
      if (this.cases().some(({ simulation }) => this.hearMessage(simulation, name, vars))) return;
      if (!this.beginBy('message', (start) => start.name === name, vars))
        throw new Impossible(`nothing waits for the message ${name}`);
    });
  }

  /** A signal is for all who listen, also when nobody does. */
  signal(name: string, vars: Vars): void {
    this.act(() => {
      const key = this.deployment.keys.find('signal', name);
      if (key === undefined) throw new Impossible(`no process listens for the signal ${name}`);
      this.hear(key, vars);
      this.beginBy('signal', (start) => start.name === name, vars);
    });
  }

  // -------------------------------------------------------------------------------------------- inside

  /** Does an act with all that it sets off, or nothing of it. */
  private act(doing: () => void): void {
    const { roots } = this;
    const marks = roots.map((root) => root.mark());
    try {
      doing();
      this.goOn();
      this.refuseIncidents();
    } catch (error) {
      this.sending = [];
      this.roots = roots;
      for (const goBack of marks) goBack();
      throw error;
    }
  }

  /** An error that nobody catches ends its case, as BPMN leaves it to whoever runs it; all else that stops a case refuses the act. */
  private refuseIncidents(): void {
    for (const { simulation } of this.cases())
      if (simulation.state.incidents.some(({ code }) => code === 'error_uncaught'))
        simulation.send({ kind: 'cancel', actor: WALKER, vars: {} });
    for (const { process, simulation } of this.cases())
      for (const { step, code, detail } of simulation.state.incidents)
        throw new Impossible(`${process.elements[step ?? ''] ?? process.process}: ${code} ${JSON.stringify(detail)}`);
  }

  private begin({ compiled }: Deployed, vars: Vars, startedBy: string | null): void {
    const flows = new Map([...this.flows].map(([key, process]) => [key, process.compiled]));
    const root: CallSimulation = new CallSimulation(flows, {
      told: (entry, { caseId }) => {
        for (const effect of entry.effects) {
          this.senders.set(effect, { root, caseId });
          // No error of the process: nothing that catches errors is meant by it.
          if (effect.type === 'call' && !this.flows.has(effect.flow))
            throw new Impossible(`${effect.step}: the process that it calls is in none of the files`);
        }
      },
      send: (effect) => {
        this.sending.push(effect);
        return undefined;
      },
    });
    this.roots = [...this.roots, root];
    const by = startedBy === null ? {} : { [STARTED_BY]: startedBy };
    root.start(compiled, WALKER, { ...fields(vars), ...by });
  }

  private beginBy(event: string, isMeant: (start: Deployed['starts'][number]) => boolean, vars: Vars): boolean {
    const found = this.deployment.processes.flatMap((process) =>
      process.starts.filter((start) => start.event === event && isMeant(start)).map((start) => ({ process, start })),
    );
    // A message and a timer begin one case, a signal one of each process.
    for (const { process, start } of event === 'signal' ? found : found.slice(0, 1))
      this.begin(process, vars, start.element);
    return found.length > 0;
  }

  /** A receive task may be completed by its id too. */
  private receiveAt(element: string, vars: Vars): boolean {
    for (const { process, simulation } of this.cases()) {
      const { state } = simulation;
      const wait = state.waits.find(
        (each) =>
          each.for.kind === 'message' &&
          waitingElements(process, { ...state, tasks: [], timers: [], waits: [each] })[0] === element,
      );
      if (wait?.for.kind === 'message') return simulation.message(wait.for.name, wait.for.key, { vars: fields(vars) });
    }
    return false;
  }

  /** What waits for it does so by its name, or, where values are part of that, by the whole as its key. */
  private hearMessage(simulation: Simulation, name: string, vars: Vars): boolean {
    const known = this.deployment.keys.find('message', name);
    const [wait] = simulation.state.waits.flatMap(({ for: what }) =>
      what.kind === 'message' && (what.key === name || (what.name === known && what.key === ANY)) ? [what] : [],
    );
    return wait !== undefined && simulation.message(wait.name, wait.key, { vars: fields(vars) });
  }

  private hear(key: string, vars: Vars): boolean {
    return this.cases()
      .map(({ simulation }) => simulation.signal(key, { vars: fields(vars) }))
      .some(Boolean);
  }

  /** Until all that goes on by itself has come to rest. */
  private goOn(): void {
    this.deliver();
    for (let count = 0; this.beginMore(); count += 1) {
      if (count > MOST_BEGUN) throw new Impossible('an activity has more instances than can be walked through');
      this.deliver();
    }
  }

  /** The engine begins many instances in several strokes, each by a timer that is due at once. */
  private beginMore(): boolean {
    for (const { simulation } of this.cases()) {
      const timer = simulation.state.timers.find(({ what }) => what.kind === 'more');
      if (!timer) continue;
      this.fire(simulation, timer);
      return true;
    }
    return false;
  }

  private fire(simulation: Simulation, timer: Timer): void {
    const { state } = simulation;
    const timers = state.timers.map((each) => (each === timer ? { ...each, at: simulation.now - 1 } : each));
    simulation.state = { ...state, timers };
    simulation.consume({ type: 'timer' });
  }

  /** What was thrown reaches whoever waits before its thrower goes on. Messages leave: nobody is on the other side. */
  private deliver(): void {
    for (let count = 0; this.sending.length > 0; count += 1) {
      if (count > MOST_SENT) throw new Impossible('signals set each other off without end');
      const effect = this.sending.shift();
      if (!effect) return;
      if (effect.kind === 'signal') this.throwSignal(effect.name);
      const sender = this.senderOf(effect);
      if (sender?.state.effects.some(({ id }) => id === effect.id))
        sender.consume({ type: 'activityDone', effect: effect.id, vars: {}, patch: null });
    }
  }

  private senderOf(effect: SendEffect): Simulation | undefined {
    const { root, caseId } = this.senders.get(effect) ?? {};
    return root?.members.find(({ id }) => id === caseId)?.run;
  }

  private throwSignal(key: string): void {
    this.hear(key, {});
    this.beginBy('signal', ({ name }) => name !== null && this.deployment.keys.find('signal', name) === key, {});
  }
}

function fields(vars: Vars): Vars {
  return Object.fromEntries(Object.entries(vars).map(([name, value]) => [toField(name), value]));
}
