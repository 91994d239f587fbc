/** The part of a graph that one token walks through, with what every way to a node has passed: its dominators. */
import type { Node } from './graph.ts';

/** Where the token may go from a node. */
export type Successors = (node: Node) => Node[];

export interface Region {
  entry: Node;
  /** All of it, in the order in which they are come to. */
  nodes: Node[];
  /** Nodes that are come to from more than one, or again: they stand in a sequence and are jumped to. */
  merges: Set<Node>;
  /** By its immediate dominator, in the order in which they are come to. */
  mergesBelow: Map<Node, Node[]>;
}

export function toRegion(entry: Node, successors: Successors): Region {
  const order = reversePostorder(entry, successors);
  const index = new Map(order.map((node, at) => [node, at]));
  const before = new Map<Node, Node[]>(order.map((node) => [node, []]));
  for (const node of order) for (const next of successors(node)) before.get(next)?.push(node);
  const dominators = dominatorsOf(order, before, index);
  const merges = new Set(order.filter((node) => node === entry || (before.get(node)?.length ?? 0) > 1));
  const mergesBelow = new Map<Node, Node[]>();
  for (const node of order) {
    const above = dominators.get(node);
    if (node === entry || !above || !merges.has(node)) continue;
    mergesBelow.set(above, [...(mergesBelow.get(above) ?? []), node]);
  }
  return { entry, nodes: order, merges, mergesBelow };
}

function reversePostorder(entry: Node, successors: Successors): Node[] {
  const order: Node[] = [];
  const seen = new Set<Node>();
  visit(entry);
  return order.toReversed();

  function visit(node: Node): void {
    seen.add(node);
    // The last way out is visited first, so that the first comes first in the order.
    for (const next of successors(node).toReversed()) if (!seen.has(next)) visit(next);
    order.push(node);
  }
}

/** Immediate dominators by Cooper, Harvey and Kennedy's iteration: "A Simple, Fast Dominance Algorithm", 2001. */
function dominatorsOf(order: Node[], before: Map<Node, Node[]>, index: Map<Node, number>): Map<Node, Node> {
  const [entry] = order;
  const dominators = new Map<Node, Node>(entry ? [[entry, entry]] : []);
  for (let isChanged = true; isChanged;) {
    isChanged = false;
    for (const node of order.slice(1)) {
      const known = (before.get(node) ?? []).filter((each) => dominators.has(each));
      const above = known.reduce((one, other) => meet(one, other));
      if (dominators.get(node) === above) continue;
      dominators.set(node, above);
      isChanged = true;
    }
  }
  return dominators;

  function meet(one: Node, other: Node): Node {
    let [a, b] = [one, other];
    while (a !== b) {
      while (at(a) > at(b)) a = dominators.get(a) ?? b;
      while (at(b) > at(a)) b = dominators.get(b) ?? a;
    }
    return a;
  }
  function at(node: Node): number {
    return index.get(node) ?? 0;
  }
}

/** A gateway where several tokens become one. */
export function isJoin({ type, incoming, outgoing }: Node): boolean {
  return ['parallelGateway', 'inclusiveGateway'].includes(type) && incoming.length > 1 && outgoing.length < 2;
}

/** A node after which several tokens go on. */
export function isSplit({ type, outgoing }: Node): boolean {
  if (type === 'inclusiveGateway') return outgoing.length > 1 || outgoing.some(({ condition }) => condition !== null);
  return type === 'parallelGateway' && outgoing.length > 1;
}

/** A boundary event that takes the place of its activity. */
export function isInterrupting({ element }: Node): boolean {
  return element.cancelActivity !== false;
}
