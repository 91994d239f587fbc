/** What a completed human step leaves behind: its outcome on the trail, who did it, and how often. */
import { stepInfo, type Compiled } from './compile.ts';
import type { Run } from './run.ts';
import { timesOf, type Frame, type TrailEntry } from './state.ts';
import { isHandlerKey } from './catching.ts';
import { areConcurrent, repeats } from './tree.ts';
import type { PersonId, StepId } from './types.ts';
import { must } from './unreachable.ts';

type Decided = Pick<TrailEntry, 'outcome' | 'task' | 'by' | 'approvers'>;

/** Puts a step's outcome on the trail; a detour's target keeps its place there. */
export function recordOutcome(
  run: Run,
  frame: Frame,
  decided: Decided | { skipped: string; approvers: PersonId[] },
): void {
  const { trail, rev } = run.state;
  const place = { step: must(frame.step, 'step of frame'), item: frame.item };
  const entry: TrailEntry =
    'skipped' in decided
      ? {
          ...place,
          outcome: decided.skipped,
          skipped: true,
          rev: rev + 1,
          task: null,
          by: null,
          approvers: decided.approvers,
        }
      : { ...place, ...pick(decided), skipped: false, rev: rev + 1 };
  const at = trail.findIndex(({ step, item }) => step === entry.step && item === entry.item);
  if (at >= 0) trail[at] = entry;
  else trail.push(entry);
}

function pick({ outcome, task, by, approvers }: Decided): Decided {
  return { outcome, task, by, approvers };
}

/** Remembers who completed a step; a due action is nobody and changes nothing. */
export function recordHandler(run: Run, step: StepId, by: PersonId | null): void {
  if (by === null) return;
  run.state.handlers[step] = by;
  run.state.previous = by;
}

/** Counts that a person or a due action decided a step, also when the decision sends the case back. */
export function countDecision({ state }: Run, step: StepId): void {
  state.times[step] = (timesOf(state, [step])[step] ?? 0) + 1;
}

/**
 * Forgets a step and what came after it in the document, in its round: it is to be done again. What stands in branches beside it is
 * not after it, and rounds before are over.
 */
export function cutTrail({ compiled, state }: Run, target: StepId, item: string | null): void {
  state.trail = state.trail.filter((entry) => !isCrossed(compiled, entry, target, item));
}

/** Whether going back to a step, in its round, goes back over what was done elsewhere: it is that step or stands after it. */
export function isCrossed(
  compiled: Compiled,
  done: { step: StepId; item: string | null },
  target: StepId,
  item: string | null,
): boolean {
  const isAfter = stepInfo(compiled, done.step).order >= stepInfo(compiled, target).order;
  return isAfter && !areConcurrent(compiled, done.step, target) && isWithin(done.item, item);
}

/** Whether something happened in the rounds that `outer` names; outside every loop everything did. */
export function isWithin(item: string | null, outer: string | null): boolean {
  return outer === null || item === outer || item?.startsWith(`${outer}/`) === true;
}

/** Of the rounds that somebody at `item` is in those that also hold a step around them; a handler's branch is one. */
export function roundsOf(compiled: Compiled, step: StepId, item: string | null): string | null {
  const { path } = stepInfo(compiled, step);
  const isRound = ({ owner, branch }: (typeof path)[number]): boolean =>
    isHandlerKey(branch) || (owner !== null && repeats(stepInfo(compiled, owner).step));
  const rounds = path.filter(isRound).length;
  return rounds === 0 || item === null ? null : item.split('/').slice(0, rounds).join('/');
}
