/** inclusive: every branch whose condition is true, else `otherwise`; goes on when those that were begun are done, or as `join` asks. */
import { conditionOf } from '../conditions.ts';
import type { Inclusive } from '../flow.gen.ts';
import { openIncident, type Run } from '../run.ts';
import type { Frame } from '../state.ts';
import type { Behaviour } from './behaviour.ts';
import { beginJoined, joinBranch, noWay } from './branches.ts';

export const inclusive: Behaviour<Inclusive> = {
  open,
  finishScope: joinBranch,
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
  if (chosen.length + frame.arrived.length > 0) beginJoined(run, frame, step, chosen);
  else if (step.otherwise) beginJoined(run, frame, step, ['otherwise']);
  else noWay(run, frame);
}
