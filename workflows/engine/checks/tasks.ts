/** Human and service steps: actions, where they lead, activities. */
import type { CheckActivity, Checking } from '../check.ts';
import type { Approval, Compensate, ServiceTask } from '../flow.gen.ts';
import { isHuman, isReachableBackwards, outcomesOfStep, type HumanStep, type Outcome } from '../tree.ts';
import type { StepId } from '../types.ts';
import { checkClocks } from './due.ts';

const APPROVAL_OUTCOMES = ['approved', 'rejected'];

export function checkTasks(checking: Checking): void {
  for (const { step } of checking.visits) {
    if (step.kind === 'serviceTask') checkService(checking, step);
    if (!isHuman(step)) continue;
    checkActions(checking, step);
    checkClocks(checking, step);
  }
}

function checkService(checking: Checking, step: ServiceTask): void {
  const { context, report } = checking;
  const { id, activity } = step;
  const known = Object.hasOwn(context.activities, activity) ? context.activities[activity] : undefined;
  if (known) checkMappings(checking, step, known);
  else report(id, 'activity', 'unknown_activity', { activity });
  // Whoever goes back over it must know what becomes of what it did (rule 22).
  if (step.again === undefined && !step.compensate) report(id, 'again', 'again_missing');
  if (step.compensate) checkCompensation(checking, id, step.compensate);
}

function checkCompensation(checking: Checking, id: StepId, { activity, input = {} }: Compensate): void {
  const { context, report } = checking;
  const known = Object.hasOwn(context.activities, activity) ? context.activities[activity] : undefined;
  if (known) checkInput(checking, { id, activity, property: 'compensate.input' }, input, known);
  else report(id, 'compensate.activity', 'unknown_activity', { activity });
}

/** A mapping that the activity would refuse stops every case. */
function checkMappings(checking: Checking, step: ServiceTask, known: CheckActivity): void {
  const { report } = checking;
  const { id, activity, input: given = {}, output: taken = {} } = step;
  const { output } = known;
  checkInput(checking, { id, activity, property: 'input' }, given, known);
  for (const [field, name] of Object.entries(taken).filter(([, each]) => !has(output, each)))
    report(id, `output.${field}`, 'activity_output_unknown', { activity, name });
}

interface Calling {
  id: StepId;
  activity: string;
  property: string;
}

function checkInput(
  { report }: Checking,
  { id, activity, property }: Calling,
  given: Record<string, string>,
  { input }: CheckActivity,
): void {
  const missing = (input.required ?? []).filter((name) => !Object.hasOwn(given, name));
  for (const name of missing) report(id, `${property}.${name}`, 'activity_input_missing', { activity, name });
  for (const name of Object.keys(given).filter((each) => !has(input, each)))
    report(id, `${property}.${name}`, 'activity_input_unknown', { activity, name });
}

function has({ properties = {}, additionalProperties = false }: CheckActivity['input'], name: string): boolean {
  return additionalProperties !== false || Object.hasOwn(properties, name);
}

function checkActions(checking: Checking, step: HumanStep): void {
  const { report } = checking;
  const seen = new Set<string>();
  for (const [index, outcome] of outcomesOfStep(step).entries()) {
    if (seen.has(outcome.outcome))
      report(step.id, `actions.${index}.outcome`, 'outcome_duplicate', { outcome: outcome.outcome });
    seen.add(outcome.outcome);
    checkOutcome(checking, step, outcome, index);
  }
  if (step.kind === 'approval' && step.mode === 'vote') checkVote(checking, step);
  if (step.kind === 'approval' && !seen.has('approved')) report(step.id, 'actions', 'approval_outcome_missing');
  // Whatever the conditions come to, whoever holds the task can do something.
  if (step.actions?.every(({ when }) => when !== undefined)) report(step.id, 'actions', 'no_action_always');
}

function checkOutcome(checking: Checking, step: HumanStep, { outcome, returnTo }: Outcome, index: number): void {
  const { report } = checking;
  if (returnTo && !isReachableBackwards(checking, step.id, returnTo.step)) {
    report(step.id, `actions.${index}.returnTo.step`, 'return_target_invalid', { step: returnTo.step });
  }
  if (step.kind === 'approval' && !returnTo && !APPROVAL_OUTCOMES.includes(outcome)) {
    report(step.id, `actions.${index}.outcome`, 'unknown_outcome', { outcome });
  }
}

function checkVote({ report }: Checking, { id, vote }: Approval): void {
  if (!vote) report(id, 'vote', 'vote_missing');
  else if (vote.part > vote.of) report(id, 'vote.part', 'vote_impossible', { part: vote.part, of: vote.of });
}
