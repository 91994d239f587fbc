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
  if ('role' in assign)
    return {
      type: 'PotentialOwner',
      name,
      expression: (writing) => writing.expression(`group(${assign.role})`, false),
    };
  const text = expressionOf(assign);
  return {
    type: 'HumanPerformer',
    name,
    ...(text === undefined ? {} : { expression: (writing) => writing.expression(text) }),
  };
}

/** Who it is, where FEEL can say it. */
function expressionOf(assign: Assign): string | undefined {
  if (assign.rule === 'field') return assign.field;
  if (assign.rule === 'initiator') return 'initiator';
  return assign.rule === 'expression' ? assign.expression : undefined;
}
