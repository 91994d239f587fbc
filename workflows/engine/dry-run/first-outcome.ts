/** How a task is decided where nobody says how. */
import { stepInfo, type Compiled } from '../compile.ts';
import type { Task } from '../state.ts';
import { isHuman, outcomesOfStep } from '../tree.ts';

/** The primary action that is offered, else the first that leads on. */
export function firstOutcome(compiled: Compiled, { step: id, outcomes }: Task): string {
  const { step } = stepInfo(compiled, id);
  if (!isHuman(step)) return '';
  const offered = outcomesOfStep(step).filter(({ outcome }) => outcomes?.includes(outcome) ?? true);
  const primary = step.actions?.find(({ intent }) => intent === 'primary')?.outcome;
  const first =
    offered.find(({ outcome }) => outcome === primary) ?? offered.find(({ returnTo }) => !returnTo) ?? offered[0];
  return first?.outcome ?? '';
}
