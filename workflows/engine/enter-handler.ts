/** Begins the branch of a handler. */
import type { BranchKey, Frame } from './state.ts';
import { newFrame, type Run } from './run.ts';
import type { StepId } from './types.ts';

export interface Entering {
  step: StepId | null;
  part: BranchKey;
  item: string | null;
}

/** A branch is a round of its own: it may happen several times, each with its own steps and outcomes. */
export function enterHandler(run: Run, home: Frame, { step, part, item }: Entering): void {
  const scope = newFrame(run, { step, branch: part });
  scope.item = item === null ? String(scope.id) : `${item}/${scope.id}`;
  home.children.push(scope);
  run.agenda.push({ do: 'enter', scope: scope.id });
}
