/** What undoes an activity once it is done, and the events that ask for it. */
import type { Handler, Sequence, Step, Throw } from '../engine/flow.gen.ts';
import { elementIn } from './element.ts';
import type { Node } from './graph.ts';
import { claim, titleOf, type Making } from './making.ts';
import { Refused } from './refusal.ts';

/** A step with the handler of the compensation event on its activity. `undo`: steps of the activity that undoes it. */
export function withCompensation(
  making: Making,
  node: Node,
  steps: Sequence,
  undo: (handler: Node) => Sequence,
): Sequence {
  const { compensation } = node;
  const [step] = steps;
  if (!compensation || !step) return steps;
  const { event, handler } = compensation;
  const made: Handler = {
    catch: 'compensation',
    id: claim(making, event),
    title: titleOf(event),
    steps: undo(handler),
  };
  return [Object.assign(step, { on: [...handlersOf(step), made] })];
}

export function handlersOf(step: Step): Handler[] {
  return 'on' in step ? (step.on ?? []) : [];
}

/** Which step it undoes is known when all are made. BPMN engines begin all that is undone at the same time. */
export function compensating(making: Making, node: Node): Throw {
  const step: Throw = {
    id: claim(making, node),
    kind: 'throw',
    title: titleOf(node),
    send: 'compensation',
    mode: 'parallel',
  };
  const activity = elementIn(node.definition ?? undefined, 'activityRef')?.id;
  if (activity !== undefined) making.compensating.push({ step, activity, event: node.id });
  return step;
}

/** Names the steps that are undone. @throws Refused for an activity that is none of the flow */
export function settleCompensations({ compensating: open, elements }: Making): void {
  for (const { step, activity, event } of open) {
    const found = Object.keys(elements).find((id) => elements[id] === activity);
    if (found === undefined) throw new Refused('reference_missing', event, `${activity} is no activity of the process`);
    Object.assign(step, { of: found });
  }
}
