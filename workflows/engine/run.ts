/**
 * One event being worked on: a draft of the state, the delta it fills, and the agenda of transitions until everything waits.
 * The only code that opens frames, effects and incidents, and closes them, tasks and timers.
 */
import { compensationOf, stepInfo, type Compiled } from './compile.ts';
import { itemOf, plainItems } from './items.ts';
import { hasSubstitutes, isHuman, type HumanStep } from './tree.ts';
import { spend } from './spent.ts';
import {
  framesUnder,
  keepTimers,
  type Frame,
  type InFlight,
  type Resume,
  type State,
  type Task,
  type Transition,
} from './state.ts';
import type {
  ChangedTask,
  ClosedTask,
  Effect,
  EngineEvent,
  Incident,
  Json,
  LogEvent,
  Notice,
  OpenedTask,
  PersonId,
  Spent,
  StepContext,
  StepId,
  TaskId,
} from './types.ts';
import { must } from './unreachable.ts';

export interface Run {
  compiled: Compiled;
  /** The draft; `step` copied it. */
  state: State;
  now: number;
  event: EngineEvent;
  agenda: Transition[];
  /** What the log says of this event; set by the event's handler. */
  log: LogEvent | null;
  /** Handlers that happened and escalations that were thrown because of it, for its line in the log. */
  caught: string[];
  escalated: string[];
  patchEffect: number | null;
  opened: OpenedTask[];
  changed: ChangedTask[];
  closed: ClosedTask[];
  notices: Notice[];
  spent: Spent[];
  effects: Effect[];
  /** Effects of earlier events that are looked up in vain. */
  dropped: number[];
  /** Activities in flight whose step this event closed. */
  late: number[];
  /** Calls whose cases nobody waits for any more, and escalations for whoever waits for this one. */
  cancels: number[];
  escalates: string[];
  /** Items of a forEach that this event began, and with which outcome an `end` ended one, by scope. */
  begun: number;
  ended: Map<number, string>;
  /** Scopes whose token an `end` used up. */
  lost: Set<number>;
  /** Fields that this event wrote. */
  written: Set<string>;
  /** The step that is being worked on, and who is told what its expressions come to. */
  at: StepId | null;
  traced: StepContext['traced'];
  /** The version that a migration moves the case to. */
  target: Compiled | undefined;
  /** Expressions evaluated, and what of this event the budget has counted already. */
  evaluated: number;
  weighed: { evaluated: number; notices: number; opened: number };
}

export function newRun(
  compiled: Compiled,
  state: State,
  event: EngineEvent,
  { now, traced, target }: StepContext,
): Run {
  return {
    compiled,
    state,
    now,
    event,
    agenda: [],
    log: null,
    caught: [],
    escalated: [],
    patchEffect: null,
    opened: [],
    changed: [],
    closed: [],
    notices: [],
    spent: [],
    effects: [],
    dropped: [],
    late: [],
    cancels: [],
    escalates: [],
    begun: 0,
    ended: new Map(),
    lost: new Set(),
    written: new Set(),
    at: null,
    traced,
    target,
    evaluated: 0,
    weighed: { evaluated: 0, notices: 0, opened: 0 },
  };
}

/** Adds to what the log says of this event. */
export function noteInLog(run: Run, data: Record<string, Json>): void {
  if (run.log) run.log.data = { ...run.log.data, ...data };
}

export function nextId({ state }: Pick<Run, 'state'>): number {
  const id = state.next;
  state.next += 1;
  return id;
}

/** A frame with nothing in it yet. */
export function newFrame(run: Pick<Run, 'state'>, fields: Pick<Frame, 'step'> & Partial<Frame>): Frame {
  return {
    id: nextId(run),
    branch: null,
    at: 0,
    item: null,
    children: [],
    arrived: [],
    each: null,
    seats: [],
    returned: null,
    undoes: null,
    detour: null,
    ...fields,
  };
}

export function humanStep(run: Run, id: StepId): HumanStep {
  const { step } = stepInfo(run.compiled, id);
  if (!isHuman(step)) throw new Error(`${id} is no human step`);
  return step;
}

// ------------------------------------------------------------------------------------------------ tasks

/** A task as others are shown it: while its clock stands, alone or with all of the case, it has no due time. */
export function openedOf(task: Task): OpenedTask {
  const { id, step, item, kind, assignee, pool, assignment, outcomes, paused, returnedBy, never, explanation } = task;
  const stands = paused !== null || task.clock.standing !== null;
  const clock = {
    dueAt: stands ? null : task.dueAt,
    dueBy: task.dueAt === null ? null : task.clock.by,
    waitingFor: paused?.waitingFor ?? null,
    pausedAt: paused?.since ?? null,
    pausedUntil: paused?.until ?? null,
  };
  return { task: id, step, item, kind, assignee, pool, assignment, ...clock, outcomes, returnedBy, never, explanation };
}

/** Tells all of a task that can change. */
export function tellChange(run: Run, opened: Task, movedTo?: StepId): void {
  const { step: _step, kind: _kind, returnedBy: _returnedBy, ...changed } = openedOf(opened);
  run.changed.push(movedTo === undefined ? changed : { ...changed, step: movedTo });
}

/** Closes a task that somebody, or its due action, decided. */
export function finishTask(run: Run, task: Task, outcome: string, by: PersonId | null): void {
  dropTask(run, task);
  run.closed.push({ task: task.id, step: task.step, state: 'done', outcome, by });
}

/** Closes a task that nobody decides any more. */
export function cancelTask(run: Run, task: Task): void {
  dropTask(run, task);
  run.closed.push({ task: task.id, step: task.step, state: 'cancelled', outcome: null, by: null });
}

/** With what waits for it alone: on an approval's frame others may still decide. */
function dropTask(run: Run, task: Task): void {
  const { state } = run;
  spend(run, task);
  state.tasks = state.tasks.filter(({ id }) => id !== task.id);
  keepTimers(state, (timer) => timer.task !== task.id);
  state.incidents = state.incidents.filter(({ resume }) => taskOfResume(resume) !== task.id);
}

function taskOfResume(resume: Resume): TaskId | null {
  if ('task' in resume) return resume.task;
  return resume.do === 'timer' ? resume.timer.task : null;
}

// ------------------------------------------------------------------------------------------------ effects, incidents

/** Starts an effect and keeps it in the state until its result comes. */
export function startEffect(run: Run, inFlight: InFlight): void {
  run.state.effects.push(inFlight);
  run.effects.push(effectOf(run.compiled, run.state, inFlight));
}

/** Calls an activity for a frame; it waits for the record at the revision that this event makes (rule 8). */
export function startActivity(run: Run, frame: Frame, activity: string): void {
  const step = must(frame.step, 'step of frame');
  const of = { frame: frame.id, step, item: frame.item, undoes: frame.undoes?.effect ?? null };
  startEffect(run, { type: 'activity', id: nextId(run), ...of, activity, rev: run.state.rev + 1 });
}

/** The effect as the shell gets it; made anew from the state when a case continues as new. */
export function effectOf(compiled: Compiled, state: State, inFlight: InFlight): Effect {
  const { id, step } = inFlight;
  if (inFlight.type === 'send') {
    const { kind, name, key, rev, item } = inFlight;
    const items = plainItems(compiled, state, { step, item });
    return { type: 'send', id, step, kind, name, key, rev, item, items };
  }
  if (inFlight.type === 'call') {
    const { flow, waits, rev, item } = inFlight;
    const items = plainItems(compiled, state, { step, item });
    return { type: 'call', id, step, flow, waits, rev, item, items };
  }
  if (inFlight.type === 'activity') {
    const { activity, rev, item, undoes } = inFlight;
    const items = plainItems(compiled, state, { step, item });
    return { type: 'activity', id, step, activity, rev, item, items, undoes };
  }
  return {
    type: 'resolve',
    id,
    step,
    assign: inFlight.assign,
    community: state.community,
    initiator: must(state.initiator, 'initiator'),
    previous: inFlight.previous,
    given: inFlight.given,
    never: inFlight.never,
    substitutes: hasSubstitutes(inFlight.people),
    headForInitiator: inFlight.people.whenInitiator === 'head',
  };
}

/** Stops a frame until somebody retries it. */
export function openIncident(
  run: Run,
  frame: Frame,
  what: { code: string; detail: Record<string, Json>; resume: Resume },
): void {
  const { step } = frame;
  const item = step === null ? null : itemOf(run.compiled, { step, item: frame.item });
  const detail = item === null ? what.detail : { ...what.detail, item };
  run.state.incidents.push({ id: nextId(run), frame: frame.id, step, ...what, detail });
}

// ------------------------------------------------------------------------------------------------ closing

/**
 * Closes what is under a frame: tasks are cancelled, timers, incidents and people that are being looked up are dropped, an
 * activity in flight is let finish and only logged (rule 22), one that this very event started is not; a case that is waited for is cancelled.
 * The frame stays in its parent.
 */
export function closeUnder(run: Run, frame: Frame): void {
  const ids = new Set([...framesUnder(frame)].map(({ id }) => id));
  const { state } = run;
  for (const task of state.tasks.filter((open) => ids.has(open.frame))) cancelTask(run, task);
  keepTimers(state, (timer) => !ids.has(timer.frame));
  state.waits = state.waits.filter((wait) => !ids.has(wait.frame));
  for (const { resume } of state.incidents.filter(({ frame: open }) => ids.has(open))) giveUpBegun(run, resume);
  state.incidents = state.incidents.filter(({ frame: open }) => !ids.has(open));
  closeEffects(run, ids);
  const isOpen = (next: Transition): boolean => !ids.has(next.do === 'enter' ? next.scope : next.frame);
  run.agenda = run.agenda.filter(isOpen);
  if (state.suspended) {
    const { agenda, answers } = state.suspended;
    state.suspended.agenda = agenda.filter(isOpen);
    state.suspended.answers = answers.filter(({ effect }) => effect.frame !== null && !ids.has(effect.frame));
  }
  frame.children = [];
}

/** A case that has begun, on which the engine failed when it was told. */
function giveUpBegun(run: Run, resume: Resume): void {
  if (resume.do !== 'event' || resume.effect.type !== 'call' || resume.event.type !== 'activityDone') return;
  if (resume.effect.waits) run.cancels.push(resume.effect.id);
}

function closeEffects(run: Run, frames: ReadonlySet<number>): void {
  const started = new Set(run.effects.map(({ id }) => id));
  const kept: InFlight[] = [];
  for (const effect of run.state.effects) {
    if (effect.frame === null || !frames.has(effect.frame)) kept.push(effect);
    else if (started.has(effect.id)) continue;
    else if (effect.type === 'resolve') run.dropped.push(effect.id);
    else if (effect.type === 'call' && effect.waits) run.cancels.push(effect.id);
    else {
      run.late.push(effect.id);
      kept.push({ ...effect, frame: null });
    }
  }
  run.state.effects = kept;
  run.effects = run.effects.filter((effect) => kept.some(({ id }) => id === effect.id));
}

/** A step is over: nothing waits for it or for what is on it any more. */
export function closeWaits({ state }: Run, { id }: Frame): void {
  keepTimers(state, ({ frame }) => frame !== id);
  state.waits = state.waits.filter(({ frame }) => frame !== id);
  state.incidents = state.incidents.filter(({ frame }) => frame !== id);
}

/**
 * Ends the case and closes everything in it, as soon as nothing is left to be undone. One that was withdrawn or cancelled ends as that,
 * whatever its handlers come to.
 */
export function endCase(run: Run, status: 'completed' | 'cancelled', outcome: string): void {
  const { state } = run;
  if (state.root) closeUnder(run, state.root);
  state.root = null;
  state.held = null;
  state.ending = state.cancelling ? { status: 'cancelled', ...state.cancelling } : { status, outcome };
  state.cancelling = null;
  endIfUndone(run);
}

/** A case that ends waits for its compensations, and for activities in flight whose late success would have to be undone (rule 22). */
export function endIfUndone({ state, compiled }: Pick<Run, 'state' | 'compiled'>): void {
  const { ending, effects, undoing } = state;
  if (!ending || undoing.length > 0 || effects.some(({ step }) => compensationOf(compiled, step) !== null)) return;
  state.status = ending.status;
  state.outcome = ending.outcome;
  state.ending = null;
}

/** Incidents as the read model shows them. */
export function incidentsOf(state: State): Incident[] {
  return state.incidents.map(({ id, step, code, detail }) => ({ id, step, code, detail }));
}
