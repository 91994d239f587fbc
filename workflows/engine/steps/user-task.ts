/** userTask 办理: one person, or a pool of which one claims, does a piece of work. */
import type { UserTask } from '../flow.gen.ts';
import type { Holders } from '../people.ts';
import type { Run } from '../run.ts';
import type { Frame } from '../state.ts';
import { openTask } from '../tasks.ts';
import { must } from '../unreachable.ts';
import type { Behaviour } from './behaviour.ts';
import { askForStep, completeStep, skipStep, stopWithoutPeople } from './human.ts';

export const userTask: Behaviour<UserTask> = {
  open: (run, frame, step) => {
    const holders = askForStep(run, frame, { people: step.people, toPreviousHandler: true });
    if (holders) givePeople(run, frame, step, holders);
  },
  givePeople,
  decideTask: (run, frame, _step, decision) => {
    completeStep(run, frame, decision);
  },
};

/** Of several people the first gets it. */
function givePeople(run: Run, frame: Frame, step: UserTask, holders: Holders): void {
  if (holders === 'skip') skipStep(run, frame, 'skipped');
  else if (holders === 'incident') stopWithoutPeople(run, frame, step.people);
  else openTask(run, frame, must(holders[0], 'holder'));
}
