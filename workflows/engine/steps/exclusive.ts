/** exclusive: the first branch whose condition is true, else `otherwise`. A condition that fails is an incident on the step. */
import { conditionOf } from '../conditions.ts';
import type { Exclusive } from '../flow.gen.ts';
import { openIncident, type Run } from '../run.ts';
import type { Frame } from '../state.ts';
import type { Behaviour } from './behaviour.ts';
import { enterBranches, noWay } from './branches.ts';

export const exclusive: Behaviour<Exclusive> = {
  open,
  finishScope: (run, frame) => {
    frame.children = [];
    run.agenda.push({ do: 'leave', frame: frame.id });
  },
};

function open(run: Run, frame: Frame, step: Exclusive): void {
  for (const [index, branch] of step.branches.entries()) {
    const result = conditionOf(run, frame, branch.when);
    if (!result.ok) {
      openIncident(run, frame, { code: result.code, detail: result.detail, resume: { do: 'open' } });
      return;
    }
    if (result.value) {
      enterBranches(run, frame, [`branches.${index}`]);
      return;
    }
  }
  if (step.otherwise) enterBranches(run, frame, ['otherwise']);
  else noWay(run, frame);
}
