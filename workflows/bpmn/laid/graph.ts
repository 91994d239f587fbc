/** Left to right in columns: ways go along rows, and turn in the gutters between the columns. */
import type { Element } from '../element.ts';
import { GAP, ROW_GAP } from '../export/measure.ts';
import { sizeOfText } from '../export/text-size.ts';
import { gridOf, type Cell, type Link } from './grid.ts';
import { exitOf, type Node } from './node.ts';
import type { Edge, Point } from './parts.ts';

const TRACK = 10;
/** Left of the ways in a gutter, and right of them, where arrows end. */
const GUTTER_SIDE = 20;

export interface Flow extends Link {
  element: Element;
  event: Element | null;
}

/** A stretch up or down in a gutter. */
interface Turn {
  gutter: number;
  track: number;
  y: number;
}

/** Steps in the cells of a grid, with what leads from one to another. */
export class Graph {
  readonly edges: Edge[];
  readonly width: number;
  readonly height: number;
  private readonly nodes: Map<string, Node>;
  private readonly cells: Map<string, Cell>;
  private readonly passed: Map<Link, number[] | null>;
  private readonly rows: { lines: number[]; height: number };
  /** By gutters: how many ways turn in it, and how wide their texts are. */
  private readonly tracks: number[] = [];
  private readonly labels: number[] = [];
  private readonly lefts: { gutters: number[]; width: number };
  private readonly stacked = new Map<string, number>();
  private bottom: number;

  constructor(nodes: Map<string, Node>, flows: Flow[]) {
    const { cells, passed } = gridOf([...nodes.keys()], flows);
    this.nodes = nodes;
    this.cells = cells;
    this.passed = passed;
    this.rows = rowsOf(nodes, cells, passed);
    this.bottom = this.rows.height;
    for (const [id, { box }] of nodes) box.y = (this.rows.lines[this.cellOf(id).row] ?? 0) - box.height / 2;
    const ways = flows.map((flow) => ({ flow, turns: this.turnsOf(flow) }));
    this.lefts = this.columnsOf();
    this.edges = ways.map(({ flow, turns }) => this.edgeOf(flow, turns));
    this.width = this.lefts.width;
    this.height = this.bottom;
  }

  private cellOf(id: string): Cell {
    return this.cells.get(id) ?? { column: 0, row: 0 };
  }

  private turnsOf(flow: Flow): Turn[] {
    const [from, to] = [this.cellOf(flow.from), this.cellOf(flow.to)];
    const through = this.passed.get(flow);
    const end = this.rows.lines[to.row] ?? 0;
    const out = from.column + 1;
    const width = flow.element.name ? sizeOfText(flow.element.name).width + 8 : 0;
    this.labels[out] = Math.max(this.labels[out] ?? 0, width);
    if (!through) {
      const text = flow.element.name ? sizeOfText(flow.element.name).height : 0;
      this.bottom += ROW_GAP + text;
      return [this.turn(out, this.bottom), this.turn(to.column, end)];
    }
    return [...through.map((row) => this.rows.lines[row] ?? 0), end].map((y, at) => this.turn(out + at, y));
  }
  private turn(gutter: number, y: number): Turn {
    const track = this.tracks[gutter] ?? 0;
    this.tracks[gutter] = track + 1;
    return { gutter, track, y };
  }

  /** Left sides of the gutters; gives every step its place in its column. */
  private columnsOf(): { gutters: number[]; width: number } {
    const gutters: number[] = [];
    const columns = Map.groupBy(this.nodes, ([id]) => this.cellOf(id).column);
    let left = 0;
    for (let column = 0; column <= columns.size; column++) {
      gutters.push(left);
      const count = this.tracks[column] ?? 0;
      const isInner = column > 0 && column < columns.size;
      if (count > 0 || isInner) left += Math.max(GAP, 2 * GUTTER_SIDE + count * TRACK + (this.labels[column] ?? 0));
      const here = columns.get(column) ?? [];
      const widest = Math.max(0, ...here.map(([, { width }]) => width));
      for (const [, { box }] of here) box.x = left + (widest - box.width) / 2;
      left += widest;
    }
    return { gutters, width: left };
  }

  private edgeOf({ element, event, from, to }: Flow, turns: Turn[]): Edge {
    const [source, target] = [this.nodes.get(from), this.nodes.get(to)];
    if (!source || !target) return { element, points: [], label: null };
    const exit = exitOf(source, event);
    const points: Point[] = [{ x: exit.x, y: exit.y }];
    let y = exit.way;
    if (event) points.push({ x: exit.x, y });
    for (const { gutter, track, y: next } of turns) {
      const x = this.xOf(gutter, track);
      if (next !== y) points.push({ x, y }, { x, y: next });
      y = next;
    }
    points.push({ x: target.box.x, y });
    return { element, points, label: this.labelOf(element, turns[0]) };
  }

  private xOf(gutter: number, track: number): number {
    return (this.lefts.gutters[gutter] ?? 0) + GUTTER_SIDE + track * TRACK;
  }

  /** Behind the first turn, over the way; over the text that stands there already. */
  private labelOf({ name }: Element, turned: Turn | undefined): Edge['label'] {
    if (!name || !turned) return null;
    const { gutter, y } = turned;
    const size = sizeOfText(name);
    const isBack = y > this.rows.height;
    const x = isBack ? this.xOf(gutter, turned.track) - size.width - 4 : this.xOf(gutter, this.tracks[gutter] ?? 0);
    const key = `${gutter} ${y}`;
    const up = (this.stacked.get(key) ?? 0) + size.height;
    this.stacked.set(key, up);
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
