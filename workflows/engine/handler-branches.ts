/** The branches of handlers that are at work, of which an operator may take steps away, and put others in. */
import { isHandlerKey } from './catching.ts';
import type { BranchKey, Frame } from './state.ts';
import { framesUnder } from './state.ts';
import { isWithin } from './items.ts';
import type { Run } from './run.ts';
import type { Place, StepId } from './types.ts';

/** Depth of the innermost branch of a handler on the path of a step; -1: it stands in none. */
export function handlerAround(path: readonly { branch: BranchKey }[]): number {
  return path.findLastIndex(({ branch }) => isHandlerKey(branch));
}

/** The one that a step would begin in; undefined: it stands in none, none is at work, or it is not said which of several. */
export function branchOfHandler(run: Run, { step, item }: Place): { scope: Frame; depth: number } | undefined {
  const path = run.compiled.steps.get(step)?.path ?? [];
  const depth = handlerAround(path);
  const place = path[depth];
  if (!place || !run.state.root) return undefined;
  const isOf = (frame: Frame): boolean => isBranch(frame, place) && (item === null || isWithin(item, frame.item));
  const [scope, ...more] = [...framesUnder(run.state.root)].filter(isOf);
  return scope && more.length === 0 ? { scope, depth } : undefined;
}

function isBranch(frame: Frame, { owner, branch }: { owner: StepId | null; branch: BranchKey }): boolean {
  return frame.step === owner && frame.branch === branch;
}
