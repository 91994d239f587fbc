/** Hands what happens to a step to its kind. */
import { stepInfo } from '../compile.ts';
import { finishUndoing } from '../compensation.ts';
import type { Step } from '../flow.gen.ts';
import type { Holders } from '../people.ts';
import type { Run } from '../run.ts';
import type { BranchKey, Decision, Frame } from '../state.ts';
import type { StepByKind } from '../tree.ts';
import type { ActivityError } from '../types.ts';
import { must } from '../unreachable.ts';
import { approval } from './approval.ts';
import type { Behaviour } from './behaviour.ts';
import { callActivity } from './call-activity.ts';
import { cc } from './cc.ts';
import { end } from './end.ts';
import { exclusive } from './exclusive.ts';
import { forEach } from './for-each.ts';
import { inclusive } from './inclusive.ts';
import { jump } from './jump.ts';
import { loop } from './loop.ts';
import { parallel } from './parallel.ts';
import { race } from './race.ts';
import { receive } from './receive.ts';
import { serviceTask } from './service-task.ts';
import { subProcess } from './sub-process.ts';
import { throwing } from './throw.ts';
import { timer } from './timer.ts';
import { userTask } from './user-task.ts';

/** Exhaustive by its type: a kind that is missing here does not compile. */
const BEHAVIOURS: { [K in keyof StepByKind]: Behaviour<StepByKind[K]> } = {
  userTask,
  approval,
  cc,
  serviceTask,
  exclusive,
  inclusive,
  parallel,
  loop,
  forEach,
  timer,
  receive,
  race,
  throw: throwing,
  callActivity,
  subProcess,
  jump,
  end,
};

function behaviourOf<K extends keyof StepByKind>(kind: K): Behaviour<StepByKind[K]> {
  return BEHAVIOURS[kind];
}

function stepOf(run: Run, frame: Frame): Step {
  return stepInfo(run.compiled, frame.step).step;
}

export function openStep(run: Run, frame: Frame): void {
  const step = stepOf(run, frame);
  behaviourOf(step.kind).open(run, frame, step);
}

export function givePeople(run: Run, frame: Frame, holders: Holders): void {
  const step = stepOf(run, frame);
  must(behaviourOf(step.kind).givePeople, `people of ${step.kind}`)(run, frame, step, holders);
}

export function decideTask(run: Run, frame: Frame, decision: Decision): void {
  const step = stepOf(run, frame);
  must(behaviourOf(step.kind).decideTask, `tasks of ${step.kind}`)(run, frame, step, decision);
}

export function finishScope(run: Run, frame: Frame, scope: Frame): void {
  const step = stepOf(run, frame);
  must(behaviourOf(step.kind).finishScope, `steps in ${step.kind}`)(run, frame, step, scope);
}

export function finishWait(run: Run, frame: Frame, part: BranchKey | null): void {
  const step = stepOf(run, frame);
  must(behaviourOf(step.kind).finishWait, `wait of ${step.kind}`)(run, frame, step, part);
}

export function finishActivity(run: Run, frame: Frame, failure: ActivityError | null): void {
  if (frame.undoes) {
    finishUndoing(run, frame, failure?.code ?? null);
    return;
  }
  const step = stepOf(run, frame);
  must(behaviourOf(step.kind).finishActivity, `activity of ${step.kind}`)(run, frame, step, failure);
}
