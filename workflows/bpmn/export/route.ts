/** The way of a flow from box to box: along the line of its row, and up or down to it. */
import { centreOf, type Line } from './drawing.ts';

export interface Point {
  x: number;
  y: number;
}

export function routeOf({ from, to, row }: Line): Point[] {
  const [source, target] = [centreOf(from), centreOf(to)];
  if (row === null)
    return [
      { x: source.x, y: from.y + from.height },
      { x: source.x, y: to.y },
    ];
  const { y } = row;
  return [...leave(), ...arrive()];

  function leave(): Point[] {
    if (source.y === y) return [{ x: from.x + from.width, y }];
    return [
      { x: source.x, y: y > source.y ? from.y + from.height : from.y },
      { x: source.x, y },
    ];
  }
  function arrive(): Point[] {
    if (target.y === y) return [{ x: to.x, y }];
    return [
      { x: target.x, y },
      { x: target.x, y: y > target.y ? to.y + to.height : to.y },
    ];
  }
}
