/** Gives every box and row its place, from the outside in: left to right, branches below each other. */
import type { Attached, Box, Piece, Row } from './drawing.ts';
import { eventAt } from './border.ts';
import { BESIDE_EVENT, GAP, PADDING, ROW_GAP, type Measure } from './measure.ts';

export function placeRow(measure: Measure, row: Row, x: number, y: number): void {
  row.y = y;
  let left = x;
  for (const piece of row.pieces) {
    placePiece(measure, piece, left, y);
    left += measure.piece(piece).width + GAP;
  }
}

function placePiece(measure: Measure, piece: Piece, x: number, y: number): void {
  switch (piece.is) {
    case 'box':
      placeBox(measure, piece.box, x, y);
      return;
    case 'fork':
      placeFork(measure, piece, x, y);
      return;
    case 'host':
      placeHost(measure, piece, x, y);
  }
}

/** In the middle of the room that it takes with its label. */
function placeBox(measure: Measure, box: Box, x: number, y: number): void {
  const { width } = measure.box(box);
  box.x = x + (width - box.width) / 2;
  box.y = y - box.height / 2;
  if (box.over) {
    box.over.x = box.x + (box.width - box.over.width) / 2;
    box.over.y = box.y - GAP - box.over.height;
  }
  if (box.body) placeBody(measure, box);
}

function placeBody(measure: Measure, box: Box): void {
  if (!box.body) return;
  const { row, below } = box.body;
  const size = measure.row(row);
  let top = box.y + measure.top(box);
  placeRow(measure, row, box.x + PADDING.x, top + size.above);
  top += size.above + size.below + ROW_GAP;
  for (const each of below) {
    const { above, below: under } = measure.box(each);
    placeBox(measure, each, box.x + PADDING.x, top + above);
    top += above + under + ROW_GAP;
  }
}

function placeFork(measure: Measure, fork: Extract<Piece, { is: 'fork' }>, x: number, y: number): void {
  const { from, rows, to } = fork;
  if (from) placeBox(measure, from, x, y);
  const begin = x + (from ? measure.box(from).width : 0) + measure.gapOut(fork);
  const offsets = measure.offsets(fork);
  const widest = Math.max(0, ...rows.map(({ row }) => measure.row(row).width));
  for (const [index, { row }] of rows.entries()) {
    // What nothing splits into stands in one column.
    const indent = from ? 0 : (widest - measure.row(row).width) / 2;
    placeRow(measure, row, begin + indent, y + (offsets[index] ?? 0));
  }
  if (to) placeBox(measure, to, begin + widest + GAP, y);
}

function placeHost(measure: Measure, host: Extract<Piece, { is: 'host' }>, x: number, y: number): void {
  const { box, attached, to } = host;
  box.x = x;
  placeBox(measure, box, x - (measure.box(box).width - box.width) / 2, y);
  const border = box.y + box.height;
  const offsets = measure.rowsBelow(attached);
  for (const [index, { event, row }] of attached.entries()) {
    const centre = x + eventAt(attached.length, index);
    placeEvent(event, centre, border);
    placeRow(measure, row, centre + BESIDE_EVENT, border + (offsets[index] ?? 0));
  }
  if (to) placeBox(measure, to, x + measure.reach(host) + GAP, y);
}

function placeEvent(event: Attached['event'], centre: number, border: number): void {
  event.x = centre - event.width / 2;
  event.y = border - event.height / 2;
}
