/** Call activities: which flow is called, and what goes in and out. */
import type { CallActivity } from '../engine/flow.gen.ts';
import { textIn, vendorAttribute, undescribed, vendorElements, type Element } from './element.ts';
import type { Node } from './graph.ts';
import { constantsIn, isPut } from './juel.ts';
import { claim, textOf, titleOf, type Making } from './making.ts';
import { toField } from './names.ts';
import { Refused } from './refusal.ts';

/** A call of which more is known when the called flow is: which values are all of them, and whether it ends its callers. */
export interface Calling {
  step: CallActivity;
  flow: string;
  in: boolean;
  out: boolean;
  /** Codes of errors by which it hears that it was ended. */
  hears: Set<string>;
  claim: (suffix: string) => string;
}

export function callOf(making: Making, node: Node, id: string): CallActivity {
  const flow = calledBy(making, node);
  const [into, out] = [vendorElements(node.element, 'in'), vendorElements(node.element, 'out')];
  const step: CallActivity = {
    id,
    kind: 'callActivity',
    title: titleOf(node),
    flow,
    again: 'run',
  };
  const input = mappingOf(making, node, into);
  const output = mappingOf(making, node, out);
  if (Object.keys(input).length > 0) step.input = input;
  if (Object.keys(output).length > 0) step.output = output;
  const inherits = vendorAttribute(node.element, 'inheritVariables') === 'true';
  const passes = { in: inherits || into.some(isAll), out: out.some(isAll) };
  if (typeof flow === 'string')
    making.calls.push({ step, flow, ...passes, hears: new Set(), claim: (suffix) => claim(making, node, suffix) });
  else if (passes.in || passes.out)
    throw new Refused('called_missing', node.id, 'which values it passes on depends on the process that it calls');
  return step;
}

function calledBy(making: Making, node: Node): CallActivity['flow'] {
  const named = textIn(node.element, 'calledElement');
  if (named === undefined) {
    const isCase = vendorAttribute(node.element, 'caseRef') !== undefined;
    const reason = isCase ? 'it calls a case of CMMN, which no flow is' : 'it does not name the process it calls';
    throw new Refused('called_missing', node.id, reason);
  }
  const called = constantsIn(named);
  return isPut(called) ? { expression: textOf(making, node, called) } : making.keys.of('process', called);
}

function isAll(element: Element): boolean {
  return undescribed(element, 'variables') === 'all';
}

/** Target → source, in FEEL. */
function mappingOf(making: Making, node: Node, elements: Element[]): Record<string, string> {
  return Object.fromEntries(
    elements.flatMap((element) => {
      const [source, expression, target] = ['source', 'sourceExpression', 'target'].map((name) =>
        undescribed(element, name),
      );
      if (target === undefined || (source === undefined && expression === undefined)) return [];
      const feel = source === undefined ? textOf(making, node, expression ?? '') : toField(source);
      if (source !== undefined) making.fields.add(toField(source));
      return [[toField(target), feel]];
    }),
  );
}

/** Fills in what calls that pass everything on pass on. */
export function passAll(calls: Calling[], own: string[], fieldsOf: (flow: string) => string[] | undefined): void {
  for (const { step, flow, in: into, out } of calls) {
    const called = fieldsOf(flow) ?? [];
    if (into && called.length > 0) step.input = { ...same(called), ...step.input };
    if (out && own.length > 0) step.output = { ...same(own), ...step.output };
  }
}

function same(fields: string[]): Record<string, string> {
  return Object.fromEntries(fields.map((field) => [field, field]));
}
