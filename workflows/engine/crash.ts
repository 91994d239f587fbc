/**
 * What becomes of an event on which the engine itself failed: an incident instead of a workflow task that fails for ever. The
 * draft is thrown away; the event is kept with the incident, so that a retry on a mended engine continues the case.
 */
import { cloneState } from './clone.ts';
import { compensationOf, type Compiled } from './compile.ts';
import { dueTimer } from './due.ts';
import { endIfUndone, newFrame, nextId } from './run.ts';
import { findFrame, type InFlight, type Resume, type State, type Timer } from './state.ts';
import type { StepResult } from './step.ts';
import type { DeltaEntry, EngineEvent, LogType, StepId } from './types.ts';
import { caseChange } from './views.ts';

/** Events whose sender gets no refusal: whatever else fails is refused, and its sender knows. */
export type Unwaited = Exclude<EngineEvent, { type: (typeof WAITED)[number] }>;
const WAITED = ['command', 'message', 'signal', 'childEscalated'] as const;

export function isUnwaited(event: EngineEvent): event is Unwaited {
  return !(WAITED as readonly string[]).includes(event.type);
}

const LOG_TYPES: Record<Unwaited['type'], LogType> = {
  timer: 'timer_fired',
  resolved: 'people_resolved',
  activityDone: 'activity_done',
  activityFailed: 'activity_failed',
  childEnded: 'child_ended',
};

const CRASHED = { error: 'engine_error', crashed: true };

/** Whether the log says that the engine failed on the event: to fold it is to fail again, on whatever engine folds. */
export function isCrash({ event }: Pick<DeltaEntry, 'event'>): boolean {
  return event.data.crashed === true;
}

/** Turns a failed event into an incident; a failed command is refused by the shell instead and leaves the state as it was. */
export function crash(compiled: Compiled, before: State, event: Unwaited, now: number): StepResult {
  const state = cloneState(before);
  const failed = event.type === 'timer' ? takeTimer(state, now) : takeEffect(compiled, state, event);
  if (!failed) return { state: before, effects: [], delta: null };
  const { step, frame, resume } = failed;
  if (frame === null) endIfUndone({ state, compiled });
  else {
    const id = nextId({ state });
    state.incidents.push({ id, step, code: 'engine_error', detail: { event: event.type }, frame, resume });
  }
  state.rev += 1;
  const delta = {
    rev: state.rev,
    at: now,
    flowVersion: state.flowVersion,
    event: {
      type: LOG_TYPES[event.type],
      step,
      task: null,
      actor: null,
      command: null,
      data: CRASHED,
    },
    consumed: event,
    patchEffect: null,
    opened: [],
    changed: [],
    closed: [],
    notices: [],
    effects: [],
    case: caseChange(compiled, state),
  };
  return { state, effects: [], delta };
}

interface Failed {
  step: StepId | null;
  frame: number | null;
  resume: Resume;
}

function takeTimer(state: State, now: number): Failed | null {
  const timer: Timer | undefined = dueTimer(state.timers, now);
  if (!timer) return null;
  state.timers = state.timers.filter(({ id }) => id !== timer.id);
  const task = state.tasks.find(({ id }) => id === timer.task);
  const step = task?.step ?? findFrame(state, timer.frame)?.frame.step ?? null;
  return { step, frame: timer.frame, resume: { do: 'timer', timer } };
}

function takeEffect(compiled: Compiled, state: State, event: Exclude<Unwaited, { type: 'timer' }>): Failed | null {
  const effect: InFlight | undefined = state.effects.find(({ id }) => id === event.effect);
  if (!effect) return null;
  state.effects = state.effects.filter(({ id }) => id !== effect.id);
  if (effect.frame === null) return takeLate(compiled, state, event, effect.step);
  return { step: effect.step, frame: effect.frame, resume: { do: 'event', event, effect } };
}

/** A late result is only logged, nobody waits for it; but what has to be undone waits for a retry (rule 22). */
function takeLate(
  compiled: Compiled,
  state: State,
  { type, effect }: Exclude<Unwaited, { type: 'timer' }>,
  step: StepId,
): Failed {
  const resume = { do: 'open' as const };
  if (type !== 'activityDone' || compensationOf(compiled, step) === null) return { step, frame: null, resume };
  const frame = newFrame({ state }, { step, undoes: { effect, step, item: null } });
  state.undoing.push({ frame, rest: [], opens: [] });
  return { step, frame: frame.id, resume };
}
