/** Joins that can be met, waits that say for what, jumps that stay in their branch and do not spin. */
import { handlersOn, isHandlerKey, isInstead, type Catching } from '../catching.ts';
import type { Checking } from '../check.ts';
import { durationMs } from '../duration.ts';
import { endedBy } from '../ended-by.ts';
import type { End, Inclusive, Jump, Parallel, Sequence, Step, Timer } from '../flow.gen.ts';
import { isHuman, neededOf, partsOf, partsOfHandlers, runsTogether, type StepInfo } from '../tree.ts';

export function checkControl(checking: Checking): void {
  for (const { step } of checking.visits) {
    if (step.kind === 'parallel' || step.kind === 'inclusive') checkJoin(checking, step);
    if (step.kind === 'timer') checkTimer(checking, step);
    if (step.kind === 'jump') checkJump(checking, step);
    if (step.kind === 'end') checkEnd(checking, step);
  }
}

/** So many of fewer: nobody would ever go on; so many of as many is `all`. */
function checkJoin({ report }: Checking, step: Parallel | Inclusive): void {
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
  if (ends !== 'scope' || endedBy({ steps }, steps.get(id)?.path ?? [], ends)) return;
  report(id, 'ends', 'end_of_no_scope');
}

function checkJump(checking: Checking, jump: Jump): void {
  const { steps, report } = checking;
  const [from, to] = [steps.get(jump.id), steps.get(jump.to)];
  if (!from) return;
  if (!to) report(jump.id, 'to', 'unknown_step', { step: jump.to });
  else if (!encloses(checking, to, from) || isUndoing(checking, from))
    report(jump.id, 'to', 'jump_target_invalid', { step: jump.to });
  else if (isBackwards(to, from) && !waitsBetween(checking, to, from))
    report(jump.id, 'to', 'jump_without_wait', { step: jump.to });
}

/** What undoes a step goes straight on. */
function isUndoing({ steps }: Checking, { path }: StepInfo): boolean {
  return path.some(({ owner, branch }) => {
    const step = owner === null ? undefined : steps.get(owner)?.step;
    return (
      step !== undefined &&
      handlersOn(step).some(({ key, handler }) => key === branch && handler.catch === 'compensation')
    );
  });
}

/** Whether the target stands in a sequence around the jump, and nothing between them runs beside others or is a scope. */
function encloses({ steps }: Checking, to: StepInfo, from: StepInfo): boolean {
  const isAround = to.path.every(
    ({ owner, branch }, depth) => from.path[depth]?.owner === owner && from.path[depth].branch === branch,
  );
  const between = from.path.slice(to.path.length);
  return (
    isAround &&
    !between.some(({ owner, branch }) => holdsIn(owner === null ? undefined : steps.get(owner)?.step, branch))
  );
}

/** Whether a jump cannot leave a branch. That of a handler which takes the place of a step stands where the step did. */
function holdsIn(owner: Step | undefined, branch: string): boolean {
  if (owner?.kind === 'subProcess') return true;
  return isHandlerKey(branch) ? !isInstead(branch) : runsTogether(owner);
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
    return sequence(owner, branch).slice(begin, index).some(waits) || (below > 0 && takesTimeAt(owner, branch));
  });

  function takesTimeAt(owner: string | null, branch: string): boolean {
    const step = owner === null ? undefined : steps.get(owner)?.step;
    return step !== undefined && handlersOn(step).some(({ key, handler }) => key === branch && takesTime(handler));
  }

  function sequence(owner: string | null, branch: string): Sequence {
    const step = owner === null ? undefined : steps.get(owner)?.step;
    if (step === undefined && !isHandlerKey(branch)) return flow.steps;
    const sequences = step ? [...partsOf(step).branches, ...partsOf(step).handlers] : partsOfHandlers(flow).handlers;
    return sequences.find(({ key }) => key === branch)?.steps ?? [];
  }
}

/** Whether every way past a step waits, also those of handlers that take its place. */
function waits(step: Step): boolean {
  const instead = handlersOn(step).filter(({ key }) => isInstead(key));
  return waitsItself(step) && instead.every(({ handler }) => takesTime(handler) || handler.steps.some(waits));
}

function waitsItself(step: Step): boolean {
  if (isHuman(step) || step.kind === 'timer' || step.kind === 'receive') return true;
  // Of an empty list there is nothing to wait for.
  if (step.kind === 'forEach') return false;
  if (step.kind === 'race') return step.branches.every(({ wait, steps }) => takesTime(wait) || steps.some(waits));
  const { branches } = partsOf(step);
  const waiting = branches.filter(({ steps }) => steps.some(waits)).length;
  if (step.kind === 'parallel') return waiting > branches.length - (neededOf(step) ?? branches.length);
  return branches.length > 0 && waiting === branches.length;
}

/** Whether something has to come from outside first: a condition may be true at once, and so may a moment be past. */
function takesTime(catching: Catching): boolean {
  if (catching.catch === 'timer') return catching.at === undefined;
  return catching.catch === 'message' || catching.catch === 'signal';
}
