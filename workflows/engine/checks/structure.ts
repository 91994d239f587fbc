/** The tree as such: ids, size, steps that cannot be reached. */
import type { Checking } from '../check.ts';
import { isInstead } from '../catching.ts';
import type { Flow, Inclusive, Parallel, Sequence, Step } from '../flow.gen.ts';
import { isHuman, neededOf, outcomesOfStep, partsOf, partsOfHandlers } from '../tree.ts';
import type { StepId } from '../types.ts';

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
  const targets = new Set(visits.flatMap(({ step }) => (step.kind === 'jump' ? [step.to] : [])));
  for (const steps of [flow.steps, ...inHandlers(flow), ...visits.flatMap(({ step }) => sequencesOf(step))])
    checkReach(checking, steps, targets);
  for (const { step } of visits) if (waitsInVain(step, targets)) report(step.id, 'join', 'join_never_met');
}

function inHandlers(owner: Flow | Step): Sequence[] {
  return partsOfHandlers(owner).handlers.map(({ steps }) => steps);
}

function sequencesOf(step: Step): Sequence[] {
  return [...partsOf(step).branches.map(({ steps }) => steps), ...inHandlers(step)];
}

type Targets = ReadonlySet<StepId>;

/** Steps behind one that never goes on, unless a jump leads to them. */
function checkReach({ report }: Checking, steps: Sequence, targets: Targets): void {
  let stopped: Step | null = null;
  for (const step of steps) {
    const isReached = stopped === null || targets.has(step.id);
    if (!isReached) {
      report(step.id, 'id', 'step_unreachable', { after: stopped?.id ?? null });
      return;
    }
    stopped = goesOn(step, targets) ? null : step;
  }
}

/** Whether the case can come to the end of a sequence. */
function passes(steps: Sequence, targets: Targets): boolean {
  return steps.reduce((isReached, step) => (isReached || targets.has(step.id)) && goesOn(step, targets), true);
}

/** Whether the case can pass a step and arrive at the one behind it: by itself, or by a handler that takes its place. */
function goesOn(step: Step, targets: Targets): boolean {
  if (step.kind === 'end' || step.kind === 'jump') return false;
  const instead = partsOf(step).handlers.filter(({ key }) => isInstead(key));
  return goesOnItself(step, targets) || instead.some(({ steps }) => passes(steps, targets) || endsScope(steps));
}

function goesOnItself(step: Step, targets: Targets): boolean {
  // An empty list is done at once.
  if (step.kind === 'forEach') return true;
  const { branches } = partsOf(step);
  if (branches.length === 0) return true;
  if (step.kind === 'subProcess')
    return passes(step.steps, targets) || endsScope(step.steps) || endsSequence(step.steps);
  if (step.kind === 'parallel' || step.kind === 'inclusive')
    return mostArriving(step, targets) >= (neededOf(step) ?? 1);
  return branches.some(({ steps }) => passes(steps, targets));
}

/** How many branches may come to their join in one case. */
function mostArriving(step: Parallel | Inclusive, targets: Targets): number {
  const arrives = ({ steps }: { steps: Sequence }): boolean => passes(steps, targets) || endsEarly(steps, 'branch');
  const most = step.branches.filter(arrives).length;
  return step.kind === 'inclusive' && step.otherwise && arrives(step.otherwise) ? Math.max(most, 1) : most;
}

/** Whether some branch comes to the join, and waits for another that never does. */
function waitsInVain(step: Step, targets: Targets): boolean {
  if (step.kind !== 'parallel' && step.kind !== 'inclusive') return false;
  const most = mostArriving(step, targets);
  const needed = neededOf(step) ?? 1;
  // Of more than there are, another check speaks.
  const lacks = most > 0 && most < needed && needed <= step.branches.length;
  return lacks && step.branches.some(({ steps }) => endsEarly(steps, 'token'));
}

function endsSequence(steps: Sequence): boolean {
  return endsEarly(steps, 'branch') || endsEarly(steps, 'token');
}

/** Whether a branch can be over before its end, and has come to its join by that (`branch`) or never does (`token`). */
function endsEarly(steps: Sequence, how: 'branch' | 'token'): boolean {
  return steps.some(
    (step) =>
      (step.kind === 'end' && step.ends === how) ||
      (isPartOfBranch(step, how) && partsOf(step).branches.some(endsIn)) ||
      (step.kind !== 'subProcess' && partsOf(step).handlers.some((on) => isInstead(on.key) && endsIn(on))),
  );

  function endsIn({ steps: inner }: { steps: Sequence }): boolean {
    return endsEarly(inner, how);
  }
}

/** Whether an end within a step is one of the branch around; where none of its own branches comes to a join, their tokens were its own. */
function isPartOfBranch(step: Step, how: 'branch' | 'token'): boolean {
  if (step.kind === 'parallel' || step.kind === 'inclusive') return how === 'token';
  return step.kind !== 'subProcess' && step.kind !== 'forEach';
}

/** Whether a scope can be done before its end. */
function endsScope(steps: Sequence): boolean {
  return steps.some(
    (step) =>
      (step.kind === 'end' && step.ends === 'scope') ||
      (step.kind !== 'subProcess' && partsOf(step).branches.some((branch) => endsScope(branch.steps))),
  );
}
