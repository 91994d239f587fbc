/** What an `end` ends. */
import { isHandlerKey, isInstead } from './catching.ts';
import type { BranchKey } from './state.ts';
import { runsTogether, type StepsById } from './tree.ts';
import type { StepId } from './types.ts';

/**
 * Of the sequences around a place, innermost last, the one that an `end` of it ends: of `branch` one that runs beside others, else that of the
 * scope or the flow; of `scope` a sub-process or the branch of a handler. Undefined: there is none.
 */
export function endedBy<P extends { owner: StepId | null; branch: BranchKey }>(
  { steps }: { steps: StepsById },
  around: readonly P[],
  ends: 'branch' | 'scope',
): P | undefined {
  const kindAt = ({ owner }: P): string => (owner === null ? 'flow' : (steps.get(owner)?.step.kind ?? ''));
  const isScope = (place: P): boolean => isHandlerKey(place.branch) || kindAt(place) === 'subProcess';
  if (ends === 'scope') return around.findLast(isScope);
  // Of an interrupting handler on a step the branch stands where the step stood.
  const isLimit = (place: P): boolean =>
    isScope(place) && (!isInstead(place.branch) || ['flow', 'subProcess'].includes(kindAt(place)));
  const limit = around.findLastIndex(isLimit);
  const isBranch = ({ owner, branch }: P): boolean =>
    !isHandlerKey(branch) && runsTogether(steps.get(owner ?? '')?.step);
  return around.slice(limit + 1).findLast(isBranch) ?? around[Math.max(limit, 0)];
}
