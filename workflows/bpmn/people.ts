/** Who does a user task, from what BPMN and the vendors say of it. Accounts and groups have no meaning outside: groups are taken for roles. */
import type { Assign, People } from '../engine/flow.gen.ts';
import { elementIn, elementsIn, textIn, typeOf, vendorAttribute } from './element.ts';
import type { Node } from './graph.ts';
import { expressionIn } from './juel.ts';
import { feelOf, type Making } from './making.ts';
import { toKey } from './names.ts';

export function peopleOf(making: Making, node: Node): People {
  const assignee = vendorAttribute(node.element, 'assignee') ?? resourceOf(node, 'humanPerformer');
  const groups = vendorAttribute(node.element, 'candidateGroups') ?? groupIn(resourceOf(node, 'potentialOwner'));
  if (assignee !== undefined && expressionIn(assignee) !== null) return { assign: named(making, node, assignee) };
  if (groups !== undefined && expressionIn(groups) === null)
    return { assign: { rule: 'pool', role: toKey(groups.split(',')[0] ?? groups, 'staff') } };
  return { assign: { rule: 'initiator' } };
}

/** Whoever an expression names; what cannot be said in FEEL is left to whoever edits the draft. */
function named(making: Making, node: Node, text: string): Assign {
  try {
    return { rule: 'expression', expression: feelOf(making, node, text) };
  } catch {
    return { rule: 'initiator' };
  }
}

function resourceOf({ element }: Node, type: string): string | undefined {
  const found = elementsIn(element, 'resources').find((resource) => typeOf(resource) === type);
  return textIn(elementIn(elementIn(found, 'resourceAssignmentExpression'), 'expression'), 'body');
}

/** `group(management)`, or a bare name. */
function groupIn(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const [, group] = /group\(([^)]*)\)/.exec(text) ?? [];
  if (group !== undefined) return group;
  return /^[\w -]+$/.test(text) ? text : undefined;
}
