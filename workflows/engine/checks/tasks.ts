/** Human and service steps: actions, where they lead, due times, activities. */
import type { CheckActivity, Checking } from '../check.ts';
import { durationMs } from '../duration.ts';
import type { Due, ServiceTask } from '../flow.gen.ts';
import { isHuman, isReachableBackwards, outcomesOfStep, type HumanStep } from '../tree.ts';

const APPROVAL_OUTCOMES = ['approved', 'rejected'];

export function checkTasks(checking: Checking): void {
  for (const { step } of checking.visits) {
    if (step.kind === 'serviceTask') checkService(checking, step);
    if (!isHuman(step)) continue;
    checkActions(checking, step);
    if (step.due) checkDue(checking, step, step.due);
  }
}

function checkService(checking: Checking, step: ServiceTask): void {
  const { context, report } = checking;
  const { id, activity } = step;
  const known = Object.hasOwn(context.activities, activity) ? context.activities[activity] : undefined;
  if (known) checkMappings(checking, step, known);
  else report(id, 'activity', 'unknown_activity', { activity });
  // The schema asks for it too; a draft that skipped the schema must not get past rule 22.
  if ((step as Partial<ServiceTask>).again === undefined) report(id, 'again', 'again_missing');
}

/** A mapping that the activity would refuse stops every case. */
function checkMappings({ report }: Checking, step: ServiceTask, { input, output }: CheckActivity): void {
  const { id, activity } = step;
  const [given, taken] = [Object.keys(step.input ?? {}), Object.entries(step.output ?? {})];
  const [takes, gives] = [Object.keys(input.properties ?? {}), Object.keys(output.properties ?? {})];
  for (const name of input.required ?? [])
    if (!given.includes(name)) report(id, `input.${name}`, 'activity_input_missing', { activity, name });
  for (const name of given)
    if (!takes.includes(name)) report(id, `input.${name}`, 'activity_input_unknown', { activity, name });
  for (const [field, name] of taken)
    if (!gives.includes(name)) report(id, `output.${field}`, 'activity_output_unknown', { activity, name });
}

function checkActions(checking: Checking, step: HumanStep): void {
  const { report } = checking;
  const seen = new Set<string>();
  for (const [index, { outcome, returnTo }] of outcomesOfStep(step).entries()) {
    if (seen.has(outcome)) report(step.id, `actions.${index}.outcome`, 'outcome_duplicate', { outcome });
    seen.add(outcome);
    if (returnTo && !isReachableBackwards(checking, step.id, returnTo.step)) {
      report(step.id, `actions.${index}.returnTo.step`, 'return_target_invalid', { step: returnTo.step });
    }
    if (step.kind === 'approval' && !returnTo && !APPROVAL_OUTCOMES.includes(outcome)) {
      report(step.id, `actions.${index}.outcome`, 'unknown_outcome', { outcome });
    }
  }
  if (step.kind === 'approval' && !seen.has('approved')) report(step.id, 'actions', 'approval_outcome_missing');
}

function checkDue(checking: Checking, step: HumanStep, due: Due): void {
  const { report } = checking;
  for (const [property, text] of durationsOf(due)) {
    if (durationMs(text) === 0) report(step.id, `due.${property}`, 'duration_zero');
  }
  for (const [index, remind] of (due.remind ?? []).entries()) {
    if ('before' in remind && durationMs(remind.before) >= durationMs(due.in))
      report(step.id, `due.remind.${index}.before`, 'reminder_too_early');
  }
  checkEnd(checking, step, due.then);
}

/** Every duration of a due time by its property. */
function durationsOf({ in: budget, remind = [], then }: Due): [string, string][] {
  const reminders = remind.flatMap((each, index) =>
    Object.entries(each)
      .filter(([name]) => name !== 'times')
      .map(([name, text]): [string, string] => [`remind.${index}.${name}`, String(text)]),
  );
  const delay: [string, string][] =
    then?.do === 'escalate' && then.after !== undefined ? [['then.after', then.after]] : [];
  return [['in', budget], ...reminders, ...delay];
}

/** The end action of a due time. */
function checkEnd(checking: Checking, step: HumanStep, then: Due['then']): void {
  const { context, report } = checking;
  if (then?.do === 'escalate' && !context.roles.includes(then.to)) {
    report(step.id, 'due.then.to', 'unknown_role', { role: then.to });
  }
  if (then?.do === 'complete' && !outcomesOfStep(step).some(({ outcome }) => outcome === then.outcome)) {
    report(step.id, 'due.then.outcome', 'unknown_outcome', { outcome: then.outcome });
  }
  if (then?.do === 'return' && !isReachableBackwards(checking, step.id, then.step)) {
    report(step.id, 'due.then.step', 'return_target_invalid', { step: then.step });
  }
}
