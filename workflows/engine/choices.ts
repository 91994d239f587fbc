/**
 * People that somebody chooses for a later step: the initiator when the case starts, or whoever handled an earlier step when completing
 * it. The screens offer exactly what is asked here, and `refuse` takes nothing else.
 */
import type { Among } from './flow.gen.ts';
import { isReachableBackwards, partsOf, type StepInfo, type StepsById } from './tree.ts';
import type { Choices, StepId } from './types.ts';

/** A choice that somebody is asked for. */
export interface Choice {
  step: StepId;
  among: Among;
  most: number;
  /** Every way leads to the step: without a choice it would have nobody. */
  isRequired: boolean;
}

interface Tree {
  steps: StepsById;
}

/** What the initiator chooses (`by` null), or whoever completes a step. */
export function choicesOf(tree: Tree, by: StepId | null): Choice[] {
  return [...tree.steps].flatMap(([id, info]) => {
    const assign = ruleOf(info);
    if (assign === undefined || chooserOf(tree, id, info) !== by) return [];
    const most = info.step.kind === 'userTask' ? 1 : (assign.most ?? 1);
    return [{ step: id, among: assign.among ?? 'staff', most, isRequired: isAlwaysReached(tree, by, info) }];
  });
}

function ruleOf({ step }: StepInfo) {
  const [rule] = partsOf(step).people;
  const assign = rule?.people.assign;
  return assign?.rule === 'initiatorsChoice' || assign?.rule === 'previousHandlersChoice' ? assign : undefined;
}

/** Null: the initiator. Undefined: nobody, which `check` refuses. */
export function chooserOf(tree: Tree, id: StepId, info: StepInfo): StepId | null | undefined {
  const assign = ruleOf(info);
  if (assign?.rule === 'initiatorsChoice') return null;
  if (assign?.rule !== 'previousHandlersChoice') return undefined;
  if (assign.step !== undefined) return isReachableBackwards(tree, id, assign.step) ? assign.step : undefined;
  const before = [...tree.steps.keys()].filter((earlier) => isReachableBackwards(tree, id, earlier));
  return before.at(-1);
}

/** It stands in a sequence that the chooser is in, not in a branch that may not be taken. */
function isAlwaysReached({ steps }: Tree, by: StepId | null, { path }: StepInfo): boolean {
  const from = by === null ? [] : (steps.get(by)?.path ?? []);
  return path.slice(0, -1).every((_, depth) => {
    const [here, there] = [from[depth + 1], path[depth + 1]];
    return here?.owner === there?.owner && here?.branch === there?.branch;
  });
}

/** Of what is chosen, what one of them is asked for. */
export function onlyAsked(tree: Tree, by: StepId | null, choices: Choices): Choices {
  const asked = choicesOf(tree, by).map(({ step }) => step);
  return Object.fromEntries(Object.entries(choices).filter(([step]) => asked.includes(step)));
}

/** The first step for which something else is chosen than is asked; null: all is well. */
export function wrongChoice(asked: readonly Choice[], choices: Choices): StepId | null {
  const isWrong = ([step, persons]: [StepId, string[]]): boolean => {
    const choice = asked.find((each) => each.step === step);
    return choice === undefined || persons.length > choice.most || new Set(persons).size < persons.length;
  };
  return Object.entries(choices).find(isWrong)?.[0] ?? null;
}
