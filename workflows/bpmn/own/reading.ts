/** What is known while an export of ours is read: where each node stands, which are read already, and in which language names are. */
import { elementsIn, typeOf, type Element } from '../element.ts';
import { detailsOf, markOf, roleOf, type Details } from '../extension.ts';
import type { Graph, Node } from '../graph.ts';
import type { Making } from '../making.ts';
import { claim } from '../making.ts';
import type { Language } from '../words.ts';

/** Thrown where the graph is no tree of ours any more; it is read then like anybody's. */
export class NotOurs extends Error {}

export class Reading {
  readonly making: Making;
  readonly language: Language;
  private readonly nodes: Node[];
  private readonly byId: Map<string, Node>;
  private readonly flows: Map<string, Element>;
  private readonly visited = new Set<Node>();

  constructor(making: Making, graph: Graph, language: Language) {
    this.making = making;
    this.language = language;
    this.nodes = nodesIn(graph);
    this.byId = new Map(this.nodes.map((node) => [node.id, node]));
    this.flows = new Map(flowsIn(graph.owner).map((flow) => [flow.id ?? '', flow]));
  }

  visit(node: Node): void {
    if (this.visited.has(node)) throw new NotOurs(`${node.id} is come to twice`);
    this.visited.add(node);
  }

  /** The element of a sequence flow. */
  flow(id: string): Element | undefined {
    return this.flows.get(id);
  }

  /** The events on a border that catch a jump out of it. */
  escapeOf(step: string): Node | undefined {
    return this.nodes.find((node) => node.type === 'boundaryEvent' && isPart(node, 'escape', step));
  }

  /** What comes after a node to which no flow leads on. */
  then(node: Node): Node | undefined {
    const mark = markOf(node.element, 'Step') ?? markOf(node.element, 'Part');
    return typeof mark?.then === 'string' ? this.byId.get(mark.then) : undefined;
  }

  /** Gives a step its own id, where nothing else has it: a copy gets another. */
  claim(details: Details, node: Node): string {
    const id = claim(this.making, { id: String(details.id) });
    this.making.elements[id] = node.id;
    return id;
  }

  /** @throws NotOurs where something would be lost. */
  holdAll(): void {
    const lost = this.nodes.find((node) => !this.visited.has(node) && !isAside(node));
    if (lost) throw new NotOurs(`${lost.id} stands in no sequence`);
  }
}

/** Says where tokens go, and is read with what it belongs to. */
function isAside({ element }: Node): boolean {
  return ['start', 'target', 'escape', 'undo', 'merge', 'join'].includes(roleOf(element)?.role ?? '');
}

export function isPart({ element }: Node, role: string, of: string): boolean {
  const part = roleOf(element);
  return part?.role === role && part.of === of;
}

function nodesIn({ nodes, handlers }: Graph): Node[] {
  const undoing = nodes.flatMap(({ compensation }) => (compensation ? [compensation.handler] : []));
  return [...new Set([...nodes, ...handlers, ...undoing])].flatMap((node) => [
    node,
    ...(node.inner ? nodesIn(node.inner) : []),
  ]);
}

function flowsIn(owner: Element): Element[] {
  return elementsIn(owner, 'flowElements').flatMap((element) =>
    typeOf(element) === 'sequenceFlow' ? [element] : flowsIn(element),
  );
}

/** The properties of the step that an element stands for. */
export function stepDetails({ element }: Node): Details | null {
  const details = detailsOf(element, 'Step');
  return typeof details?.id === 'string' && typeof details.kind === 'string' ? details : null;
}

export function onlyTarget({ outgoing }: Node): Node | undefined {
  if (outgoing.length > 1) throw new NotOurs('an activity has several ways out');
  return outgoing[0]?.target;
}
