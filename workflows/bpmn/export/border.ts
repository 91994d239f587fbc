/** Events on the lower border of an activity. */
export const EVENT = 36;
/** Between the centres of two: the label of each stands beside it. */
const STEP = 124;
const FIRST = 30;
/** Left and right of the middle of the border, where the markers of an activity stand. */
const MARKERS = 30;

/** From the left border to the centre of one of so many. The last stands leftmost, so that no way down crosses another. */
export function eventAt(count: number, index: number): number {
  return FIRST + (count - 1 - index) * STEP;
}

/** At least `width`, and wide enough for so many, of which none stands over the markers. */
export function widthWithEvents(width: number, count: number): number {
  if (count === 0) return width;
  const centres = Array.from({ length: count }, (_, index) => eventAt(count, index));
  let wide = Math.max(width, 2 * EVENT + (count - 1) * STEP);
  while (centres.some((centre) => Math.abs(centre - wide / 2) < MARKERS)) wide += EVENT;
  return wide;
}
