/** Who does it, as far as BPMN has words: groups as potential owners, one person as the performer. The rule as such is in the extension. */
import type { Assign } from '../../engine/flow.gen.ts';
import type { Element } from '../element.ts';
import type { Writing } from './writing.ts';

export function resources(writing: Writing, assign: Assign): { resources: Element[] } {
  const { type, name, expression } = wordsOf(assign);
  const assignment = expression && {
    resourceAssignmentExpression: writing.create('bpmn:ResourceAssignmentExpression', {
      expression: expression(writing),
    }),
  };
  return { resources: [writing.create(`bpmn:${type}`, { name, ...assignment })] };
}

interface Words {
  type: 'PotentialOwner' | 'HumanPerformer';
  name: string;
  expression?: (writing: Writing) => Element;
}

function wordsOf(assign: Assign): Words {
  const name = assign.rule;
  switch (assign.rule) {
    case 'pool':
    case 'role':
    case 'leastLoaded':
    case 'roundRobin':
    case 'onDuty':
      return {
        type: 'PotentialOwner',
        name,
        expression: (writing) => writing.expression(`group(${assign.role})`, false),
      };
    case 'field':
      return { type: 'HumanPerformer', name, expression: (writing) => writing.expression(assign.field) };
    case 'initiator':
      return { type: 'HumanPerformer', name, expression: (writing) => writing.expression('initiator') };
    case 'expression':
      return { type: 'HumanPerformer', name, expression: (writing) => writing.expression(assign.expression) };
    case 'previous':
    case 'persons':
    case 'departmentHead':
    case 'consecutiveLevels':
    case 'post':
    case 'initiatorsChoice':
    case 'previousHandlersChoice':
      return { type: 'HumanPerformer', name };
  }
}
