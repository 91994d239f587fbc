/** subProcess: steps that are a scope of their own; done when they and the branches that run beside them are. */
import type { SubProcess } from '../flow.gen.ts';
import { ROOT } from '../tree.ts';
import type { Behaviour } from './behaviour.ts';
import { enterBranches } from './branches.ts';

export const subProcess: Behaviour<SubProcess> = {
  open: (run, frame) => {
    enterBranches(run, frame, [ROOT]);
  },
  finishScope: (run, frame) => {
    frame.children = [];
    run.agenda.push({ do: 'leave', frame: frame.id });
  },
};
