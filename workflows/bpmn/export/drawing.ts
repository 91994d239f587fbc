/** What a diagram is made of before anything has a place: boxes in rows, rows in forks and boxes. */
import type { Element } from '../element.ts';

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

type Form = Pick<Box, 'width' | 'height' | 'label'>;

export function box(element: Element, form: Form, body: Body | null = null): Box {
  return { id: element.id ?? '', element, ...form, body, over: null, x: 0, y: 0 };
}

export function activityForm(): Form {
  return { width: 110, height: 80, label: null };
}
export function eventForm(text: string, at: 'below' | 'beside' = 'below'): Form {
  return { width: 36, height: 36, label: text === '' ? null : { text, at } };
}
export function gatewayForm(text: string): Form {
  return { width: 50, height: 50, label: text === '' ? null : { text, at: 'above' } };
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
