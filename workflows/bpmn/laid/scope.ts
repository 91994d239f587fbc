/** A process or a sub-process laid out: left to right in columns, ways in the gutters between those, through no step. */
import { elementIn, elementsIn, typeOf, type Element } from '../element.ts';
import { PADDING, ROW_GAP } from '../export/measure.ts';
import { besideOf, straight } from './beside.ts';
import { Graph, type Flow } from './graph.ts';
import { attachedTo, isEventSubProcess, isNode, nodeOf, shapesOf, type Node } from './node.ts';
import { moved, type Laid } from './parts.ts';

export function layOut(scope: Element): Laid {
  const nodes = new Map(
    elementsIn(scope, 'flowElements')
      .filter(isNode)
      .map((element) => [element.id ?? '', nodeOf(element, attachedTo(scope, element), insideOf(element))]),
  );
  const [beside, main] = [true, false].map(
    (is) => new Map([...nodes].filter(([, { element }]) => isEventSubProcess(element) === is)),
  ) as [Map<string, Node>, Map<string, Node>];
  const drawn = new Graph(main, flowsOf(scope, main));
  let width = drawn.width;
  let top = drawn.height;
  for (const { box, below, above, width: room } of beside.values()) {
    if (top > 0) top += ROW_GAP;
    box.y = top;
    top += above + below;
    width = Math.max(width, room);
  }
  const beneath = besideOf(scope, top + ROW_GAP);
  const parts = [...nodes.values()].map((node) => {
    const inside = node.inside && moved(node.inside, node.box.x + PADDING.x, node.box.y + PADDING.top);
    return { own: shapesOf(node), inside };
  });
  const shapes = [
    ...parts.flatMap(({ own, inside }) => [...own.slice(0, 1), ...(inside?.shapes ?? []), ...own.slice(1)]),
    ...beneath.shapes,
  ];
  return {
    width: Math.max(width, beneath.width),
    height: beneath.shapes.length > 0 ? beneath.bottom : top,
    shapes,
    edges: [
      ...drawn.edges,
      ...parts.flatMap(({ inside }) => inside?.edges ?? []),
      ...straight(scope, shapes, drawn.edges),
    ],
  };
}

function insideOf(element: Element): Laid | null {
  return /(?:[sS]ubProcess|transaction)$/.test(typeOf(element)) ? layOut(element) : null;
}

/** Sequence flows, and what leads from a compensation event to what undoes its step. */
function flowsOf(scope: Element, nodes: Map<string, Node>): Flow[] {
  const lines = [...elementsIn(scope, 'flowElements'), ...elementsIn(scope, 'artifacts')];
  return lines.flatMap((element) => {
    const source = elementIn(element, 'sourceRef');
    const host = elementIn(source, 'attachedToRef');
    const event = host && source ? source : null;
    const from = idOf(host ?? source);
    const to = idOf(elementIn(element, 'targetRef'));
    const isDrawn = event === null || nodes.get(from)?.attached.includes(event) === true;
    if (!nodes.has(from) || !nodes.has(to) || !isDrawn) return [];
    return [{ element, from, to, event, isBelow: event !== null }];
  });
}

function idOf(element: Element | undefined): string {
  return element?.id ?? '';
}
