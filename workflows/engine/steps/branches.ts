/** What the kinds with branches share: beginning some of them, and noting that one is done. */
import { newFrame, type Run } from '../run.ts';
import type { BranchKey, Frame } from '../state.ts';

/** Begins the given branches, each in a scope of its own, in their order. */
export function enterBranches(run: Run, frame: Frame, branches: readonly BranchKey[], item = frame.item): void {
  frame.children = branches.map((branch) => newFrame(run, { step: frame.step, branch, item }));
  for (const scope of frame.children) run.agenda.push({ do: 'enter', scope: scope.id });
}

/** One of several branches is done. */
export function arrive(frame: Frame, scope: Frame): void {
  frame.children = frame.children.filter((child) => child !== scope);
  if (scope.branch !== null) frame.arrived.push(scope.branch);
}
