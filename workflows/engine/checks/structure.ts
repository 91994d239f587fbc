/** The tree as such: ids, size, steps that cannot be reached. */
import type { Checking } from '../check.ts';
import type { Sequence, Step } from '../flow.gen.ts';
import { isHuman, outcomesOfStep, partsOf } from '../tree.ts';

/** A case runs to quiescence within 10,000 transitions; a flow of this size is far below. */
const MOST_STEPS = 500;

export function checkStructure(checking: Checking): void {
  const { flow, visits, report } = checking;
  if (visits.length > MOST_STEPS) report(null, 'steps', 'too_many_steps', { most: MOST_STEPS, steps: visits.length });
  const seen = new Set<string>();
  for (const { step } of visits) {
    if (seen.has(step.id)) report(step.id, 'id', 'step_id_duplicate');
    seen.add(step.id);
    if (isHuman(step) && outcomesOfStep(step).every(({ returnTo }) => returnTo))
      report(step.id, 'actions', 'no_way_forward');
  }
  checkReach(checking, flow.steps);
}

/** Steps behind one that never goes on. */
function checkReach(checking: Checking, steps: Sequence): void {
  const stopAt = steps.findIndex((step) => !goesOn(step));
  const behind = stopAt < 0 ? undefined : steps[stopAt + 1];
  if (behind) checking.report(behind.id, 'id', 'step_unreachable', { after: steps[stopAt]?.id ?? null });
  for (const step of steps) for (const branch of partsOf(step).branches) checkReach(checking, branch.steps);
}

/** Whether the case can pass a step and arrive at the one behind it. */
function goesOn(step: Step): boolean {
  if (step.kind === 'end') return false;
  const { branches } = partsOf(step);
  return branches.length === 0 || branches.some(({ steps }) => steps.every(goesOn));
}
