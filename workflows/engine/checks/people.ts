/** People rules: they name what exists, and can never leave a step with nobody and no policy. */
import type { CheckCode, Checking } from '../check.ts';
import type { Assign, ForEach, People, Step } from '../flow.gen.ts';
import { chooserOf } from '../choices.ts';
import { isHuman, itemsAround, partsOf } from '../tree.ts';

/** Role of the pool that opens when a rule finds nobody and the step says nothing else. */
const DEFAULT_EMPTY_ROLE = 'manager';
/** May start cases without being roles: the parties of a unit. */
const PARTIES = ['owner', 'tenant'];

type Say = (property: string, code: CheckCode, params?: Record<string, string>) => void;

export function checkPeople(checking: Checking): void {
  const { flow, context, visits, report } = checking;
  for (const [index, role] of flow.start.who.entries()) {
    if (![...context.roles, ...PARTIES].includes(role)) report(null, `start.who.${index}`, 'unknown_role', { role });
  }
  checkFlowNever(checking);
  for (const { step, path } of visits) {
    const around = itemsAround(checking, path);
    for (const { property, people } of partsOf(step).people) {
      const say: Say = (inner, code, params) => {
        report(step.id, `${property}.${inner}`, code, params);
      };
      checkAssign(checking, { step, around }, people.assign, say);
      checkChoice(checking, step, { ...people, property }, say);
      checkPolicies(checking, people, say);
      checkNever(checking, { step, around }, people, say);
      if (people.whenRepeated !== undefined && people.whenRepeated !== 'ask' && step.kind !== 'approval')
        say('whenRepeated', 'repeated_not_approval');
    }
  }
}

interface Asking {
  step: Step;
  around: readonly ForEach[];
}

function checkAssign(checking: Checking, { step, around }: Asking, assign: Assign, say: Say): void {
  const { context } = checking;
  if ('role' in assign && !context.roles.includes(assign.role))
    say('assign.role', 'unknown_role', { role: assign.role });
  if (assign.rule === 'field') checkPersonField(checking, assign.field, { say, property: 'assign.field', around });
  if (assign.rule === 'consecutiveLevels') checkLevels(checking, step, assign, say);
  if (assign.rule === 'previous' && assign.step !== undefined)
    checkPrevious(checking, step, assign.step, { say, property: 'assign.step' });
  if (assign.rule === 'pool' && step.kind === 'approval' && step.mode !== 'any') say('assign', 'approval_pool_all');
}

type Field = Checking['context']['fields'][string];

/** A field, or of an item its column. Items of a list that is reckoned may be people: nobody can tell before. */
function fieldAt(
  { context }: Pick<Checking, 'context'>,
  around: readonly ForEach[],
  name: string,
): Field | 'any' | undefined {
  const [of, column] = name.split('.');
  const item = around.find(({ as }) => as === of);
  if (!item) return context.fields[name];
  const list = context.fields[item.list];
  if (column !== undefined) return list?.columns?.[column];
  return list ?? 'any';
}

/** Where something is said about a property. */
interface At {
  say: Say;
  property: string;
  /** The forEach steps around it. */
  around?: readonly ForEach[];
}

/** The heads follow each other: only a sequential approval asks them so. Who is only told may be told at once. */
function checkLevels(
  { context }: Checking,
  step: Step,
  { upTo }: Extract<Assign, { rule: 'consecutiveLevels' }>,
  say: Say,
): void {
  const isInOrder = step.kind === 'cc' || (step.kind === 'approval' && step.mode === 'sequential');
  if (!isInOrder) say('assign', 'levels_not_sequential');
  if (upTo && 'role' in upTo && !context.roles.includes(upTo.role))
    say('assign.upTo.role', 'unknown_role', { role: upTo.role });
}

/** Somebody chooses, before the step: it has one choice, which its end actions have no part in. */
function checkChoice(
  checking: Checking,
  step: Step,
  { assign, property }: People & { property: string },
  say: Say,
): void {
  if (assign.rule !== 'initiatorsChoice' && assign.rule !== 'previousHandlersChoice') return;
  const { context, steps } = checking;
  if (property !== 'people') {
    say('assign', 'choice_misplaced');
    return;
  }
  if (typeof assign.among === 'object' && !context.roles.includes(assign.among.role))
    say('assign.among.role', 'unknown_role', { role: assign.among.role });
  const info = steps.get(step.id);
  if (info && chooserOf(checking, step.id, info) === undefined)
    say('step' in assign ? 'assign.step' : 'assign', 'chooser_missing');
}

function checkFlowNever({ flow: { never = [] }, ...rest }: Checking): void {
  const say: Say = (property, code, params) => {
    rest.report(null, property, code, params);
  };
  for (const [index, rule] of never.entries()) {
    if (rule === 'initiator') continue;
    if ('field' in rule) checkPersonField(rest, rule.field, { say, property: `never.${index}.field` });
    else {
      const named = rest.steps.get(rule.step)?.step;
      if (!named || !isHuman(named)) say(`never.${index}.step`, 'unknown_step', { step: rule.step });
    }
  }
}

/** Whoever may not do the work is replaced by a pool, which must be there. */
function checkNever(checking: Checking, { step, around }: Asking, { never = [], whenEmpty }: People, say: Say): void {
  for (const [index, rule] of never.entries()) {
    if (rule === 'initiator') continue;
    if ('field' in rule) checkPersonField(checking, rule.field, { say, property: `never.${index}.field`, around });
    else checkPrevious(checking, step, rule.step, { say, property: `never.${index}.step` });
  }
  const isBarring = [...never, ...(checking.flow.never ?? [])].length > 0 && isHuman(step);
  if (isBarring && !leavesToPool(checking, whenEmpty)) say('whenEmpty', 'empty_policy_missing');
}

/** Without a word the managers, whom `checkPolicies` looks for, or the pool it names. */
function leavesToPool({ context }: Checking, whenEmpty: People['whenEmpty']): boolean {
  return typeof whenEmpty !== 'string' || context.roles.includes(DEFAULT_EMPTY_ROLE);
}

function checkPersonField(checking: Pick<Checking, 'context'>, name: string, { say, property, around = [] }: At): void {
  const field = fieldAt(checking, around, name);
  if (field === 'any') return;
  if (!field) say(property, 'unknown_field', { field: name });
  else if (field.type !== 'person') say(property, 'field_not_person', { field: name });
  else if (field.personal) say(property, 'personal_field', { field: name });
}

/** A step that comes later, or is done by nobody, was completed by nobody. */
function checkPrevious({ steps }: Checking, step: Step, name: string, { say, property }: At): void {
  const [named, asking] = [steps.get(name), steps.get(step.id)];
  if (!named) say(property, 'unknown_step', { step: name });
  else if (!isHuman(named.step) || named.order >= (asking?.order ?? 0))
    say(property, 'previous_step_invalid', { step: name });
}

function checkPolicies({ context }: Checking, people: People, say: Say): void {
  const { assign, whenEmpty, whenInitiator } = people;
  if (assign.rule === 'pool') {
    // A pool is as full as its role is held: there is nothing to find, and nobody to leave out.
    if (whenInitiator === 'skip' || whenInitiator === 'head') say('whenInitiator', 'initiator_policy_on_pool');
    return;
  }
  if (whenEmpty === undefined && !context.roles.includes(DEFAULT_EMPTY_ROLE)) say('whenEmpty', 'empty_policy_missing');
  if (typeof whenEmpty !== 'object') return;
  if (!context.roles.includes(whenEmpty.role)) say('whenEmpty.role', 'unknown_role', { role: whenEmpty.role });
}
