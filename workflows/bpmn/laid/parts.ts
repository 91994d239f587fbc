/** What a diagram that is laid out consists of. */
import type { Element } from '../element.ts';

export interface Bounds {
  x: number;
  y: number;
  width: number;
  height: number;
}
export interface Point {
  x: number;
  y: number;
}
export interface Shape {
  element: Element;
  bounds: Bounds;
  label: Bounds | null;
  isExpanded: boolean;
}
export interface Edge {
  element: Element;
  points: Point[];
  label: Bounds | null;
}
export interface Laid {
  shapes: Shape[];
  edges: Edge[];
  width: number;
  height: number;
}

export function moved({ shapes, edges, ...size }: Laid, x: number, y: number): Laid {
  const move = <T extends Point>(point: T): T => ({ ...point, x: point.x + x, y: point.y + y });
  return {
    ...size,
    shapes: shapes.map((each) => ({ ...each, bounds: move(each.bounds), label: each.label && move(each.label) })),
    edges: edges.map((each) => ({ ...each, points: each.points.map(move), label: each.label && move(each.label) })),
  };
}
