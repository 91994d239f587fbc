/**
 * Putting work at a place in the tree, in the shape a case would have there had it come by itself: what runs already is kept, scopes that are
 * missing begin, and of branches that run together those that nobody put anything in count as done (protocol.md rule 21).
 */
import { sequenceOf, stepInfo } from './compile.ts';
import type { Step } from './flow.gen.ts';
import { atWork } from './handlers.ts';
import { newFrame, type Run } from './run.ts';
import type { BranchKey, Frame } from './state.ts';
import { isHuman, partsOf, repeats, runsTogether } from './tree.ts';
import type { StepId } from './types.ts';
import { must } from './unreachable.ts';
import { openFrame } from './waits.ts';

/** Why there is no place for it: a sequence is at one step at a time. */
export interface Taken {
  takenBy: StepId | null;
}

/** In which round of a loop around it. */
export type Rounds = (loop: StepId) => number;

/** The scope in whose sequence the step stands, at that step and empty; or what is there instead. Changes the tree up to there. */
export function reachScope(run: Run, to: StepId, rounds: Rounds): Frame | Taken {
  const { path } = stepInfo(run.compiled, to);
  let scope = must(run.state.root, 'root scope');
  for (const [depth, place] of path.entries()) {
    const step = must(sequenceOf(run.compiled, scope.step, scope.branch)[place.index], 'step on path');
    const next = path[depth + 1];
    const current = atWork(scope);
    if (!next) {
      if (current) return { takenBy: current.step };
      scope.at = place.index;
      return scope;
    }
    if (current && (current.step !== step.id || isHuman(step))) return { takenBy: current.step };
    const inner = current
      ? innerOf(run, current, { step, branch: next.branch, rounds })
      : beginInner(run, scope, { step, index: place.index, branch: next.branch, rounds });
    if (!inner) return { takenBy: step.id };
    scope = inner;
  }
  throw new Error(`${to} has no place`);
}

interface Inner {
  step: Step;
  branch: BranchKey;
  rounds: Rounds;
}

/** The scope of a running step; one of its branches that is done is open again. */
function innerOf(run: Run, frame: Frame, { step, branch, rounds }: Inner): Frame | undefined {
  const running = frame.children.find((scope) => scope.branch === branch);
  if (running) return repeats(step) && frame.at !== rounds(step.id) ? undefined : running;
  // One that has not opened yet, or stopped before it did, has no branches.
  if (!runsTogether(step) || frame.children.length === 0) return undefined;
  frame.arrived = frame.arrived.filter((each) => each !== branch);
  const scope = newFrame(run, { step: step.id, branch, item: frame.item });
  frame.children.push(scope);
  return scope;
}

function beginInner(run: Run, scope: Frame, { step, index, branch, rounds }: Inner & { index: number }): Frame {
  scope.at = index;
  const frame = openFrame(run, { step: step.id, item: scope.item });
  scope.children.push(frame);
  let { item } = frame;
  if (repeats(step)) {
    frame.at = rounds(step.id);
    item = item === null ? String(frame.at) : `${item}/${frame.at}`;
  }
  if (runsTogether(step)) frame.arrived = partsOf(step).branches.flatMap(({ key }) => (key === branch ? [] : [key]));
  const inner = newFrame(run, { step: step.id, branch, item });
  frame.children = [inner];
  return inner;
}
