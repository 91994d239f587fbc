/** The room that a step takes, with its text, what is in it and the events on its lower border. */
import { elementsIn, typeOf, type Element } from '../element.ts';
import { EVENT, eventAt, widthWithEvents } from '../export/border.ts';
import { activityBox, eventBox, gatewayBox, type Box } from '../export/drawing.ts';
import { LABEL_GAP, PADDING } from '../export/measure.ts';
import { sizeOfText } from '../export/text-size.ts';
import type { Laid, Shape } from './parts.ts';

/** Between the ways of events on the same border. */
const TRACK = 12;

export interface Node {
  element: Element;
  box: Box;
  inside: Laid | null;
  attached: Element[];
  width: number;
  /** Of the line on which it stands. */
  above: number;
  below: number;
}

export function nodeOf(element: Element, attached: Element[], inside: Laid | null): Node {
  const box = boxOf(element);
  if (inside) {
    box.width = Math.max(box.width, inside.width + 2 * PADDING.x);
    box.height = Math.max(box.height, inside.height + PADDING.top + PADDING.bottom);
  }
  box.width = widthWithEvents(box.width, attached.length);
  const label = box.label ? sizeOfText(box.label.text) : { width: 0, height: -LABEL_GAP };
  const room = label.height + LABEL_GAP;
  const events = attached.length > 0 ? wayOf(attached, attached.length) : 0;
  return {
    ...{ element, box, inside, attached, width: Math.max(box.width, label.width) },
    above: box.height / 2 + (box.label?.at === 'above' ? room : 0),
    below: box.height / 2 + Math.max(events, box.label?.at === 'below' ? room : 0),
  };
}

function boxOf(element: Element): Box {
  const type = typeOf(element);
  if (type.endsWith('Event')) return eventBox(element);
  return type.endsWith('Gateway') ? gatewayBox(element) : activityBox(element);
}

/** From the border to the way of an event, under all their texts. */
function wayOf(attached: Element[], index: number): number {
  const texts = attached.map(({ name }) => (name ? sizeOfText(name).height : 0));
  return EVENT / 2 + Math.max(...texts) + TRACK * (index + 1);
}

/** Where the way out of it begins: at its right side, or under an event on its border. */
export function exitOf({ box, attached }: Node, event: Element | null): { x: number; y: number; way: number } {
  if (!event) return { x: box.x + box.width, y: box.y + box.height / 2, way: box.y + box.height / 2 };
  const index = attached.indexOf(event);
  const border = box.y + box.height;
  return { x: box.x + eventAt(attached.length, index), y: border + EVENT / 2, way: border + wayOf(attached, index) };
}

/** In the order in which they are drawn: what is on top comes last. */
export function shapesOf({ element, box, attached, inside }: Node): Shape[] {
  const { x, y, width, height } = box;
  return [
    { element, bounds: { x, y, width, height }, label: labelOf(box), isExpanded: inside !== null },
    ...attached.map((event, index) => {
      const [centre, border] = [box.x + eventAt(attached.length, index), y + height];
      const half = EVENT / 2;
      const text = event.name ? sizeOfText(event.name) : null;
      return {
        element: event,
        bounds: { x: centre - half, y: border - half, width: EVENT, height: EVENT },
        label: text && { x: centre + 6, y: border + half + 2, ...text },
        isExpanded: false,
      };
    }),
  ];
}

function labelOf({ x, y, width, height, label }: Box): Shape['label'] {
  if (!label) return null;
  const size = sizeOfText(label.text);
  const top = label.at === 'above' ? y - size.height - LABEL_GAP : y + height + LABEL_GAP;
  return { x: Math.round(x + width / 2 - size.width / 2), y: top, ...size };
}

/** Activities, events and gateways that stand by themselves. */
export function isNode(element: Element): boolean {
  const type = typeOf(element);
  return /(?:Event|Gateway|[tT]ask|Process|Activity|transaction)$/.test(type) && type !== 'boundaryEvent';
}

export function isEventSubProcess(element: Element): boolean {
  return element.triggeredByEvent === true;
}

export function attachedTo(scope: Element, element: Element): Element[] {
  return elementsIn(scope, 'flowElements').filter(
    (each) => typeOf(each) === 'boundaryEvent' && each.attachedToRef === element,
  );
}
