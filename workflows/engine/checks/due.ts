/** Due times and pauses: they say when, their end actions can each happen, and no clock of 0 or one that cannot be told. */
import type { Checking } from '../check.ts';
import { endActions } from '../due.ts';
import { durationMs, durationParts } from '../duration.ts';
import type { Due, DueAction } from '../flow.gen.ts';
import { WALL_CALENDAR } from '../reckoners.ts';
import { isReachableBackwards, outcomesOfStep, type HumanStep } from '../tree.ts';

export function checkClocks(checking: Checking, step: HumanStep): void {
  const { report } = checking;
  if (step.pause && durationMs(step.pause.max) === 0) report(step.id, 'pause.max', 'duration_zero');
  if (step.due) checkDue(checking, step, step.due);
}

function checkDue(checking: Checking, step: HumanStep, due: Due): void {
  const { report } = checking;
  if (due.in === undefined && due.at === undefined) report(step.id, 'due', 'due_without_time');
  for (const [property, text] of durationsOf(due)) {
    if (durationMs(text) === 0) report(step.id, property, 'duration_zero');
  }
  checkReminders(checking, step, due);
  for (const { property, action } of endActions(due)) checkEnd(checking, step, property, action);
  checkOrder(checking, step, due);
}

/** Before the task opens nobody can be reminded. Of a moment that the record says nothing is known here. */
function checkReminders({ report }: Checking, step: HumanStep, due: Due): void {
  const { in: budget, at, remind = [] } = due;
  if (budget === undefined || at !== undefined) return;
  for (const [index, each] of remind.entries()) {
    if ('before' in each && isAsLong(due, each.before, budget))
      report(step.id, `due.remind.${index}.before`, 'reminder_too_early');
  }
}

/** In a working calendar a day has no number of hours: there only days are compared with days, and hours with hours. */
function isAsLong({ calendar = WALL_CALENDAR }: Due, one: string, other: string): boolean {
  const [a, b] = [durationParts(one), durationParts(other)];
  const hasDays = ({ days, weeks }: typeof a): boolean => days + weeks > 0;
  if (calendar !== WALL_CALENDAR && hasDays(a) !== hasDays(b)) return false;
  return durationMs(one) >= durationMs(other);
}

/** Every duration of a due time by its property. */
function durationsOf(due: Due): [string, string][] {
  const budget: [string, string][] = due.in === undefined ? [] : [['due.in', due.in]];
  const reminders = (due.remind ?? []).flatMap((each, index) =>
    Object.entries(each)
      .filter(([name]) => name !== 'times')
      .map(([name, text]): [string, string] => [`due.remind.${index}.${name}`, String(text)]),
  );
  const delays = endActions(due).flatMap(({ property, action: { after } }): [string, string][] =>
    after === undefined ? [] : [[`${property}.after`, after]],
  );
  return [...budget, ...reminders, ...delays];
}

function checkEnd(checking: Checking, step: HumanStep, property: string, action: DueAction): void {
  const { context, report } = checking;
  if (action.do === 'escalate' && !context.roles.includes(action.to)) {
    report(step.id, `${property}.to`, 'unknown_role', { role: action.to });
  }
  if (action.do === 'complete' && !outcomesOfStep(step).some(({ outcome }) => outcome === action.outcome)) {
    report(step.id, `${property}.outcome`, 'unknown_outcome', { outcome: action.outcome });
  }
  if (action.do === 'return' && !isReachableBackwards(checking, step.id, action.step)) {
    report(step.id, `${property}.step`, 'return_target_invalid', { step: action.step });
  }
}

/** Nothing comes after the action that ends the task: those of one moment in their order, the others by their delay. */
function checkOrder({ report }: Checking, step: HumanStep, due: Due): void {
  const inTime = endActions(due)
    .map((end) => ({ ...end, ms: end.action.after === undefined ? 0 : durationMs(end.action.after) }))
    .sort((a, b) => a.ms - b.ms);
  const last = inTime.findIndex(({ action }) => action.do === 'complete' || action.do === 'return');
  if (last < 0) return;
  for (const { property } of inTime.slice(last + 1)) report(step.id, property, 'due_action_unreachable');
}
