/** race: waits for several things; the branch of the first that happens is gone, the others are waited for no more. */
import type { Race } from '../flow.gen.ts';
import { must } from '../unreachable.ts';
import { arm, closeBranchWaits } from '../waits.ts';
import type { Behaviour } from './behaviour.ts';
import { enterBranches } from './branches.ts';

export const race: Behaviour<Race> = {
  open: (run, frame, { branches }) => {
    for (const index of branches.keys()) arm(run, frame, `branches.${index}`);
  },
  finishWait: (run, frame, _step, part) => {
    closeBranchWaits(run, frame);
    enterBranches(run, frame, [must(part ?? undefined, 'branch of race')]);
  },
  finishScope: (run, frame) => {
    frame.children = [];
    run.agenda.push({ do: 'leave', frame: frame.id });
  },
};
