/** userTask 办理: one person, or a pool of which one claims, does a piece of work. */
import type { UserTask } from '../flow.gen.ts';
import type { Holders } from '../people.ts';
import { openTask, type Run } from '../run.ts';
import type { Decision, Frame } from '../state.ts';
import { must } from '../unreachable.ts';
import { askForStep, completeStep, skipStep, stopWithoutPeople } from './human.ts';

export function openUserTask(run: Run, frame: Frame, step: UserTask): void {
  const holders = askForStep(run, frame, { people: step.people, toPreviousHandler: true });
  if (holders) giveUserTask(run, frame, step, holders);
}

/** Of several people the first gets it. */
export function giveUserTask(run: Run, frame: Frame, step: UserTask, holders: Holders): void {
  if (holders === 'skip') skipStep(run, frame, 'skipped');
  else if (holders === 'incident') stopWithoutPeople(run, frame, step.people);
  else openTask(run, frame, must(holders[0], 'holder'));
}

export function decideUserTask(run: Run, frame: Frame, decision: Decision): void {
  completeStep(run, frame, decision.outcome, decision.by);
}
