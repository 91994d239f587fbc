/**
 * 拿回: whoever decided takes it back while nobody has gone on from there: the step opens again for them, and what the decision opened is
 * closed. Refused once somebody after it has decided, or an activity has begun (rule 11). What only the server knows (a claim, a draft)
 * it checks itself.
 */
import { isHandlerKey } from './catching.ts';
import { stepInfo, type Compiled } from './compile.ts';
import { isBeside } from './handlers.ts';
import { isWithin, placeOfKey } from './items.ts';
import { goTo } from './return.ts';
import { cancelTask, type Run } from './run.ts';
import { framesUnder, type Frame, type Holder, type Seat, type State, type Task, type TrailEntry } from './state.ts';
import { openTask } from './tasks.ts';
import { areApart } from './trail.ts';
import { areConcurrent, ROOT } from './tree.ts';
import type { PersonId, Place, StepId, TaskId } from './types.ts';

/** What a decision can be taken back to: a voice in an approval that still waits for others, or a step. */
type Undo = { frame: Frame; seat: Seat; holder: Holder; next: Task | null } | { entry: TrailEntry };

interface Decided {
  task: TaskId;
  by: PersonId | null;
}

/** Undefined: it is too late, or was not theirs. */
export function undoOf(compiled: Compiled, state: State, { task, by }: Decided): Undo | undefined {
  for (const frame of state.root ? framesUnder(state.root) : []) {
    const seat = frame.seats.find((each) => each.task === task && each.decided !== null);
    if (seat) return undoOfSeat(frame, seat, by);
    const queued = undoInSeat(state, frame, { task, by });
    if (queued) return queued;
  }
  return undoOnTrail(compiled, state, { task, by });
}

function undoOfSeat(frame: Frame, seat: Seat, by: PersonId | null): Undo | undefined {
  const { decided } = seat;
  return decided?.assignee === by ? { frame, seat, holder: decided, next: null } : undefined;
}

function undoOnTrail(compiled: Compiled, state: State, { task, by }: Decided): Undo | undefined {
  const entry = state.trail.find((each) => each.task === task);
  if (entry?.by !== by || isOfRoundBefore(compiled, state, entry) || !isUntouched(compiled, state, entry))
    return undefined;
  return hasHandlerSince(compiled, state, entry) ? undefined : { entry };
}

/** Who decides one after another: the one before takes back while the next has done nothing with it. */
function undoInSeat(state: State, frame: Frame, { task, by }: Decided): Undo | undefined {
  const seat = frame.seats.find(({ past, verdict }) => verdict === null && past.at(-1)?.task === task);
  const last = seat?.past.at(-1);
  const next = state.tasks.find(({ id }) => id === seat?.task);
  if (!seat || !last || next?.owner !== null || next.assignment > 1) return undefined;
  return last.holder.assignee === by ? { frame, seat, holder: last.holder, next } : undefined;
}

/** Whether a loop around it has gone on to its next round meanwhile. */
function isOfRoundBefore(compiled: Compiled, { root }: State, { step, item }: TrailEntry): boolean {
  const around = new Set<StepId | null>(stepInfo(compiled, step).path.map(({ owner }) => owner));
  const loops = [...(root ? framesUnder(root) : [])].filter(
    (frame) =>
      frame.branch === null &&
      around.has(frame.step) &&
      stepInfo(compiled, frame.step).step.kind === 'loop' &&
      isWithin(item, frame.item),
  );
  return loops.some(({ children }) =>
    children.some(({ branch, item: round }) => branch === ROOT && !isWithin(item, round)),
  );
}

function isUntouched(compiled: Compiled, state: State, { step, item, task }: TrailEntry): boolean {
  const isAfter = (other: Place): boolean => !areApart(compiled, { step, item }, other);
  const { order } = stepInfo(compiled, step);
  const inFlight = state.effects.flatMap((effect) => (effect.type === 'resolve' ? [] : [effect]));
  const acts: Place[] = [...state.ran.map(placeOfKey), ...inFlight];
  const hasActed = acts.some((act) => stepInfo(compiled, act.step).order > order && isAfter(act));
  return !hasActed && decidedAfter(compiled, state, task) === undefined;
}

/** Whether a handler has begun where the decision would be undone, or the branch of one in which it was made is over. */
function hasHandlerSince(compiled: Compiled, state: State, { step, item }: TrailEntry): boolean {
  const { order, path } = stepInfo(compiled, step);
  const branches = state.root ? [...framesUnder(state.root)].filter(({ branch }) => isHandler(branch)) : [];
  const own = branches.filter((scope) => isWithin(item, scope.item));
  if (own.length < path.filter(({ branch }) => isHandler(branch)).length) return true;
  return branches.some((scope) => {
    if (own.includes(scope)) return false;
    const isAround = scope.step === null || stepInfo(compiled, scope.step).order < order;
    if (isBeside(scope)) return !isAround && !areConcurrent(compiled, scope.step ?? step, step);
    return scope.step === null || !areConcurrent(compiled, scope.step, step);
  });
}

function isHandler(branch: string | null): boolean {
  return branch !== null && isHandlerKey(branch);
}

/** The first decision that went on from that of a task; undefined: none, or the task's own is no longer on the way. */
export function decidedAfter(compiled: Compiled, state: State, task: TaskId | null): TrailEntry | undefined {
  const own = state.trail.find((entry) => entry.task === task);
  return own && state.trail.find((entry) => entry.rev > own.rev && !areApart(compiled, own, entry));
}

/** What was open after the decision; the server looks whether somebody has begun with it. */
export function openAfter(compiled: Compiled, state: State, undo: Undo): TaskId[] {
  if ('seat' in undo) return undo.next ? [undo.next.id] : [];
  return state.tasks.filter((task) => !areApart(compiled, undo.entry, task)).map(({ id }) => id);
}

export function takeBack(run: Run, undo: Undo): void {
  if ('seat' in undo) {
    const { frame, seat, holder, next } = undo;
    if (next) {
      cancelTask(run, next);
      const { assignee, pool, explanation } = next;
      seat.queue.unshift({ assignee, pool, explanation });
    }
    if (seat.verdict !== 'rejected') seat.past.pop();
    seat.verdict = null;
    seat.decided = null;
    seat.task = openTask(run, frame, holder).id;
    return;
  }
  goTo(run, undo.entry).returned = { by: null };
}
