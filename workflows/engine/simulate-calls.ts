/**
 * A case and the cases that it calls, on one virtual clock: each is a simulation of its own, so that what a called case waits for is seen and
 * answered there. What ends, is escalated or given up in one reaches the other in the same moment.
 */
import type { Compiled } from './compile.ts';
import type { CallActivity } from './flow.gen.ts';
import { evaluateMapping, itemsWithin } from './mapping.ts';
import { isClosed, nextDue } from './state.ts';
import { MOST_DEEP } from './steps/call-activity.ts';
import { Simulation, type CallAnswer, type CallEffect, type SimulationOptions } from './simulate.ts';
import type { DeltaEntry, Json, PersonId, Vars } from './types.ts';
import { must } from './unreachable.ts';

/** One case of them. */
export interface Member {
  id: string;
  compiled: Compiled;
  run: Simulation;
  /** The call that started it; null: the outermost. */
  call: { by: Member; effect: CallEffect } | null;
  depth: number;
  /** Its record: what it began with and whatever was written since, also what no expression mentions. */
  record: Record<string, Json>;
}

type Options = Omit<SimulationOptions, 'call' | 'called' | 'from' | 'caseId'>;

export class CallSimulation {
  /** The outermost first, then in the order they began. */
  readonly members: Member[] = [];
  private readonly flows: ReadonlyMap<string, Compiled>;
  private readonly options: Options;

  /** `flows`: those that may be called, by key. */
  constructor(flows: ReadonlyMap<string, Compiled>, options: Options = {}) {
    this.flows = flows;
    this.options = options;
  }

  /** Begins the outermost case. */
  start(compiled: Compiled, initiator: PersonId, vars: Vars = {}): Member {
    return this.begin(compiled, { initiator, vars, call: null });
  }

  /** Cases that a step of one has called, in the order they began. */
  calledBy(member: Member, step?: string): Member[] {
    return this.members.filter(({ call }) => call?.by === member && (step === undefined || call.effect.step === step));
  }

  /** Moves the clock of all on, firing every timer on the way at its own time. */
  advance(ms: number): void {
    const until = this.now() + ms;
    for (let next = this.nextDue(); next !== undefined && next.due <= until; next = this.nextDue()) {
      this.setClocks(Math.max(this.now(), next.due));
      next.member.run.consume({ type: 'timer' });
    }
    this.setClocks(until);
  }

  /** What brings all cases back to where they stand now. */
  mark(): () => void {
    const before = this.members.map((member) => ({ state: member.run.state, record: { ...member.record } }));
    return () => {
      this.members.length = before.length;
      for (const [index, { state, record }] of before.entries()) {
        const member = must(this.members[index], 'a case that was there');
        member.run.state = state;
        member.record = record;
      }
    };
  }

  private now(): number {
    return must(this.members[0], 'a case that has begun').run.now;
  }

  private setClocks(now: number): void {
    for (const { run } of this.members) run.now = now;
  }

  private nextDue(): { member: Member; due: number } | undefined {
    const waiting = this.members.flatMap((member) => {
      const due = nextDue(member.run.state);
      return due === null ? [] : [{ member, due }];
    });
    return waiting.sort((a, b) => a.due - b.due)[0];
  }

  // ---------------------------------------------------------------------------------------------- calls

  private begin(
    compiled: Compiled,
    { initiator, vars, call }: { initiator: PersonId; vars: Vars; call: Member['call'] },
  ): Member {
    const id = call === null ? 'case' : `${call.by.id}.${String(call.effect.id)}`;
    const at = call === null ? {} : { at: call.by.run.now };
    const run: Simulation = new Simulation(compiled, {
      ...this.options,
      ...at,
      caseId: id,
      called: call?.effect.waits === true,
      call: (effect) => this.call(member, effect),
      told: (entry, state) => {
        this.options.told?.(entry, state);
        this.told(member, entry);
      },
    });
    const member: Member = { id, compiled, run, call, depth: call === null ? 0 : call.by.depth + 1, record: {} };
    this.members.push(member);
    run.start(initiator, vars);
    return member;
  }

  private call(by: Member, effect: CallEffect): CallAnswer {
    const compiled = this.flows.get(effect.flow);
    if (!compiled) return { refused: 'flow_unknown', business: true };
    if (by.depth >= MOST_DEEP) return { refused: 'call_too_deep' };
    const items = itemsWithin(by.run.compiled, effect, by.record);
    const vars = mapped(stepOf(by, effect)?.input, { ...by.record, number: by.id, ...items });
    this.begin(compiled, { initiator: must(by.run.state.initiator, 'initiator'), vars, call: { by, effect } });
    return { begun: true };
  }

  private told(member: Member, entry: DeltaEntry): void {
    Object.assign(member.record, varsOf(entry.consumed));
    const given = this.calledBy(member).filter(({ call }) => call && entry.cancels?.includes(call.effect.id));
    for (const child of given) cancel(child);
    if (member.call?.effect.waits) tellOf(member, member.call, entry);
  }
}

/** Whoever waits for it hears what it escalates, and that it is over. */
function tellOf(member: Member, { by, effect }: NonNullable<Member['call']>, entry: DeltaEntry): void {
  for (const [index, code] of (entry.escalates ?? []).entries()) {
    const id = `${member.id}:${String(entry.rev)}:${String(index)}`;
    by.run.consume({ type: 'childEscalated', effect: effect.id, id, code });
  }
  const { status, outcome, error } = entry.case;
  if (status !== 'completed' && status !== 'cancelled') return;
  const vars = mapped(stepOf(by, effect)?.output, { ...member.record, number: member.id, outcome });
  const how = { ...(error !== undefined && { error }), ...(status === 'cancelled' && { cancelled: true as const }) };
  by.run.childEnded(effect.id, { outcome: outcome ?? status, ...how, vars });
}

/** As the version says that the case is on now. */
function stepOf({ run }: Member, effect: CallEffect): CallActivity | undefined {
  const step = run.compiled.steps.get(effect.step)?.step;
  return step?.kind === 'callActivity' ? step : undefined;
}

/** It may be suspended, or have cancel handlers, which run first. */
function cancel({ run }: Member): void {
  if (!isClosed(run.state)) run.send({ kind: 'cancel', actor: null, vars: {} });
}

/** What an event writes, as the record of a real case would keep it. */
function varsOf(consumed: DeltaEntry['consumed']): Vars {
  if (consumed.type === 'command') return consumed.command.vars;
  return 'vars' in consumed ? consumed.vars : {};
}

/** A mapping that fails leaves its field empty. */
function mapped(mapping: Record<string, string> = {}, values: Record<string, unknown>): Vars {
  return Object.fromEntries(
    Object.entries(mapping).map(([field, text]): [string, Json] => {
      const result = evaluateMapping(text, values);
      return [field, result.ok ? ((JSON.parse(JSON.stringify(result.value ?? null)) as Json) ?? null) : null];
    }),
  );
}
