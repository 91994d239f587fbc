/**
 * The shape of the flow's tree, for every kind of step: which sequences it holds, which texts are engine expressions, which
 * rules find its people. The only place that knows where a kind keeps them; compile, check and return walk through here.
 */
import type { Action, Assign, Flow, People, Sequence, Step } from './flow.gen.ts';
import type { BranchKey } from './state.ts';
import type { StepId } from './types.ts';
import { unreachable } from './unreachable.ts';

export type HumanStep = Extract<Step, { kind: 'userTask' | 'approval' }>;

export interface Branch {
  key: BranchKey;
  /** Where it stands in the step, for the designer. */
  property: string;
  steps: Sequence;
}

/** The sequences inside a step, in document order. */
export function branchesOf(step: Step): Branch[] {
  switch (step.kind) {
    case 'exclusive':
      return [
        ...step.branches.map((branch, index) => ({
          key: `branches.${index}`,
          property: `branches.${index}.steps`,
          steps: branch.steps,
        })),
        { key: 'otherwise', property: 'otherwise.steps', steps: step.otherwise.steps },
      ];
    case 'userTask':
    case 'approval':
    case 'cc':
    case 'serviceTask':
    case 'end':
      return [];
    default:
      return unreachable(step);
  }
}

export interface Expression {
  property: string;
  text: string;
}

/** Engine expressions of a step: those whose value decides where the case goes (rule 16). Mappings and titles are not. */
export function expressionsOf(step: Step): Expression[] {
  switch (step.kind) {
    case 'exclusive':
      return step.branches.map((branch, index) => ({ property: `branches.${index}.when`, text: branch.when }));
    case 'userTask':
    case 'approval':
    case 'cc':
    case 'serviceTask':
    case 'end':
      return [];
    default:
      return unreachable(step);
  }
}

export interface PeopleRule {
  property: string;
  people: People;
}

/** People rules of a step, its due action's included. */
export function peopleOf(step: Step): PeopleRule[] {
  switch (step.kind) {
    case 'userTask':
    case 'approval': {
      const rules = [{ property: 'people', people: step.people }];
      const then = step.due?.then;
      return then?.do === 'transfer' ? [...rules, { property: 'due.then.people', people: then.people }] : rules;
    }
    case 'cc':
      return [{ property: 'people', people: step.people }];
    case 'serviceTask':
    case 'exclusive':
    case 'end':
      return [];
    default:
      return unreachable(step);
  }
}

export function isHuman(step: Step): step is HumanStep {
  return step.kind === 'userTask' || step.kind === 'approval';
}

/** What an outcome does: its action, or the default actions of the kind. */
export interface Outcome {
  outcome: string;
  returnTo: Action['returnTo'];
}

/** The outcomes a person may choose in a step; the defaults when it names no actions. */
export function outcomesOfStep(step: HumanStep): Outcome[] {
  if (step.actions) return step.actions.map(({ outcome, returnTo }) => ({ outcome, returnTo }));
  const names = step.kind === 'approval' ? ['approved', 'rejected'] : ['done'];
  return names.map((outcome) => ({ outcome, returnTo: undefined }));
}

/** Field that a rule reads, or null. */
export function fieldOfAssign(assign: Assign): string | null {
  return assign.rule === 'field' ? assign.field : null;
}

/** Where a step stands: each entry is one sequence from the root down, the last holds the step itself. */
export interface Place {
  owner: StepId | null;
  branch: BranchKey;
  index: number;
}

export interface Visit {
  step: Step;
  path: Place[];
  /** JSON path of the step in the definition. */
  property: string;
}

/** Whether every branch that holds the first place also holds the second: every way to the second has passed the first. */
export function isOnTheWay(target: readonly Place[], source: readonly Place[]): boolean {
  return target.every(({ owner, branch }, depth) => {
    const other = source[depth];
    return other?.owner === owner && other.branch === branch;
  });
}

export const ROOT = 'body';

/** Every step in document order. */
export function* walk(flow: Flow): Generator<Visit> {
  yield* walkSequence(flow.steps, [], { owner: null, branch: ROOT, property: 'steps' });
}

interface Inside {
  owner: StepId | null;
  branch: BranchKey;
  property: string;
}

function* walkSequence(steps: Sequence, above: Place[], inside: Inside): Generator<Visit> {
  for (const [index, step] of steps.entries()) {
    const path = [...above, { owner: inside.owner, branch: inside.branch, index }];
    const property = `${inside.property}.${index}`;
    yield { step, path, property };
    for (const branch of branchesOf(step)) {
      const within = { owner: step.id, branch: branch.key, property: `${property}.${branch.property}` };
      yield* walkSequence(branch.steps, path, within);
    }
  }
}
