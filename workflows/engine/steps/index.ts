/** One switch for each thing that can happen to a step, exhaustive over the kinds. */
import { stepInfo } from '../compile.ts';
import type { Step } from '../flow.gen.ts';
import type { Holders } from '../people.ts';
import type { Run } from '../run.ts';
import type { Decision, Frame } from '../state.ts';
import { unreachable } from '../unreachable.ts';
import { decideApproval, giveApproval, openApproval } from './approval.ts';
import { giveCc, openCc } from './cc.ts';
import { openEnd } from './end.ts';
import { finishExclusive, openExclusive } from './exclusive.ts';
import { failServiceTask, finishServiceTask, openServiceTask } from './service-task.ts';
import { decideUserTask, giveUserTask, openUserTask } from './user-task.ts';

function stepOf(run: Run, frame: Frame): Step {
  return stepInfo(run.compiled, frame.step).step;
}

/** The case arrives at the step. */
export function openStep(run: Run, frame: Frame): void {
  const step = stepOf(run, frame);
  switch (step.kind) {
    case 'userTask':
      openUserTask(run, frame, step);
      return;
    case 'approval':
      openApproval(run, frame, step);
      return;
    case 'cc':
      openCc(run, frame, step);
      return;
    case 'serviceTask':
      openServiceTask(run, frame, step);
      return;
    case 'exclusive':
      openExclusive(run, frame, step);
      return;
    case 'end':
      openEnd(run, step);
      return;
    default:
      unreachable(step);
  }
}

/** The people it asked for are known. */
export function givePeople(run: Run, frame: Frame, holders: Holders): void {
  const step = stepOf(run, frame);
  switch (step.kind) {
    case 'userTask':
      giveUserTask(run, frame, step, holders);
      return;
    case 'approval':
      giveApproval(run, frame, step, holders);
      return;
    case 'cc':
      giveCc(run, frame, step, holders);
      return;
    case 'serviceTask':
    case 'exclusive':
    case 'end':
      throw new Error(`${step.kind} asks for no people`);
    default:
      unreachable(step);
  }
}

/** One of its tasks is decided. */
export function decideTask(run: Run, frame: Frame, decision: Decision): void {
  const step = stepOf(run, frame);
  switch (step.kind) {
    case 'userTask':
      decideUserTask(run, frame, decision);
      return;
    case 'approval':
      decideApproval(run, frame, step, decision);
      return;
    case 'cc':
    case 'serviceTask':
    case 'exclusive':
    case 'end':
      throw new Error(`${step.kind} has no tasks`);
    default:
      unreachable(step);
  }
}

/** A sequence inside it is done. */
export function finishScope(run: Run, frame: Frame): void {
  const step = stepOf(run, frame);
  switch (step.kind) {
    case 'exclusive':
      finishExclusive(run, frame);
      return;
    case 'userTask':
    case 'approval':
    case 'cc':
    case 'serviceTask':
    case 'end':
      throw new Error(`${step.kind} holds no steps`);
    default:
      unreachable(step);
  }
}

/** Its activity came to an end; `error` is the code of a failure. */
export function finishActivity(run: Run, frame: Frame, error: string | null): void {
  const step = stepOf(run, frame);
  switch (step.kind) {
    case 'serviceTask':
      if (error === null) finishServiceTask(run, frame, step);
      else failServiceTask(run, frame, step, error);
      return;
    case 'userTask':
    case 'approval':
    case 'cc':
    case 'exclusive':
    case 'end':
      throw new Error(`${step.kind} calls no activity`);
    default:
      unreachable(step);
  }
}
