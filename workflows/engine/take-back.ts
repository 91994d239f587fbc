/**
 * 拿回: whoever decided takes it back while nobody has gone on from there: the step opens again for them, and what the decision opened is
 * closed. Refused once somebody after it has decided, or an activity has begun (rule 11). What only the server knows (a claim, a draft)
 * it checks itself.
 */
import { stepInfo, type Compiled } from './compile.ts';
import { placeOfKey } from './items.ts';
import { goTo } from './return.ts';
import type { Run } from './run.ts';
import { framesUnder, type Frame, type Holder, type Seat, type State, type TrailEntry } from './state.ts';
import { openTask } from './tasks.ts';
import { areApart } from './trail.ts';
import type { PersonId, TaskId, Place } from './types.ts';

/** What a decision can be taken back to: a voice in an approval that still waits for others, or a step. */
type Undo = { frame: Frame; seat: Seat; holder: Holder } | { entry: TrailEntry };

interface Decided {
  task: TaskId;
  by: PersonId | null;
}

/** Undefined: it is too late, or was not theirs. */
export function undoOf(compiled: Compiled, state: State, { task, by }: Decided): Undo | undefined {
  for (const frame of state.root ? framesUnder(state.root) : []) {
    const seat = frame.seats.find((each) => each.task === task && each.decided !== null);
    if (seat?.decided) return seat.decided.assignee === by ? { frame, seat, holder: seat.decided } : undefined;
  }
  const entry = state.trail.find((each) => each.task === task);
  return entry?.by === by && isUntouched(compiled, state, entry) ? { entry } : undefined;
}

function isUntouched(compiled: Compiled, state: State, { step, item, task }: TrailEntry): boolean {
  const isAfter = (other: Place): boolean => !areApart(compiled, { step, item }, other);
  const { order } = stepInfo(compiled, step);
  const inFlight = state.effects.flatMap((effect) => (effect.type === 'activity' ? [effect] : []));
  const acts: Place[] = [...state.ran.map(placeOfKey), ...inFlight];
  const hasActed = acts.some((act) => stepInfo(compiled, act.step).order > order && isAfter(act));
  return !hasActed && decidedAfter(compiled, state, task) === undefined;
}

/** The first decision that went on from that of a task; undefined: none, or the task's own is no longer on the way. */
export function decidedAfter(compiled: Compiled, state: State, task: TaskId | null): TrailEntry | undefined {
  const own = state.trail.find((entry) => entry.task === task);
  return own && state.trail.find((entry) => entry.rev > own.rev && !areApart(compiled, own, entry));
}

/** What was open after the decision; the server looks whether somebody has begun with it. */
export function openAfter(compiled: Compiled, state: State, undo: Undo): TaskId[] {
  if ('seat' in undo) return [];
  return state.tasks.filter((task) => !areApart(compiled, undo.entry, task)).map(({ id }) => id);
}

export function takeBack(run: Run, undo: Undo): void {
  if ('seat' in undo) {
    const { frame, seat, holder } = undo;
    seat.verdict = null;
    seat.decided = null;
    seat.task = openTask(run, frame, holder).id;
    return;
  }
  goTo(run, undo.entry).returned = { by: null };
}
