/** People rules: they name what exists, and can never leave a step with nobody and no policy. */
import type { CheckCode, Checking } from '../check.ts';
import type { Assign, ForEach, People, Step } from '../flow.gen.ts';
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
  for (const { step, path } of visits) {
    const around = itemsAround(checking, path);
    for (const { property, people } of partsOf(step).people) {
      const say: Say = (inner, code, params) => {
        report(step.id, `${property}.${inner}`, code, params);
      };
      checkAssign(checking, { step, around }, people.assign, say);
      checkPolicies(checking, people, say);
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
  if (assign.rule === 'field') checkPersonField(checking, around, assign.field, say);
  if (assign.rule === 'previous' && assign.step !== undefined) checkPrevious(checking, step, assign.step, say);
  if (assign.rule === 'pool' && step.kind === 'approval' && step.mode !== 'any') say('assign', 'approval_pool_all');
}

type Field = Checking['context']['fields'][string];

/** A field, or of an item its column. Items of a list that is reckoned may be people: nobody can tell before. */
function fieldAt({ context }: Checking, around: readonly ForEach[], name: string): Field | 'any' | undefined {
  const [of, column] = name.split('.');
  const item = around.find(({ as }) => as === of);
  if (!item) return context.fields[name];
  const list = context.fields[item.list];
  if (column !== undefined) return list?.columns?.[column];
  return list ?? 'any';
}

function checkPersonField(checking: Checking, around: readonly ForEach[], name: string, say: Say): void {
  const field = fieldAt(checking, around, name);
  if (field === 'any') return;
  if (!field) say('assign.field', 'unknown_field', { field: name });
  else if (field.type !== 'person') say('assign.field', 'field_not_person', { field: name });
  else if (field.personal) say('assign.field', 'personal_field', { field: name });
}

/** A step that comes later, or is done by nobody, was completed by nobody. */
function checkPrevious({ steps }: Checking, step: Step, name: string, say: Say): void {
  const [named, asking] = [steps.get(name), steps.get(step.id)];
  if (!named) say('assign.step', 'unknown_step', { step: name });
  else if (!isHuman(named.step) || named.order >= (asking?.order ?? 0))
    say('assign.step', 'previous_step_invalid', { step: name });
}

function checkPolicies({ context }: Checking, people: People, say: Say): void {
  const { assign, whenEmpty, whenInitiator } = people;
  if (assign.rule === 'pool') {
    // A pool is as full as its role is held: there is nothing to find, and nobody to leave out.
    if (whenInitiator === 'skip') say('whenInitiator', 'initiator_policy_on_pool');
    return;
  }
  if (whenEmpty === undefined && !context.roles.includes(DEFAULT_EMPTY_ROLE)) say('whenEmpty', 'empty_policy_missing');
  if (typeof whenEmpty !== 'object') return;
  if (!context.roles.includes(whenEmpty.role)) say('whenEmpty.role', 'unknown_role', { role: whenEmpty.role });
}
