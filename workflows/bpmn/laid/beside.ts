/** Data and annotations: in a row below the steps, each joined straight with what it belongs to. */
import { elementIn, elementsIn, typeOf, type Element } from '../element.ts';
import { GAP } from '../export/measure.ts';
import { linesWithin, sizeOfText } from '../export/text-size.ts';
import { isNode } from './node.ts';
import type { Bounds, Edge, Shape } from './parts.ts';

const NOTE = { width: 120, line: 15, padding: 10 };

export function besideOf(scope: Element, top: number): { shapes: Shape[]; width: number; bottom: number } {
  const shapes: Shape[] = [];
  let [left, bottom] = [0, top];
  for (const element of [...elementsIn(scope, 'flowElements'), ...elementsIn(scope, 'artifacts')]) {
    const size = sizeOf(element);
    if (!size) continue;
    const text = element.name ? sizeOfText(element.name) : { width: 0, height: 0 };
    const room = Math.max(size.width, text.width);
    const bounds = { x: left + (room - size.width) / 2, y: top, ...size };
    const label = element.name ? { x: left + (room - text.width) / 2, y: top + size.height + 4, ...text } : null;
    shapes.push({ element, bounds, label, isExpanded: false });
    left += room + GAP;
    bottom = Math.max(bottom, top + size.height + (label ? text.height + 4 : 0));
  }
  return { shapes, width: Math.max(0, left - GAP), bottom };
}

function sizeOf(element: Element): Pick<Bounds, 'width' | 'height'> | null {
  switch (typeOf(element)) {
    case 'dataObjectReference':
      return { width: 36, height: 50 };
    case 'dataStoreReference':
      return { width: 50, height: 50 };
    case 'textAnnotation': {
      const lines = linesWithin(typeof element.text === 'string' ? element.text : '', NOTE.width);
      return { width: NOTE.width, height: lines * NOTE.line + 2 * NOTE.padding };
    }
    default:
      return null;
  }
}

/** From each to what it belongs to, where both are drawn; what is drawn already is left out. */
export function straight(scope: Element, shapes: Shape[], drawn: Edge[]): Edge[] {
  const bounds = new Map(shapes.map((shape) => [shape.element, shape.bounds]));
  const known = new Set(drawn.map(({ element }) => element));
  const steps = elementsIn(scope, 'flowElements').filter(isNode);
  const ends = [
    ...elementsIn(scope, 'artifacts').map((each) => [each, elementIn(each, 'sourceRef'), elementIn(each, 'targetRef')]),
    ...steps.flatMap((step) => [
      ...elementsIn(step, 'dataInputAssociations').map((each) => [each, elementIn(each, 'sourceRef'), step]),
      ...elementsIn(step, 'dataOutputAssociations').map((each) => [each, step, elementIn(each, 'targetRef')]),
    ]),
  ];
  return ends.flatMap(([element, source, target]) => {
    const [from, to] = [source && bounds.get(source), target && bounds.get(target)];
    if (!element || !from || !to || known.has(element)) return [];
    const [above, below] = from.y <= to.y ? [from, to] : [to, from];
    const points = [
      { x: above.x + above.width / 2, y: above.y + above.height },
      { x: below.x + below.width / 2, y: below.y },
    ];
    return [{ element, points: above === from ? points : points.toReversed(), label: null }];
  });
}
