/** What others are shown of a state: where the case stands, a full picture, its open tasks. All derived, nothing stored. */
import { isHandlerKey } from './catching.ts';
import { stepInfo, type Compiled } from './compile.ts';
import { incidentsOf, openedOf } from './run.ts';
import { allTimers, findFrame, heldFrames, isClosed, type BranchKey, type State, type Timer } from './state.ts';
import type { Await, CaseChange, OpenTasks, Snapshot, StepId, TaskId } from './types.ts';
import { must } from './unreachable.ts';

/** Above so many open tasks only their count and a checksum travel (rule 5). */
const MOST_IDS = 50;

/** `compiled` null: the flow is still being loaded, so the position is in no order yet. */
export function caseChange(compiled: Compiled | null, state: State): CaseChange {
  return {
    status: statusOf(state),
    outcome: state.outcome,
    position: positionOf(compiled, state),
    incidents: incidentsOf(state),
    awaits: awaitsOf(state),
    ...(state.error !== undefined && { error: state.error }),
    ...(isClosed(state) && { called: state.called === true }),
  };
}

function statusOf({ status, ending, suspended }: State): CaseChange['status'] {
  if (status !== 'running' && status !== 'new') return status;
  if (suspended) return 'suspended';
  return ending?.status === 'cancelled' ? 'cancelling' : 'running';
}

/** The steps that wait, in document order. */
function positionOf(compiled: Compiled | null, state: State): StepId[] {
  const waiting = new Set<StepId>();
  for (const { step } of [...state.tasks, ...state.effects.filter(({ frame }) => frame !== null)]) waiting.add(step);
  const outside = [...allTimers(state).filter(({ what }) => isOfStep(what)), ...state.waits.filter(isNoHandler)];
  for (const { frame } of outside) waiting.add(stepOfFrame(state, frame));
  for (const { step } of state.incidents) if (step !== null) waiting.add(step);
  for (const step of heldSteps(state)) waiting.add(step);
  if (!compiled) return [...waiting];
  return [...waiting].sort((a, b) => stepInfo(compiled, a).order - stepInfo(compiled, b).order);
}

function heldSteps(state: State): StepId[] {
  return heldFrames(state).flatMap((frame) => findFrame(state, frame)?.frame.step ?? []);
}

/** Whether a step waits for it, and not a handler on it. */
export function isOfStep(what: Timer['what']): boolean {
  return what.kind === 'wait' || (what.kind === 'catch' && isNoHandler(what));
}

export function isNoHandler({ part }: { part: BranchKey | null }): boolean {
  return part === null || !isHandlerKey(part);
}

/** The messages and signals it waits for. */
function awaitsOf(state: State): Await[] {
  return state.waits.flatMap(({ id, frame, part, for: what }): Await[] => {
    if (what.kind === 'condition') return [];
    const { step } = must(findFrame(state, frame), 'frame of wait').frame;
    const { kind, name } = what;
    const sent = what.kind === 'message' ? { key: what.key, early: what.early } : { key: null, early: false };
    return [{ id, kind, name, ...sent, step, part }];
  });
}

function stepOfFrame(state: State, id: number): StepId {
  return must(findFrame(state, id)?.frame.step, 'step of frame');
}

/** Everything that rows can be healed from. */
export function snapshot(compiled: Compiled | null, state: State): Snapshot {
  const { rev, flowVersion } = state;
  return {
    rev,
    flowVersion,
    tasks: state.tasks.map((task) => openedOf(task)),
    case: caseChange(compiled, state),
  };
}

export function openTasksOf(state: State): OpenTasks {
  const ids = state.tasks.map(({ id }) => id);
  return ids.length > MOST_IDS ? { count: ids.length, checksum: checksumOf(ids) } : { ids };
}

/** FNV-1a, 32 bits, hex, over the ids sorted by code unit and joined by a comma: cheap, and the same on both sides. */
export function checksumOf(ids: readonly TaskId[]): string {
  let hash = 0x811c9dc5;
  for (const char of [...ids].sort().join(',')) {
    hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  return hash.toString(16).padStart(8, '0');
}
