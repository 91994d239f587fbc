/** What a graph is arranged to, and what is known meanwhile. */
import type { Edge, Node } from './graph.ts';
import type { Region } from './region.ts';

/** A node where it stands in a sequence. A node that several tokens come to on their own stands in several. */
export interface Place {
  node: Node;
}
export type Item =
  | { do: 'node'; place: Place; branches: Branch[]; handlers: HandlerItems[] }
  | { do: 'split'; place: Place | null; kind: 'parallel' | 'inclusive'; branches: Branch[]; join: Join | null }
  | { do: 'jump'; to: Place }
  /** The token goes to the join from here. */
  | { do: 'arrive' }
  /** The token goes on where no join waits for it any more. */
  | { do: 'detach'; items: Item[] }
  /** The token is used up here; what runs beside goes on. */
  | { do: 'stop' };
/** Where the tokens of a split come together, and how many of its flows come from the split: a parallel gateway waits for one on each. */
export interface Join {
  node: Node;
  flows: number;
}
export interface Branch {
  edge: Edge;
  items: Item[];
}
export interface HandlerItems {
  event: Node;
  items: Item[];
}

/** What a token does, and where it leaves for joins. */
export interface Arranged {
  items: Item[];
  exits: Edge[];
  /** In how many ways it may leave: of each it takes one alone. */
  ways: number;
}
/** One token from an edge to the joins it comes to. */
export interface Thread extends Arranged {
  edge: Edge;
}
/** All that a split begins. */
export interface Block {
  branches: Branch[];
  /** Where its tokens have become one; null: nowhere. */
  exit: Node | null;
  /** Edges to a join that waits for others too. */
  open: Edge[];
  /** Where those that come to one join meet, here or with others; null: none does. */
  join: Join | null;
}
/** What comes behind a sequence: a node, the join, or nothing any more. */
export type Fall = Node | 'join' | 'end';

/** One region being arranged. */
export interface Work {
  /** Splits and events being arranged around it: a way back to one of them would make tokens without end. */
  around: Node[];
  region: Region;
  places: Map<Node, Place>;
  blocks: Map<Node, Block>;
  exits: Edge[];
  /** Each way out once. */
  ways: Set<Edge | Block>;
  /** From where the token may still come to an inclusive gateway, which waits no longer than that; null: it is no matter. */
  coming: Set<Node> | null;
  /** Joins that only one token comes to. */
  plain: Set<Node>;
  /** How many more nodes may be placed: a node that several tokens come to is placed for each. */
  room: Room;
}
export interface Room {
  left: number;
}
/** Before its region is known. */
export type Looking = Omit<Work, 'region'> & { region: Region | null };
