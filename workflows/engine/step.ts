/**
 * The engine: one event in, the new state, its effects and its delta out. Pure and deterministic; for a flow that `check` has
 * passed and a command that `refuse` let through it never throws. Runs until everything waits, within a budget of transitions.
 */
import { sequenceOf, type Compiled } from './compile.ts';
import { advanceUndoing } from './compensation.ts';
import { consume } from './events.ts';
import { endCase, newFrame, newRun, openIncident, type Run } from './run.ts';
import { cloneState, findFrame, type Frame, type Found, type State, type Transition } from './state.ts';
import { reopen } from './steps/approval.ts';
import { finishScope, openStep } from './steps/index.ts';
import { barAgain } from './tasks.ts';
import type { DeltaEntry, Effect, EngineEvent, StepContext } from './types.ts';
import { must } from './unreachable.ts';
import { caseChange } from './views.ts';

export interface StepResult {
  state: State;
  effects: Effect[];
  /** Null: nothing waited for the event; the state is the one given. */
  delta: DeltaEntry | null;
}

const TRANSITIONS = 10_000;

/** Consumes one event. The given state is left as it is. */
export function step(compiled: Compiled, state: State, event: EngineEvent, context: StepContext): StepResult {
  const result = stepInto(compiled, cloneState(state), event, context);
  return result.delta === null ? { ...result, state } : result;
}

/** Consumes one event into the given state itself, for whoever has no use for it as it was. */
export function stepInto(compiled: Compiled, state: State, event: EngineEvent, context: StepContext): StepResult {
  const run = newRun(compiled, state, event, context);
  if (!consume(run, event)) return { state, effects: [], delta: null };
  settle(run, context.limits?.transitions ?? TRANSITIONS);
  barAgain(run);
  run.state.rev += 1;
  return { state: run.state, effects: run.effects, delta: deltaOf(run) };
}

function deltaOf(run: Run): DeltaEntry {
  const { state, now, event, patchEffect, opened, changed, closed, notices, spent, effects } = run;
  return {
    rev: state.rev,
    at: now,
    flowVersion: state.flowVersion,
    event: must(run.log, 'log of event'),
    consumed: event,
    patchEffect,
    opened,
    changed,
    closed,
    notices,
    spent,
    effects,
    case: caseChange(run.compiled, state),
  };
}

/** Works the agenda off. Over the budget each further step stops with an incident, which a retry continues. */
function settle(run: Run, budget: number): void {
  if (run.state.suspended) {
    run.state.suspended.agenda.push(...run.agenda);
    return;
  }
  for (let done = 1; run.agenda.length > 0; done += 1) {
    const next = must(run.agenda.shift(), 'transition');
    const found = findFrame(run.state, next.do === 'enter' ? next.scope : next.frame);
    if (!found) continue;
    if (done > budget && next.do === 'open') openIncident(run, found.frame, overBudget);
    else advance(run, next, found);
  }
}

const overBudget = { code: 'step_budget', detail: {}, resume: { do: 'open' as const } };

function advance(run: Run, next: Transition, { frame, parent }: Found): void {
  run.at = frame.step;
  if (next.do === 'enter') enter(run, frame, parent);
  else if (frame.undoes) advanceUndoing(run, next.do, frame, frame.undoes);
  else if (next.do === 'open') openStep(run, frame);
  else leave(run, frame, must(parent, 'parent of step frame'));
}

/** A scope goes to the step it is at, or is done. */
function enter(run: Run, scope: Frame, parent: Frame | null): void {
  const next = sequenceOf(run.compiled, scope.step, scope.branch)[scope.at];
  if (next) {
    const frame = newFrame(run, { step: next.id, item: scope.item });
    scope.children = [frame];
    run.agenda.push({ do: 'open', frame: frame.id });
  } else if (parent) {
    finishScope(run, parent, scope);
  } else {
    endCase(run, 'completed', 'completed');
  }
}

/** A step is done: its scope goes on, or the step that sent the work away gets it back (rule 21). */
function leave(run: Run, frame: Frame, parent: Frame): void {
  if (frame.detour) {
    parent.children = parent.children.filter((child) => child !== frame);
    reopen(run, parent, frame.detour);
    return;
  }
  parent.children = [];
  parent.at += 1;
  run.agenda.push({ do: 'enter', scope: parent.id });
}
