/**
 * Going back: to which steps a person may return, and how. Redo closes everything that does not contain the target and goes on
 * from there; straight back is a detour, whose target opens beside the position and reopens it afterwards (rule 21).
 */
import { isHandlerKey } from './catching.ts';
import { sequenceOf, stepInfo, type Compiled } from './compile.ts';
import type { Step } from './flow.gen.ts';
import { takeCrossed, undo } from './compensation.ts';
import { closeBeside, isBeside, isScope, scopeAround } from './handlers.ts';
import { closeUnder, finishTask, newFrame, type Run } from './run.ts';
import { findFrame, framesUnder, type BranchKey, type Frame, type State, type Task, type TrailEntry } from './state.ts';
import { cutTrail, isWithin, roundsOf } from './trail.ts';
import { areConcurrent, isReachableBackwards, partsOf, runsTogether } from './tree.ts';
import type { PersonId, StepId } from './types.ts';
import { must } from './unreachable.ts';
import { openFrame } from './waits.ts';

/** The steps a task may be returned to, in the order they were done: what the dialog offers and `refuse` accepts. */
export function returnTargets(compiled: Compiled, state: State, task: Task): StepId[] {
  const item = findFrame(state, task.frame)?.frame.item ?? null;
  // A case that is being cancelled goes back only within the branch of its handler.
  const isHere = (entry: TrailEntry): boolean =>
    entry.item === (state.cancelling ? item : roundsOf(compiled, entry.step, item));
  const done = state.trail.filter((entry) => !entry.skipped && isHere(entry)).map(({ step }) => step);
  return done.filter((step) => isReachableBackwards(compiled, task.step, step));
}

export interface Return {
  task: Task;
  to: StepId;
  mode: 'redo' | 'straightBack';
  by: PersonId | null;
  /** Outcome of the closed task: an action's, or `returned`. */
  outcome: string;
}

/** Closes the task and sends the case back. */
export function performReturn(run: Run, { task, to, mode, by, outcome }: Return): void {
  const { frame } = must(findFrame(run.state, task.frame), 'frame of task');
  finishTask(run, task, outcome, by);
  if (by !== null) run.state.previous = by;
  if (mode === 'straightBack') openDetour(run, frame, { task, to, by });
  else goBack(run, to, { item: frame.item, by });
}

function openDetour(run: Run, frame: Frame, { task, to, by }: Pick<Return, 'task' | 'to' | 'by'>): void {
  const { assignee, pool, explanation } = task;
  // A pool's task comes back to the person who sent the work away, not to the pool.
  const holder =
    by === null || assignee === by ? { assignee, pool, explanation } : { assignee: by, pool: null, explanation };
  const item = roundsOf(run.compiled, to, frame.item);
  const target = openFrame(run, { step: to, item, returned: { by }, detour: { holder, task: task.id } });
  frame.children.push(target);
  run.agenda.push({ do: 'open', frame: target.id });
}

/** Redo the rest: the case goes to the target, whose previous handler gets it. */
function goBack(run: Run, to: StepId, { item, by }: { item: string | null; by: PersonId | null }): void {
  goTo(run, to, { item: roundsOf(run.compiled, to, item), isBack: true }).returned = { by };
}

/**
 * Goes on at a step in the given rounds: the innermost running scope that contains it starts again from there, and what was under that scope
 * is closed. What runs beside the scope goes on, also branches beside steps that are not undone. A parallel that was over is open again for
 * the target's branch alone: the others count as done (rule 21). Going back undoes what it crosses before the step opens (rule 22); a jump
 * of the flow's own does not.
 */
export function goTo(run: Run, to: StepId, { item, isBack = false }: { item: string | null; isBack?: boolean }): Frame {
  const { path } = stepInfo(run.compiled, to);
  let { scope, depth } = deepestShared(must(run.state.root, 'root scope'), path, item);
  clear(run, scope, to);
  const round = roundsOf(run.compiled, to, scope.item);
  cutTrail(run, to, round);
  const undone = isBack ? takeCrossed(run, to, round) : [];
  for (; ; depth += 1) {
    const place = must(path[depth], 'place on path');
    scope.at = place.index;
    const step = must(sequenceOf(run.compiled, scope.step, scope.branch)[place.index], 'step on path');
    const frame = openFrame(run, { step: step.id, item: scope.item });
    scope.children.push(frame);
    const next = path[depth + 1];
    if (!next) {
      undo(run, undone, [frame.id]);
      return frame;
    }
    if (runsTogether(step)) frame.arrived = branchesOf(step).filter((branch) => branch !== next.branch);
    scope = newFrame(run, { step: step.id, branch: next.branch, item: frame.item });
    frame.children = [scope];
  }
}

/** Closes what a scope does, and the branches beside steps that come again. */
function clear(run: Run, scope: Frame, to: StepId): void {
  const { order } = stepInfo(run.compiled, to);
  const comesAgain = (step: StepId): boolean =>
    stepInfo(run.compiled, step).order >= order && !areConcurrent(run.compiled, step, to);
  closeBeside(run, isScope(scope) ? scope : scopeAround(run, scope), comesAgain);
  for (const child of scope.children.filter((each) => !isBeside(each))) closeUnder(run, child);
  scope.children = scope.children.filter(isBeside);
  run.agenda = run.agenda.filter((next) => next.do !== 'enter' || next.scope !== scope.id);
}

function branchesOf(step: Step): BranchKey[] {
  return partsOf(step).branches.map(({ key }) => key);
}

type Path = ReturnType<typeof stepInfo>['path'];

function deepestShared(root: Frame, path: Path, item: string | null): { scope: Frame; depth: number } {
  const [start, from] = innermostHandler(root, path, item) ?? [root, 0];
  let scope = start;
  for (let depth = from; ; depth += 1) {
    const next = path[depth + 1];
    const current = scope.children.find(({ branch }) => branch === null);
    const inside = next && current?.step === next.owner ? current.children : [];
    const fitting = inside.filter(({ branch }) => branch === next?.branch);
    const inner = fitting.find((each) => isWithin(item, each.item)) ?? fitting[0];
    if (!inner) return { scope, depth };
    scope = inner;
  }
}

/** The branch of a handler that the target stands in, in its round: it hangs on the scope around, not on its step. */
function innermostHandler(root: Frame, path: Path, item: string | null): [Frame, number] | undefined {
  const depth = path.findLastIndex(({ branch }) => isHandlerKey(branch));
  const place = path[depth];
  const scope = [...framesUnder(root)].find(
    (frame) => frame.step === place?.owner && frame.branch === place.branch && isWithin(item, frame.item),
  );
  return scope && [scope, depth];
}
