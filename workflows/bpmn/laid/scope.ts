/** A process or a sub-process laid out: left to right in columns, ways in the gutters between those, through no step. */
import { elementIn, elementsIn, typeOf, type Element } from '../element.ts';
import { GAP, PADDING, ROW_GAP } from '../export/measure.ts';
import { sizeOfText } from '../export/text-size.ts';
import { besideOf, straight } from './beside.ts';
import { gridOf, type Cell, type Link } from './grid.ts';
import { attachedTo, exitOf, isEventSubProcess, isNode, nodeOf, shapesOf, type Node } from './node.ts';
import { moved, type Edge, type Laid, type Point } from './parts.ts';

const TRACK = 10;
/** Left of the ways in a gutter, and right of them, where arrows end. */
const GUTTER_SIDE = 20;

interface Flow extends Link {
  element: Element;
  event: Element | null;
}

export function layOut(scope: Element): Laid {
  const nodes = new Map(
    elementsIn(scope, 'flowElements')
      .filter(isNode)
      .map((element) => [element.id ?? '', nodeOf(element, attachedTo(scope, element), insideOf(element))]),
  );
  const [beside, main] = [true, false].map(
    (is) => new Map([...nodes].filter(([, { element }]) => isEventSubProcess(element) === is)),
  ) as [Map<string, Node>, Map<string, Node>];
  const drawn = layGraph(main, flowsOf(scope, main));
  let top = drawn.height;
  for (const { box, below, above, width } of beside.values()) {
    if (top > 0) top += ROW_GAP;
    box.y = top;
    top += above + below;
    drawn.width = Math.max(drawn.width, width);
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
    width: Math.max(drawn.width, beneath.width),
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
    const [source, target] = [elementIn(element, 'sourceRef'), elementIn(element, 'targetRef')];
    if (!source || !target || !nodes.has(target.id ?? '')) return [];
    const host = elementIn(source, 'attachedToRef');
    const from = (host ?? source).id ?? '';
    if (!nodes.get(from) || (host && !nodes.get(from)?.attached.includes(source))) return [];
    return [{ element, from, to: target.id ?? '', event: host ? source : null, isBelow: host !== undefined }];
  });
}

/** A stretch up or down in a gutter. */
interface Turn {
  gutter: number;
  track: number;
  y: number;
}

function layGraph(nodes: Map<string, Node>, flows: Flow[]): Pick<Laid, 'width' | 'height' | 'edges'> {
  const { cells, passed } = gridOf([...nodes.keys()], flows);
  const rows = rowsOf(nodes, cells, passed);
  for (const [id, { box }] of nodes) box.y = (rows.lines[cellOf(id).row] ?? 0) - box.height / 2;

  const tracks: number[] = [];
  const labels: number[] = [];
  let bottom = rows.height;
  const ways = flows.map((flow) => ({ flow, turns: turnsOf(flow) }));
  const lefts = columnsOf();
  const stacked = new Map<string, number>();
  const edges = ways.map(({ flow, turns }) => edgeOf(flow, turns));
  return { edges, width: lefts.width, height: bottom };

  function cellOf(id: string): Cell {
    return cells.get(id) ?? { column: 0, row: 0 };
  }

  function turnsOf(flow: Flow): Turn[] {
    const [from, to] = [cellOf(flow.from), cellOf(flow.to)];
    const through = passed.get(flow);
    const end = rows.lines[to.row] ?? 0;
    const out = from.column + 1;
    const width = flow.element.name ? sizeOfText(flow.element.name).width + 8 : 0;
    labels[out] = Math.max(labels[out] ?? 0, width);
    if (!through) {
      const text = flow.element.name ? sizeOfText(flow.element.name).height : 0;
      bottom += ROW_GAP + text;
      return [turn(out, bottom), turn(to.column, end)];
    }
    return [...through.map((row) => rows.lines[row] ?? 0), end].map((y, at) => turn(out + at, y));
  }
  function turn(gutter: number, y: number): Turn {
    const track = tracks[gutter] ?? 0;
    tracks[gutter] = track + 1;
    return { gutter, track, y };
  }

  /** Left sides of the gutters; gives every step its place in its column. */
  function columnsOf(): { gutters: number[]; width: number } {
    const gutters: number[] = [];
    const columns = Map.groupBy(nodes, ([id]) => cellOf(id).column);
    let left = 0;
    for (let column = 0; column <= columns.size; column++) {
      gutters.push(left);
      const count = tracks[column] ?? 0;
      const isInner = column > 0 && column < columns.size;
      if (count > 0 || isInner) left += Math.max(GAP, 2 * GUTTER_SIDE + count * TRACK + (labels[column] ?? 0));
      const here = columns.get(column) ?? [];
      const widest = Math.max(0, ...here.map(([, { width }]) => width));
      for (const [, { box }] of here) box.x = left + (widest - box.width) / 2;
      left += widest;
    }
    return { gutters, width: left };
  }

  function edgeOf({ element, event, from, to }: Flow, turns: Turn[]): Edge {
    const [source, target] = [nodes.get(from), nodes.get(to)];
    if (!source || !target) return { element, points: [], label: null };
    const exit = exitOf(source, event);
    const points: Point[] = [{ x: exit.x, y: exit.y }];
    let y = exit.way;
    if (event) points.push({ x: exit.x, y });
    for (const { gutter, track, y: next } of turns) {
      const x = xOf(gutter, track);
      if (next !== y) points.push({ x, y }, { x, y: next });
      y = next;
    }
    points.push({ x: target.box.x, y });
    return { element, points, label: labelOf(element, turns[0]) };
  }

  function xOf(gutter: number, track: number): number {
    return (lefts.gutters[gutter] ?? 0) + GUTTER_SIDE + track * TRACK;
  }

  /** Behind the first turn, over the way; over the text that stands there already. */
  function labelOf({ name }: Element, turned: Turn | undefined): Edge['label'] {
    if (!name || !turned) return null;
    const { gutter, y } = turned;
    const size = sizeOfText(name);
    const isBack = y > rows.height;
    const x = isBack ? xOf(gutter, turned.track) - size.width - 4 : xOf(gutter, tracks[gutter] ?? 0);
    const key = `${gutter} ${y}`;
    const up = (stacked.get(key) ?? 0) + size.height;
    stacked.set(key, up);
    return { x, y: y - up - 2, ...size };
  }
}

function rowsOf(
  nodes: Map<string, Node>,
  cells: Map<string, Cell>,
  passed: Map<Link, number[] | null>,
): { lines: number[]; height: number } {
  const above: number[] = [];
  const below: number[] = [];
  const hold = (row: number, up: number, down: number): void => {
    above[row] = Math.max(above[row] ?? 0, up);
    below[row] = Math.max(below[row] ?? 0, down);
  };
  for (const [id, node] of nodes) hold(cells.get(id)?.row ?? 0, node.above, node.below);
  for (const row of [...passed.values()].flatMap((each) => each ?? [])) hold(row, ROW_GAP, 0);
  const lines: number[] = [];
  let top = 0;
  for (let row = 0; row < above.length; row++) {
    if (row > 0) top += ROW_GAP;
    lines.push(top + (above[row] ?? 0));
    top += (above[row] ?? 0) + (below[row] ?? 0);
  }
  return { lines, height: top };
}
