/** What a diagram is made of before anything has a place: boxes in rows, rows in forks and boxes. */
import type { Element } from '../element.ts';
import { linesWithin } from './text-size.ts';

export interface Box {
  id: string;
  element: Element;
  width: number;
  height: number;
  /** A text outside of it; null: what it says is within. */
  label: { text: string; at: 'above' | 'below' | 'beside' } | null;
  /** Of an expanded sub-process. */
  body: Body | null;
  /** What comes down into it from above: where jumps arrive. */
  over: Box | null;
  /** Upper left corner; both 0 until it is placed. */
  x: number;
  y: number;
}
export interface Body {
  row: Row;
  /** Event sub-processes. */
  below: Box[];
}
export interface Row {
  pieces: Piece[];
  /** The line on which its boxes stand; 0 until it is placed. */
  y: number;
}
export type Piece =
  | { is: 'box'; box: Box }
  /** Rows between gateways, the first straight on. */
  | { is: 'fork'; from: Box | null; rows: LabelledRow[]; to: Box | null }
  /** An activity with events on its lower border, each with a row below. */
  | { is: 'host'; box: Box; attached: Attached[]; to: Box | null };
interface LabelledRow {
  row: Row;
  label: string;
}
export interface Attached {
  event: Box;
  row: Row;
}
/** A sequence flow, or an association. */
export interface Line {
  element: Element;
  from: Box;
  to: Box;
  /** Along which it goes; null: straight down. */
  row: Row | null;
  label: string;
}

/** Of a line of text within a shape, and from the text of an activity to its upper and to its lower border: icons and markers stand there. */
export const INNER_LINE = 15;
const ICONS = 24;
const ACTIVITY = { width: 120, height: 80 };

export function activityBox(element: Element, body: Body | null = null): Box {
  const { width } = ACTIVITY;
  const needed = linesWithin(element.name ?? '', width) * INNER_LINE + 2 * ICONS;
  return { ...unplaced(element, { width, height: Math.max(ACTIVITY.height, needed) }), body };
}
export function eventBox(element: Element, at: 'above' | 'below' | 'beside' = 'below'): Box {
  return labelled(unplaced(element, { width: 36, height: 36 }), at);
}
export function gatewayBox(element: Element): Box {
  return labelled(unplaced(element, { width: 50, height: 50 }), 'above');
}

function unplaced(element: Element, size: Pick<Box, 'width' | 'height'>): Box {
  return { id: element.id ?? '', element, ...size, label: null, body: null, over: null, x: 0, y: 0 };
}

function labelled(box: Box, at: 'above' | 'below' | 'beside'): Box {
  const text = box.element.name ?? '';
  return { ...box, label: text === '' ? null : { text, at } };
}

export function centreOf({ x, y, width, height }: Box): { x: number; y: number } {
  return { x: x + width / 2, y: y + height / 2 };
}

export function* boxesIn(row: Row): Generator<Box> {
  for (const piece of row.pieces) yield* boxesOf(piece);
}

function* boxesOf(piece: Piece): Generator<Box> {
  switch (piece.is) {
    case 'box':
      yield* withInside(piece.box);
      return;
    case 'fork':
      if (piece.from) yield* withInside(piece.from);
      for (const { row } of piece.rows) yield* boxesIn(row);
      if (piece.to) yield* withInside(piece.to);
      return;
    case 'host':
      yield* withInside(piece.box);
      for (const { event, row } of piece.attached) {
        yield* withInside(event);
        yield* boxesIn(row);
      }
      if (piece.to) yield* withInside(piece.to);
  }
}

function* withInside(one: Box): Generator<Box> {
  yield one;
  if (one.over) yield one.over;
  if (!one.body) return;
  yield* boxesIn(one.body.row);
  for (const below of one.body.below) yield* withInside(below);
}
