/** approval 审批: several people decide. any 或签: the first counts. all 会签: one rejection rejects, all must approve. */
import type { Approval } from '../flow.gen.ts';
import type { Holders } from '../people.ts';
import { endCase, type Run } from '../run.ts';
import type { Decision, Frame } from '../state.ts';
import { openTask } from '../tasks.ts';
import type { Behaviour } from './behaviour.ts';
import { askForStep, completeStep, skipStep, stopWithoutPeople } from './human.ts';

export const approval: Behaviour<Approval> = {
  open: (run, frame, step) => {
    // Of all who must approve each is asked again after a return; of any, only who decided.
    const holders = askForStep(run, frame, { people: step.people, toPreviousHandler: step.mode === 'any' });
    if (holders) givePeople(run, frame, step, holders);
  },
  givePeople,
  decideTask,
};

function givePeople(run: Run, frame: Frame, step: Approval, holders: Holders): void {
  if (holders === 'skip') skipStep(run, frame, 'approved');
  else if (holders === 'incident') stopWithoutPeople(run, frame, step.people);
  else for (const holder of holders) openTask(run, frame, holder);
}

function decideTask(run: Run, frame: Frame, step: Approval, decision: Decision): void {
  frame.decisions.push(decision);
  const { outcome, by } = decision;
  const rejected = outcome === 'rejected';
  if (step.mode === 'all' && !rejected && isUndecided(run, frame)) return;
  if (rejected && step.onRejected === 'end') {
    endCase(run, 'completed', 'rejected');
    return;
  }
  completeStep(run, frame, outcome, by);
}

/** Somebody still has to decide: an open task, or one that a detour will bring back. */
function isUndecided(run: Run, frame: Frame): boolean {
  return frame.children.length > 0 || run.state.tasks.some((task) => task.frame === frame.id);
}
