/** parallel: all branches at the same time, until as many are done as `join` asks; the others are cancelled with it (rule 24). */
import type { Parallel } from '../flow.gen.ts';
import { closeBesideIn } from '../handlers.ts';
import { closeUnder } from '../run.ts';
import { neededOf } from '../tree.ts';
import type { Behaviour } from './behaviour.ts';
import { arrive, enterBranches } from './branches.ts';

export const parallel: Behaviour<Parallel> = {
  open: (run, frame, { branches }) => {
    enterBranches(
      run,
      frame,
      branches.map((_, index) => `branches.${index}`),
    );
  },
  finishScope: (run, frame, step, scope) => {
    arrive(frame, scope);
    if (frame.children.length > 0 && frame.arrived.length < neededOf(step)) return;
    for (const cancelled of frame.children) closeBesideIn(run, cancelled);
    closeUnder(run, frame);
    run.agenda.push({ do: 'leave', frame: frame.id });
  },
};
