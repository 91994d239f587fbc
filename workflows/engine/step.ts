/**
 * The engine: one event in, the new state, its effects and its delta out. Pure and deterministic; for a flow that `check` has
 * passed and a command that `refuse` let through it never throws. Runs until everything waits, within a budget of transitions.
 */
import { isHandlerKey } from './catching.ts';
import { cloneState } from './clone.ts';
import { sequenceOf, type Compiled } from './compile.ts';
import { advanceUndoing, noteDone } from './compensation.ts';
import { consume } from './events.ts';
import { finishHandler } from './handlers.ts';
import { happenTo, nextCondition } from './happen.ts';
import { closeWaits, endCase, newRun, openIncident, type Run } from './run.ts';
import { findFrame, type Frame, type Found, type State, type Transition } from './state.ts';
import { reopen } from './steps/approval.ts';
import { dropGoneItems } from './steps/for-each.ts';
import { OVER_BUDGET } from './step-budget.ts';
import { finishScope, openStep } from './steps/index.ts';
import { barAgain } from './tasks.ts';
import type { DeltaEntry, Effect, EngineEvent, LogEvent, StepContext } from './types.ts';
import { must } from './unreachable.ts';
import { caseChange } from './views.ts';
import { openFrame, stopWait } from './waits.ts';

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
  dropGoneItems(run);
  settle(run, context.limits?.transitions ?? TRANSITIONS);
  barAgain(run);
  run.state.rev += 1;
  return { state: run.state, effects: run.effects, delta: deltaOf(run) };
}

function deltaOf(run: Run): DeltaEntry {
  const { state, now, event, patchEffect, opened, changed, closed, notices, spent, effects } = run;
  const { dropped, late, cancels, escalates } = run;
  return {
    rev: state.rev,
    at: now,
    flowVersion: state.flowVersion,
    event: logOf(run),
    consumed: event,
    patchEffect,
    opened,
    changed,
    closed,
    notices,
    spent,
    effects,
    ...(dropped.length > 0 && { dropped }),
    ...(late.length > 0 && { late }),
    ...(cancels.length > 0 && { cancels }),
    ...(escalates.length > 0 && { escalates }),
    case: caseChange(run.compiled, state),
  };
}

/** The line of the log, with what the event set off. */
function logOf({ log, caught, escalated }: Run): LogEvent {
  const line = must(log, 'log of event');
  const handlers = caught.length > 0 ? { handlers: caught } : {};
  const escalations = escalated.length > 0 ? { escalations: escalated } : {};
  return { ...line, data: { ...line.data, ...handlers, ...escalations } };
}

/**
 * Works the agenda off, and then what has come true. Over the budget each further step stops with an incident, which a retry continues. What
 * takes longer than a transition, or makes the entry longer, counts for more: no other case of the worker goes on meanwhile.
 */
function settle(run: Run, budget: number): void {
  if (run.state.suspended) {
    run.state.suspended.agenda.push(...run.agenda);
    return;
  }
  let done = 0;
  do {
    done = workOff(run, done, budget);
    const wait = nextCondition(run);
    done += 1 + weightOf(run);
    if (!wait) return;
    if (done > budget) stopWait(run, wait, OVER_BUDGET.code);
    else happenTo(run, wait);
  } while (run.state.root !== null);
}

function workOff(run: Run, before: number, budget: number): number {
  let done = before;
  while (run.agenda.length > 0) {
    done += 1 + weightOf(run);
    const next = must(run.agenda.shift(), 'transition');
    const found = findFrame(run.state, next.do === 'enter' ? next.scope : next.frame);
    if (!found) continue;
    if (done > budget && next.do === 'open') openIncident(run, found.frame, OVER_BUDGET);
    else advance(run, next, found);
  }
  return done;
}

/** Reading an expression takes that many times as long as a transition. */
const EVALUATION = 50;

/** Of what the last transition did. */
function weightOf(run: Run): number {
  const { weighed, evaluated, notices, opened } = run;
  const told = notices
    .slice(weighed.notices)
    .reduce((sum, { to }) => sum + (typeof to === 'object' && 'persons' in to ? to.persons.length : 1), 0);
  const weight = EVALUATION * (evaluated - weighed.evaluated) + told + opened.length - weighed.opened;
  run.weighed = { evaluated, notices: notices.length, opened: opened.length };
  return weight;
}

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
    const frame = openFrame(run, { step: next.id, item: scope.item });
    scope.children.push(frame);
    run.agenda.push({ do: 'open', frame: frame.id });
    return;
  }
  // Branches that run beside still belong to it (rule 20).
  if (scope.children.length > 0) return;
  if (parent && scope.branch !== null && isHandlerKey(scope.branch)) {
    finishHandler(run, scope, parent);
  } else if (parent) {
    finishScope(run, parent, scope);
  } else {
    endCase(run, 'completed', run.ended.get(scope.id) ?? 'completed');
  }
}

/** A step is done: its scope goes on, or the step that sent the work away gets it back (rule 21). */
function leave(run: Run, frame: Frame, parent: Frame): void {
  closeWaits(run, frame);
  noteDone(run, frame);
  parent.children = parent.children.filter((child) => child !== frame);
  if (frame.detour) {
    reopen(run, parent, frame.detour);
    return;
  }
  parent.at += 1;
  run.agenda.push({ do: 'enter', scope: parent.id });
}
