/** parallel: all branches at the same time, until as many are done as `join` asks; the others are cancelled with it (rule 24). */
import type { Parallel } from '../flow.gen.ts';
import type { Behaviour } from './behaviour.ts';
import { beginJoined, joinBranch } from './branches.ts';

export const parallel: Behaviour<Parallel> = {
  open: (run, frame, step) => {
    const branches = step.branches.map((_, index) => `branches.${index}`);
    beginJoined(run, frame, step, branches);
  },
  finishScope: joinBranch,
};
