/** Undoing: one way for a step, and a throw that undoes something. */
import { handlersOn } from '../catching.ts';
import type { Checking } from '../check.ts';
import { partsOf } from '../tree.ts';
import type { Step } from '../flow.gen.ts';

export function checkCompensations(checking: Checking): void {
  const { flow, visits, report } = checking;
  for (const [index, { handler }] of handlersOn(flow).entries())
    if (handler.catch === 'compensation') report(null, `on.${index}.catch`, 'compensation_of_no_step');
  for (const { step } of visits) {
    checkOneWay(checking, step);
    if (step.kind === 'throw' && step.send === 'compensation' && step.of !== undefined)
      checkThrown(checking, step.id, step.of);
  }
}

function checkOneWay({ report }: Checking, step: Step): void {
  const handlers = handlersOn(step).filter(({ handler }) => handler.catch === 'compensation');
  const activity = step.kind === 'serviceTask' && step.compensate ? 1 : 0;
  if (handlers.length + activity > 1) report(step.id, 'on', 'compensation_twice');
}

/** Of a step that cannot be undone, nor anything in it, the throw would do nothing. */
function checkThrown({ steps, visits, report }: Checking, id: string, of: string): void {
  if (!steps.has(of)) {
    report(id, 'of', 'unknown_step', { step: of });
    return;
  }
  const within = visits.filter(({ step, path }) => step.id === of || path.some(({ owner }) => owner === of));
  if (!within.some(({ step }) => partsOf(step).compensation !== null))
    report(id, 'of', 'nothing_to_undo', { step: of });
}
