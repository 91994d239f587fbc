/**
 * Terminate end events. One ends the process or the sub-process it stands in, also where an event on the edge of an activity led to it: then
 * the sub-process catches it as an error of its own, since what runs beside has no other way out.
 */
import type { End, Handler } from '../engine/flow.gen.ts';
import { isElement, vendorAttribute, type Element } from './element.ts';
import type { Node } from './graph.ts';
import { claim, titleOf, type Making } from './making.ts';

type Ending = Pick<End, 'ends' | 'outcome'>;
/** Of an activity that is done several times, this time or all of them. */
type Extent = 'once' | 'all';

/** What it ends, as an end event of the language. */
export function terminated(making: Making, { element, definition }: Node): Ending {
  const { $parent: scope } = element;
  if (!scope || scope.$type === 'bpmn:Process' || isMarked(definition, 'terminateAll'))
    return { ends: 'case', outcome: 'completed' };
  const all = isMarked(definition, 'terminateMultiInstance') ? repeatedAround(scope) : undefined;
  if (all) return raised(making, all, 'all');
  return making.aside > 0 ? raised(making, scope, 'once') : { ends: 'scope', outcome: 'completed' };
}

function isMarked(definition: Element | null, name: string): boolean {
  return vendorAttribute(definition ?? undefined, name) === 'true';
}

/** The nearest activity around that is done several times. */
function repeatedAround(scope: Element): Element | undefined {
  if (isElement(scope.loopCharacteristics)) return scope;
  return scope.$parent && repeatedAround(scope.$parent);
}

function raised(making: Making, ended: Element, extent: Extent): Ending {
  const outcome = codeOf(making, ended, extent);
  making.terminated.add(outcome);
  return { ends: 'error', outcome };
}

function codeOf({ keys }: Making, { id }: Element, extent: Extent): string {
  return keys.of('error', `${id ?? ''} terminated ${extent}`);
}

/** What catches the end of an activity; none: nothing ends it so. */
export function terminators(making: Making, node: Node, extent: Extent): Handler[] {
  const code = codeOf(making, node.element, extent);
  if (!making.terminated.has(code)) return [];
  const id = claim(making, node, '_terminated');
  return [{ catch: 'error', id, title: titleOf(node), codes: [code], steps: [] }];
}
