/** Diagram interchange: a shape for every box, an edge for every flow, each with where its text stands. */
import type { Element } from '../element.ts';
import { boxesIn, centreOf, type Body, type Box, type Line } from './drawing.ts';
import { FLOW_LABEL_AT, GAP, Measure, ROW_GAP } from './measure.ts';
import { placeRow } from './place.ts';
import { routeOf } from './route.ts';
import { sizeOfText } from './text-size.ts';
import type { Writing } from './writing.ts';

const MARGIN = 100;

export function diagramOf(writing: Writing, process: Element, { row, below }: Body): Element {
  const measure = new Measure();
  const { above, below: under } = measure.row(row);
  placeRow(measure, row, MARGIN, MARGIN + above);
  const beside: Body['row'][] = [];
  let top = MARGIN + above + under + GAP;
  for (const box of below) {
    const size = measure.box(box);
    const alone = { pieces: [{ is: 'box' as const, box }], y: 0 };
    placeRow(measure, alone, MARGIN, top + size.above);
    beside.push(alone);
    top += size.above + size.below + ROW_GAP;
  }
  const boxes = [row, ...beside].flatMap((each) => [...boxesIn(each)]);
  const plane = writing.create('bpmndi:BPMNPlane', {
    id: writing.ids.claim(`${process.id ?? ''}-plane`),
    bpmnElement: process,
    planeElement: [...boxes.map((box) => shapeOf(writing, box)), ...writing.lines.map((line) => edgeOf(writing, line))],
  });
  return writing.create('bpmndi:BPMNDiagram', { id: writing.ids.claim(`${process.id ?? ''}-diagram`), plane });
}

function shapeOf(writing: Writing, box: Box): Element {
  const { id, element, x, y, width, height } = box;
  return writing.create('bpmndi:BPMNShape', {
    id: writing.ids.claim(`${id}-shape`),
    bpmnElement: element,
    ...(box.body ? { isExpanded: true } : {}),
    ...(element.$type === 'bpmn:ExclusiveGateway' ? { isMarkerVisible: true } : {}),
    bounds: boundsOf(writing, { x, y, width, height }),
    ...labelOf(writing, labelBounds(box)),
  });
}

interface Bounds {
  x: number;
  y: number;
  width: number;
  height: number;
}

function labelBounds({ x, y, width, height, label }: Box): Bounds | null {
  if (!label) return null;
  const size = sizeOfText(label.text);
  const left = Math.round(x + width / 2 - size.width / 2);
  switch (label.at) {
    case 'above':
      return { x: left, y: y - size.height - 4, ...size };
    case 'below':
      return { x: left, y: y + height + 4, ...size };
    case 'beside':
      // Right of the way down from an event on a border.
      return { x: x + width / 2 + 6, y: y + height + 2, ...size };
  }
}

function edgeOf(writing: Writing, line: Line): Element {
  const { element, from, row, label } = line;
  const size = sizeOfText(label);
  const at = { x: from.x + from.width + FLOW_LABEL_AT, y: (row?.y ?? centreOf(from).y) - size.height - 2, ...size };
  return writing.create('bpmndi:BPMNEdge', {
    id: writing.ids.claim(`${element.id ?? ''}-edge`),
    bpmnElement: element,
    waypoint: routeOf(line).map((point) => writing.create('dc:Point', point)),
    ...labelOf(writing, label === '' ? null : at),
  });
}

function labelOf(writing: Writing, bounds: Bounds | null): { label?: Element } {
  return bounds ? { label: writing.create('bpmndi:BPMNLabel', { bounds: boundsOf(writing, bounds) }) } : {};
}

function boundsOf(writing: Writing, bounds: Bounds): Element {
  return writing.create('dc:Bounds', bounds);
}
