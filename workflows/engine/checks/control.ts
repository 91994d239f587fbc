/** Joins that can be met, waits that say for what, jumps that stay in their branch and do not spin. */
import type { Checking } from '../check.ts';
import { durationMs } from '../duration.ts';
import type { End, Jump, Parallel, Sequence, Step, Timer } from '../flow.gen.ts';
import { isHuman, neededOf, partsOf, runsTogether, type StepInfo } from '../tree.ts';

export function checkControl(checking: Checking): void {
  for (const { step } of checking.visits) {
    if (step.kind === 'parallel') checkJoin(checking, step);
    if (step.kind === 'timer') checkTimer(checking, step);
    if (step.kind === 'jump') checkJump(checking, step);
    if (step.kind === 'end') checkEnd(checking, step);
  }
}

/** So many of fewer: nobody would ever go on; so many of as many is `all`. */
function checkJoin({ report }: Checking, step: Parallel): void {
  const { id, join, branches } = step;
  if (typeof join === 'number' && join >= branches.length)
    report(id, 'join', 'join_too_many', { join, branches: branches.length });
}

function checkTimer({ report }: Checking, { id, in: budget, at }: Timer): void {
  if (budget === undefined && at === undefined) report(id, 'in', 'timer_without_time');
  if (budget !== undefined && at !== undefined) report(id, 'at', 'timer_times_two');
  if (budget !== undefined && durationMs(budget) === 0) report(id, 'in', 'duration_zero');
}

function checkEnd({ steps, report }: Checking, { id, ends }: End): void {
  const path = steps.get(id)?.path ?? [];
  const isInBranch = path.some(({ owner }) => owner !== null && runsTogether(steps.get(owner)?.step));
  if (ends === 'branch' && !isInBranch) report(id, 'ends', 'end_of_no_branch');
}

function checkJump(checking: Checking, jump: Jump): void {
  const { steps, report } = checking;
  const [from, to] = [steps.get(jump.id), steps.get(jump.to)];
  if (!from) return;
  if (!to) report(jump.id, 'to', 'unknown_step', { step: jump.to });
  else if (!encloses(checking, to, from)) report(jump.id, 'to', 'jump_target_invalid', { step: jump.to });
  else if (isBackwards(to, from) && !waitsBetween(checking, to, from))
    report(jump.id, 'to', 'jump_without_wait', { step: jump.to });
}

/** Whether the target stands in a sequence around the jump, and nothing between them runs beside others. */
function encloses({ steps }: Checking, to: StepInfo, from: StepInfo): boolean {
  const isAround = to.path.every(
    ({ owner, branch }, depth) => from.path[depth]?.owner === owner && from.path[depth].branch === branch,
  );
  const between = from.path.slice(to.path.length);
  return isAround && !between.some(({ owner }) => owner !== null && runsTogether(steps.get(owner)?.step));
}

function isBackwards(to: StepInfo, from: StepInfo): boolean {
  const depth = to.path.length - 1;
  return (to.path[depth]?.index ?? 0) <= (from.path[depth]?.index ?? 0);
}

/** Whether somebody or some time is waited for on every way from the target to the jump: else it would go round without end. */
function waitsBetween({ flow, steps }: Checking, to: StepInfo, from: StepInfo): boolean {
  const top = to.path.length - 1;
  return from.path.slice(top).some(({ owner, branch, index }, below) => {
    const begin = below === 0 ? (to.path[top]?.index ?? 0) : 0;
    return sequence(owner, branch).slice(begin, index).some(waits);
  });

  function sequence(owner: string | null, branch: string): Sequence {
    const step = owner === null ? undefined : steps.get(owner)?.step;
    if (step === undefined) return flow.steps;
    return partsOf(step).branches.find(({ key }) => key === branch)?.steps ?? [];
  }
}

function waits(step: Step): boolean {
  if (isHuman(step) || step.kind === 'timer') return true;
  // Of an empty list there is nothing to wait for.
  if (step.kind === 'forEach') return false;
  const { branches } = partsOf(step);
  const waiting = branches.filter(({ steps }) => steps.some(waits)).length;
  if (step.kind === 'parallel') return waiting > branches.length - neededOf(step);
  return branches.length > 0 && waiting === branches.length;
}
