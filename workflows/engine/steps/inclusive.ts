/** inclusive: every branch whose condition is true, else `otherwise`; goes on when all that were begun are done. */
import { conditionOf } from '../conditions.ts';
import type { Inclusive } from '../flow.gen.ts';
import { openIncident, type Run } from '../run.ts';
import type { Frame } from '../state.ts';
import type { Behaviour } from './behaviour.ts';
import { arrive, enterBranches } from './branches.ts';

export const inclusive: Behaviour<Inclusive> = {
  open,
  finishScope: (run, frame, _step, scope) => {
    arrive(frame, scope);
    if (frame.children.length === 0) run.agenda.push({ do: 'leave', frame: frame.id });
  },
};

/** All conditions are asked before any branch begins: what one does is nothing the others may see. */
function open(run: Run, frame: Frame, step: Inclusive): void {
  const chosen: string[] = [];
  for (const [index, branch] of step.branches.entries()) {
    const result = conditionOf(run, frame, branch.when);
    if (!result.ok) {
      openIncident(run, frame, { code: result.code, detail: result.detail, resume: { do: 'open' } });
      return;
    }
    if (result.value) chosen.push(`branches.${index}`);
  }
  enterBranches(run, frame, chosen.length > 0 ? chosen : ['otherwise']);
}
