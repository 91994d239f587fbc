/**
 * Plays a case to its end, or to where nothing goes on by itself: the script first, each act when its step waits, and whatever nobody
 * scripted by itself. A generator, so that the same code runs over a database and over a table of a test; it never does what it asks.
 */
import { onlyAsked } from '../choices.ts';
import type { Compiled } from '../compile.ts';
import { isClosed, nextDue, type InFlight, type Task } from '../state.ts';
import { effectOf } from '../run.ts';
import { Simulation, type CommandBody } from '../simulate.ts';
import type { PersonId, StepId } from '../types.ts';
import { unreachable } from '../unreachable.ts';
import { Accountant } from './account.ts';
import { passCall, type Call } from './called.ts';
import { placesOf, refusal, standingOf, startOf, Stop, taskFor } from './acting.ts';
import type { CaseAct, Coming, EndBody, HeardAct, TaskAct } from './acting.ts';
import { aim, commandOf } from './command-of.ts';
import { firstOutcome } from './first-outcome.ts';
import type { Account, Act, Answer, Choice, Plan, Question, Refused, Write } from './types.ts';

export type * from './types.ts';

type Asking<T> = Generator<Question, T, Answer>;

/** Never throws for a flow that `check` has passed. */
export function* dryRun(compiled: Compiled, plan: Plan): Asking<Account> {
  const play = new Play(compiled, plan);
  try {
    yield* play.begin();
    for (const [index, act] of plan.acts.entries()) yield* play.act(act, index);
    yield* play.goOn(() => false);
    return play.close();
  } catch (error) {
    if (error instanceof Stop) return play.close(error.end);
    throw error;
  }
}

class Play {
  private readonly compiled: Compiled;
  private readonly plan: Plan;
  private readonly simulation: Simulation;
  private readonly accountant: Accountant;
  /** How often each step was decided by itself. */
  private readonly turns = new Map<StepId, number>();
  private decisions = 0;
  private readonly answered = new Set<number>();
  private coming: Coming[] = [];

  constructor(compiled: Compiled, plan: Plan) {
    const { from, at } = plan;
    this.compiled = compiled;
    this.plan = plan;
    this.accountant = new Accountant(compiled);
    const start = 'state' in from ? { from: from.state } : startOf(from);
    this.simulation = new Simulation(compiled, {
      ...start,
      caseId: 'dry-run',
      at,
      confirmsPeople: true,
      perform: () => undefined,
      call: () => undefined,
      traced: (expression) => {
        this.accountant.trace(expression);
      },
      told: (entry, state) => {
        this.accountant.entry(entry, state);
      },
    });
  }

  *begin(): Asking<void> {
    const { from, at } = this.plan;
    if ('state' in from) this.accountant.begin(from.state, at);
    else
      this.accepted(
        this.simulation.start(from.initiator, from.vars, onlyAsked(this.compiled, null, this.plan.chosen)),
        { act: null, step: null },
      );
    yield* this.settle();
  }

  close(end?: EndBody): Account {
    const { state, now } = this.simulation;
    return this.accountant.close(state, { ...(end ?? standingOf(state)), at: now });
  }

  // ---------------------------------------------------------------------------------------------- by itself

  /** Decides what waits and lets time pass, until the given holds or nothing goes on by itself. */
  *goOn(until: () => boolean): Asking<void> {
    while (this.plan.automatic && !until() && !isClosed(this.simulation.state)) {
      const { paceMs } = this.plan;
      const due = this.nextDue();
      if (this.nextTask() === undefined) {
        if (due === null) return;
        yield* this.advanceTo(due);
      } else {
        if (paceMs > 0) yield* this.advanceTo(this.simulation.now + paceMs);
        const task = this.nextTask();
        if (task && !until()) yield* this.decide(task);
      }
    }
  }

  private nextTask(): Task | undefined {
    return this.simulation.state.tasks.find(
      ({ id, step, outcomes }) =>
        outcomes?.length !== 0 && this.choiceOf(step) !== null && this.accountant.task(id)?.nobody !== true,
    );
  }

  private choiceOf(step: StepId): Choice {
    const choices = this.plan.choices.get(step) ?? [];
    const choice = choices[Math.min(this.turns.get(step) ?? 0, choices.length - 1)];
    return choice === undefined ? {} : choice;
  }

  private *decide(task: Task): Asking<void> {
    const { limits } = this.plan;
    if (this.decisions >= limits.decisions)
      throw new Stop({ why: 'limit', limit: 'decisions', most: limits.decisions });
    const choice = this.choiceOf(task.step);
    const by = choice?.by ?? (yield* this.actorOf(task));
    if (choice === null || by === null) return;
    this.decisions += 1;
    this.turns.set(task.step, (this.turns.get(task.step) ?? 0) + 1);
    yield* this.complete(task, { by, ...choice }, null);
  }

  /** Its holder, or somebody of its pool; null: there is nobody, and the task waits. */
  private *actorOf(task: Task): Asking<PersonId | null> {
    const { assignee, pool } = task;
    if (assignee !== null || pool === null) return assignee;
    const answer = yield { ask: 'member', role: pool, at: this.simulation.now };
    const member = 'member' in answer ? answer.member : null;
    const told = this.accountant.task(task.id);
    if (member === null && told) told.nobody = true;
    return member;
  }

  private *complete(task: Task, choice: NonNullable<Choice> & { by: PersonId }, act: number | null): Asking<void> {
    const { by, fields = {} } = choice;
    const { step } = task;
    const outcome = choice.outcome ?? firstOutcome(this.compiled, task);
    const vars = yield* this.write({ step, outcome, by, fields, at: this.simulation.now }, act);
    const choices = onlyAsked(this.compiled, step, this.plan.chosen);
    yield* this.send({ kind: 'complete', ...aim(task), outcome, actor: by, vars, choices }, { act, step });
  }

  // ---------------------------------------------------------------------------------------------- acts

  *act(act: Act, index: number): Asking<void> {
    if (act.act === 'message' || act.act === 'signal') yield* this.hear(act, index);
    else if ('step' in act && act.act !== 'takeBack') yield* this.actOnTask(act, index);
    else yield* this.actOnCase(act, index);
  }

  private *actOnCase(act: CaseAct, index: number): Asking<void> {
    yield* this.advanceTo(this.simulation.now + (act.afterMs ?? 0));
    const { initiator } = this.simulation.state;
    switch (act.act) {
      case 'wait':
        return;
      case 'withdraw':
      case 'cancel':
        yield* this.send({ kind: act.act, actor: initiator, vars: {} }, { act: index, step: null });
        return;
      case 'amend': {
        const write = { step: null, outcome: null, by: initiator, fields: act.fields, at: this.simulation.now };
        const vars = yield* this.write(write, index);
        yield* this.send({ kind: 'amend', actor: initiator, vars }, { act: index, step: null });
        return;
      }
      case 'takeBack':
        yield* this.takeBack(act, index);
        return;
      default:
        unreachable(act);
    }
  }

  private *takeBack({ step, by }: Extract<Act, { act: 'takeBack' }>, act: number): Asking<void> {
    const done = this.accountant.notes.tasks.filter((task) => task.step === step && task.state === 'done');
    const last = done.findLast((task) => by === undefined || task.by === by);
    if (!last) throw new Stop({ why: 'refused', act, step, refused: refusal('step_not_decided', { step }) });
    yield* this.send({ kind: 'takeBack', decided: last.task, actor: by ?? last.by, vars: {} }, { act, step });
  }

  private *hear(act: HeardAct, index: number): Asking<void> {
    const { simulation } = this;
    const { name, fields = {} } = act;
    const event = act.act === 'message' ? { type: act.act, name, key: act.key } : { type: act.act, name };
    const isAwaited = (): boolean => placesOf(simulation.state, event).length > 0;
    yield* this.goOn(isAwaited);
    if (act.afterMs !== undefined) yield* this.advanceTo(simulation.now + act.afterMs);
    const takers = placesOf(simulation.state, event);
    const refused = refusal('not_awaited', { name });
    if (takers.length === 0) throw new Stop({ why: 'refused', act: index, step: null, refused });
    const answer = yield { ask: 'heard', takers, fields };
    const heard = { id: `heard-${String(index)}`, vars: 'vars' in answer ? answer.vars : {}, patch: null };
    simulation.consume({ ...event, ...heard });
    this.assertWithin();
    yield* this.settle();
  }

  private *actOnTask(act: TaskAct, index: number): Asking<void> {
    const { step } = act;
    const find = (): Task | undefined => taskFor(this.simulation.state, act);
    yield* this.goOn(() => find() !== undefined);
    if (act.afterMs !== undefined) {
      yield* this.advanceTo(this.simulation.now + act.afterMs);
      // What fell due meanwhile may have taken the task away.
      yield* this.goOn(() => find() !== undefined);
    }
    const task = find();
    const refused = refusal('step_not_reached', { step, ...(act.by === undefined ? {} : { by: act.by }) });
    if (!task) throw new Stop({ why: 'refused', act: index, step, refused });
    const by = act.by ?? (yield* this.actorOf(task));
    if (by === null)
      throw new Stop({
        why: 'refused',
        act: index,
        step,
        refused: refusal('pool_empty', { role: task.pool }),
      });
    if (act.act === 'complete') yield* this.complete(task, { ...act, by }, index);
    else yield* this.send(commandOf(act, { task, actor: by, now: this.simulation.now }), { act: index, step });
  }

  private *write(write: Write, act: number | null): Asking<CommandBody['vars']> {
    const answer = yield { ask: 'write', write };
    if ('vars' in answer) return answer.vars;
    const refused = 'refused' in answer ? answer.refused : { code: 'unknown', params: {} };
    throw new Stop({ why: 'refused', act, step: write.step, refused });
  }

  private *send(command: CommandBody, about: { act: number | null; step: StepId | null }): Asking<void> {
    this.accepted(this.simulation.send(command), about);
    yield* this.settle();
  }

  private accepted(refused: Refused | null, about: { act: number | null; step: StepId | null }): void {
    if (refused) throw new Stop({ why: 'refused', ...about, refused });
    this.assertWithin();
  }

  // ---------------------------------------------------------------------------------------------- time and effects

  /** Fires what falls due on the way, each at its own time. */
  private *advanceTo(until: number): Asking<void> {
    const { simulation } = this;
    const { timeMs } = this.plan.limits;
    const last = this.plan.at + timeMs;
    for (let due = this.nextDue(); due !== null && due <= Math.min(until, last); due = this.nextDue()) {
      simulation.now = Math.max(simulation.now, due);
      const over = this.coming.find(({ at }) => at <= simulation.now);
      if (over) yield* this.takeComing(over);
      else simulation.consume({ type: 'timer' });
      this.assertWithin();
      yield* this.settle();
    }
    simulation.now = Math.max(simulation.now, Math.min(until, last));
    if (until > last) throw new Stop({ why: 'limit', limit: 'timeMs', most: timeMs });
  }

  /** Of a timer, or of an activity that takes its time. */
  private nextDue(): number | null {
    const first = Math.min(nextDue(this.simulation.state) ?? Infinity, ...this.coming.map(({ at }) => at));
    return first === Infinity ? null : first;
  }

  private *takeComing(coming: Coming): Asking<void> {
    this.coming = this.coming.filter((each) => each !== coming);
    const inFlight = this.simulation.state.effects.find(({ id }) => id === coming.effect);
    // Its step is gone: it is waited for no longer.
    if (inFlight?.frame === null) this.fail(inFlight.id, 'cancelled');
    else if (inFlight) yield* this.askActivity(inFlight, true);
  }

  /** Asks for what the case waits for, until it waits for nothing that can be asked. */
  private *settle(): Asking<void> {
    for (let effect = this.awaited(); effect; effect = this.awaited()) {
      this.answered.add(effect.id);
      if (effect.type === 'resolve') yield* this.askPeople(effect);
      else if (effect.type === 'call') yield* this.askCall(effect);
      else yield* this.askActivity(effect);
      this.assertWithin();
    }
  }

  private awaited(): InFlight | undefined {
    return this.simulation.state.effects.find(({ id }) => !this.answered.has(id));
  }

  private *askPeople({ id }: InFlight): Asking<void> {
    const effect = this.effect(id);
    if (effect.type !== 'resolve') return;
    const answer = yield { ask: 'people', effect, at: this.simulation.now };
    if ('people' in answer) this.simulation.consume({ type: 'resolved', effect: id, people: answer.people });
    else this.fail(id, 'refused' in answer ? answer.refused.code : 'unknown');
  }

  private *askActivity({ id, step }: InFlight, isOver = false): Asking<void> {
    const { simulation } = this;
    const effect = this.effect(id);
    if (effect.type !== 'activity') return;
    const answer = yield { ask: 'activity', effect, at: simulation.now, isOver };
    if (!('activity' in answer)) {
      this.fail(id, 'unknown');
      return;
    }
    const { vars, error, isBusiness = false, afterMs } = answer.activity;
    const seen = { rev: simulation.state.rev, at: simulation.now, answer: answer.activity };
    if (!isOver) this.accountant.performed({ step, activity: effect.activity, flow: null }, seen);
    if (!isOver && afterMs !== undefined) this.coming.push({ effect: id, at: simulation.now + afterMs });
    else if (error === null) simulation.consume({ type: 'activityDone', effect: id, vars, patch: null });
    else this.fail(id, error, isBusiness);
  }

  private *askCall(call: Call): Asking<void> {
    const { simulation } = this;
    const effect = this.effect(call.id);
    if (effect.type !== 'call') return;
    const answer = yield { ask: 'call', effect, at: simulation.now };
    if ('call' in answer) {
      const seen = { rev: simulation.state.rev, at: simulation.now, answer: answer.call };
      this.accountant.performed({ step: call.step, activity: 'flow.call', flow: effect.flow }, seen);
      passCall(simulation, call, answer.call);
    } else this.fail(call.id, 'unknown');
  }

  private effect(id: number): ReturnType<typeof effectOf> {
    const { compiled, state } = this.simulation;
    const inFlight = state.effects.find((each) => each.id === id);
    if (!inFlight) throw new Error(`no effect ${String(id)}`);
    return effectOf(compiled, state, inFlight);
  }

  private fail(effect: number, code: string, isBusiness = false): void {
    const error = { code, message: code, ...(isBusiness && { business: true as const }) };
    this.simulation.consume({ type: 'activityFailed', effect, error });
  }

  private assertWithin(): void {
    const { events } = this.plan.limits;
    if (this.simulation.entries.length >= events && !isClosed(this.simulation.state))
      throw new Stop({ why: 'limit', limit: 'events', most: events });
  }
}
