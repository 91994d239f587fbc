/**
 * Going back: to which steps a person may return, and how. Redo closes everything that does not contain the target and goes on
 * from there; straight back is a detour, whose target opens beside the position and reopens it afterwards (rule 21).
 */
import { sequenceOf, stepInfo, type Compiled } from './compile.ts';
import type { Step } from './flow.gen.ts';
import { takeCrossed, undo } from './compensation.ts';
import { closeUnder, finishTask, newFrame, type Run } from './run.ts';
import { findFrame, type BranchKey, type Frame, type State, type Task, type TrailEntry } from './state.ts';
import { cutTrail, roundsOf } from './trail.ts';
import { isReachableBackwards, partsOf, runsTogether } from './tree.ts';
import type { PersonId, StepId } from './types.ts';
import { must } from './unreachable.ts';

/** The steps a task may be returned to, in the order they were done: what the dialog offers and `refuse` accepts. */
export function returnTargets(compiled: Compiled, state: State, task: Task): StepId[] {
  const item = findFrame(state, task.frame)?.frame.item ?? null;
  const isHere = (entry: TrailEntry): boolean => entry.item === roundsOf(compiled, entry.step, item);
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
  else goBack(run, to, by);
}

function openDetour(run: Run, frame: Frame, { task, to, by }: Pick<Return, 'task' | 'to' | 'by'>): void {
  const { assignee, pool, explanation } = task;
  // A pool's task comes back to the person who sent the work away, not to the pool.
  const holder =
    by === null || assignee === by ? { assignee, pool, explanation } : { assignee: by, pool: null, explanation };
  const item = roundsOf(run.compiled, to, frame.item);
  const target = newFrame(run, { step: to, item, returned: { by }, detour: { holder, task: task.id } });
  frame.children.push(target);
  run.agenda.push({ do: 'open', frame: target.id });
}

/** Redo the rest: the case goes to the target, whose previous handler gets it. */
function goBack(run: Run, to: StepId, by: PersonId | null): void {
  goTo(run, to, { isBack: true }).returned = { by };
}

/**
 * Goes on at a step: the innermost running scope that contains it starts again from there, and what was under that scope is closed. What
 * runs beside the scope goes on. A parallel that was over is open again for the target's branch alone: the others count as done (rule 21).
 * Going back undoes what it crosses before the step opens (rule 22); a jump of the flow's own does not.
 */
export function goTo(run: Run, to: StepId, { isBack = false } = {}): Frame {
  const { path } = stepInfo(run.compiled, to);
  let { scope, depth } = deepestShared(must(run.state.root, 'root scope'), path);
  closeUnder(run, scope);
  const round = roundsOf(run.compiled, to, scope.item);
  cutTrail(run, to, round);
  const undone = isBack ? takeCrossed(run, to, round) : [];
  for (; ; depth += 1) {
    const place = must(path[depth], 'place on path');
    scope.at = place.index;
    const step = must(sequenceOf(run.compiled, scope.step, scope.branch)[place.index], 'step on path');
    const frame = newFrame(run, { step: step.id, item: scope.item });
    scope.children = [frame];
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

function branchesOf(step: Step): BranchKey[] {
  return partsOf(step).branches.map(({ key }) => key);
}

type Path = ReturnType<typeof stepInfo>['path'];

function deepestShared(root: Frame, path: Path): { scope: Frame; depth: number } {
  let scope = root;
  for (let depth = 0; ; depth += 1) {
    const next = path[depth + 1];
    const current = scope.children[0];
    const inner =
      next && current?.step === next.owner ? current.children.find(({ branch }) => branch === next.branch) : undefined;
    if (!inner) return { scope, depth };
    scope = inner;
  }
}
