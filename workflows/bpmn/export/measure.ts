/** How much room everything takes, from the inside out. */
import { EVENT, eventAt, widthWithEvents } from './border.ts';
import { INNER_LINE, type Attached, type Box, type Piece, type Row } from './drawing.ts';
import { linesWithin, sizeOfText } from './text-size.ts';

/** `above` and `below`: of the line on which the boxes stand. */
export interface Size {
  width: number;
  above: number;
  below: number;
}

export const GAP = 50;
export const ROW_GAP = 24;
/** Between a box and the text outside of it. */
export const LABEL_GAP = 4;
/** Within an expanded sub-process. */
export const PADDING = { x: 30, top: 36, bottom: 30 };
/** From a border with events on it to the labels of those, and from an event to its row. */
const UNDER_BORDER = EVENT / 2 + 4;
export const BESIDE_EVENT = EVENT / 2 + 30;
/** Before the label of a flow out of a gateway, whose own label reaches over its corners. */
export const FLOW_LABEL_AT = 22;
const FLOW_LABEL_AFTER = 16;
const EMPTY_ROW = 12;

export class Measure {
  private readonly sizes = new Map<object, Size>();

  row(row: Row): Size {
    return this.once(row, () => {
      const pieces = row.pieces.map((piece) => this.piece(piece));
      const gaps = Math.max(0, pieces.length - 1) * GAP;
      return {
        width: pieces.reduce((sum, { width }) => sum + width, gaps),
        above: Math.max(EMPTY_ROW, ...pieces.map(({ above }) => above)),
        below: Math.max(EMPTY_ROW, ...pieces.map(({ below }) => below)),
      };
    });
  }

  piece(piece: Piece): Size {
    return this.once(piece, () => {
      switch (piece.is) {
        case 'box':
          return this.box(piece.box);
        case 'fork':
          return this.fork(piece);
        case 'host':
          return this.host(piece);
      }
    });
  }

  /** A box with its label and what is above it. An expanded one gets its size here. */
  box(box: Box): Size {
    return this.once(box, () => {
      if (box.body) this.expand(box);
      const label = box.label ? sizeOfText(box.label.text) : { width: 0, height: -LABEL_GAP };
      const at = box.label?.at;
      const over = box.over ? this.box(box.over) : { width: 0, above: 0, below: -GAP };
      return {
        width: Math.max(box.width, over.width, at === 'beside' ? 0 : label.width),
        above: box.height / 2 + GAP + over.above + over.below + (at === 'above' ? label.height + LABEL_GAP : 0),
        below: box.height / 2 + (at === 'below' ? label.height + LABEL_GAP : 0),
      };
    });
  }

  private expand(box: Box): void {
    if (!box.body) return;
    const { row, below } = box.body;
    const inside = [this.row(row), ...below.map((each) => this.box(each))];
    const heights = inside.reduce((sum, size) => sum + size.above + size.below + ROW_GAP, -ROW_GAP);
    box.width = Math.max(box.width, ...inside.map(({ width }) => width + 2 * PADDING.x));
    box.height = this.top(box) + heights + PADDING.bottom;
  }

  /** From the upper border of an expanded sub-process to what is in it: its name stands there. */
  top({ element, width }: Box): number {
    return PADDING.top + INNER_LINE * (linesWithin(element.name ?? '', width) - 1);
  }

  /** Each row of a fork by the distance of its line from the fork's. */
  offsets({ rows }: Extract<Piece, { is: 'fork' }>): number[] {
    const offsets: number[] = [];
    let bottom = 0;
    for (const [index, { row, label }] of rows.entries()) {
      const { above, below } = this.row(row);
      const top = Math.max(above, label === '' ? 0 : sizeOfText(label).height + LABEL_GAP);
      const offset = index === 0 ? 0 : bottom + ROW_GAP + top;
      offsets.push(offset);
      bottom = offset + below;
    }
    return offsets;
  }

  /** From the gateway to where its rows begin. */
  gapOut({ from, rows }: Extract<Piece, { is: 'fork' }>): number {
    const labels = rows.flatMap(({ label }) => (label === '' ? [] : [sizeOfText(label).width]));
    if (!from) return 0;
    return labels.length === 0 ? GAP : FLOW_LABEL_AT + Math.max(...labels) + FLOW_LABEL_AFTER;
  }

  private fork(fork: Extract<Piece, { is: 'fork' }>): Size {
    const { from, rows, to } = fork;
    const ends = [from, to].flatMap((each) => (each ? [this.box(each)] : []));
    const sizes = rows.map(({ row }) => this.row(row));
    const offsets = this.offsets(fork);
    const [first] = rows;
    const label = first && first.label !== '' ? sizeOfText(first.label).height + LABEL_GAP : 0;
    const widths = ends.reduce((sum, { width }) => sum + width, 0);
    return {
      width: widths + this.gapOut(fork) + Math.max(0, ...sizes.map(({ width }) => width)) + (to ? GAP : 0),
      above: Math.max(label, sizes[0]?.above ?? 0, ...ends.map(({ above }) => above)),
      below: Math.max(...ends.map(({ below }) => below), ...sizes.map(({ below }, at) => below + (offsets[at] ?? 0))),
    };
  }

  /** Rows of a host from the first down, by the distance of its line from the border that the events are on. */
  rowsBelow(attached: Attached[]): number[] {
    const labels = attached.map(({ event }) => (event.label ? sizeOfText(event.label.text).height : 0));
    const offsets: number[] = [];
    let bottom = UNDER_BORDER + Math.max(0, ...labels);
    for (const { row } of attached) {
      const { above, below } = this.row(row);
      offsets.push(bottom + above);
      bottom += above + below + ROW_GAP;
    }
    return offsets;
  }

  /** From the left border of a host to the end of what belongs to it, without its join. */
  reach({ box, attached }: Extract<Piece, { is: 'host' }>): number {
    const rows = attached.map(({ row }, index) => eventAt(attached.length, index) + BESIDE_EVENT + this.row(row).width);
    return Math.max(box.width, ...rows);
  }

  private host(host: Extract<Piece, { is: 'host' }>): Size {
    const { box, attached, to } = host;
    if (box.body) this.expand(box);
    box.width = widthWithEvents(box.width, attached.length);
    const own = this.box(box);
    const offsets = this.rowsBelow(attached);
    const last = attached.at(-1);
    const below = box.height / 2 + (offsets.at(-1) ?? 0) + (last ? this.row(last.row).below : 0);
    return {
      width: this.reach(host) + (to ? GAP + this.box(to).width : 0),
      above: own.above,
      below: Math.max(own.below, below),
    };
  }

  private once(key: object, measure: () => Size): Size {
    const known = this.sizes.get(key) ?? measure();
    this.sizes.set(key, known);
    return known;
  }
}
