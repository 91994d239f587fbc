/**
 * The free graph of a process or a sub-process, made regular: ids for what has none, splits and joins as gateways of their own, links as
 * flows, and nothing that no token comes to.
 */
import { elementIn, elementsIn, expressionText, textIn, typeOf, vendorElements, type Element } from './element.ts';
import { Refused } from './refusal.ts';

export interface Node {
  /** Of the BPMN element; a gateway that stands for an implicit split has that of its activity with `~out`. */
  id: string;
  type: string;
  element: Element;
  /** What an event waits for or throws, as `timer`; null for a plain event or no event. */
  event: string | null;
  definition: Element | null;
  incoming: Edge[];
  outgoing: Edge[];
  /** Boundary events on it, without those for compensation. */
  boundary: Node[];
  /** What undoes it. */
  compensation: { event: Node; handler: Node } | null;
  /** Body of a sub-process. */
  inner: Graph | null;
}

export interface Edge {
  id: string;
  name: string | undefined;
  source: Node;
  target: Node;
  /** As written; null: none. */
  condition: string | null;
  isDefault: boolean;
}

export interface Graph {
  owner: Element;
  nodes: Node[];
  /** Where tokens begin. */
  starts: Node[];
  /** Event sub-processes. */
  handlers: Node[];
}

const IGNORED = new Set(['dataObject', 'dataObjectReference', 'dataStoreReference', 'textAnnotation', 'group']);
const SPLITS_BY_ITSELF = new Set([
  'exclusiveGateway',
  'parallelGateway',
  'inclusiveGateway',
  'eventBasedGateway',
  'complexGateway',
]);

const MOST_ELEMENTS = 2_000;

/** @throws Refused for what no graph can be made of. */
export function toGraph(owner: Element): Graph {
  const flowElements = elementsIn(owner, 'flowElements').filter((element) => !IGNORED.has(typeOf(element)));
  if (flowElements.length > MOST_ELEMENTS)
    throw new Refused('too_many_elements', owner.id ?? null, `a scope has more than ${MOST_ELEMENTS} elements`);
  const nodes = flowElements.filter((element) => typeOf(element) !== 'sequenceFlow').map(toNode);
  const byElement = new Map(nodes.map((node) => [node.element, node]));
  for (const flow of flowElements.filter((element) => typeOf(element) === 'sequenceFlow')) connect(byElement, flow);
  linkEvents(nodes);
  for (const node of nodes) attach(byElement, node);
  undoBy(owner, byElement);
  for (const node of nodes) holdUndone(node);
  const handlers = nodes.filter(({ element }) => element.triggeredByEvent === true);
  for (const node of [...nodes]) nodes.push(...divide(node));
  const starts = startsOf(nodes);
  return prune({ owner, nodes, starts, handlers });
}

function toNode(element: Element): Node {
  const type = typeOf(element);
  const { id = type } = element;
  const definitions = elementsIn(element, 'eventDefinitions');
  if (definitions.length > 1)
    throw new Refused('event_unknown', id, 'an event with more than one definition has no one meaning here');
  const [definition = null] = definitions;
  const isScope = ['subProcess', 'transaction'].includes(type);
  return {
    id,
    type,
    element,
    event: eventOf(element, definition),
    definition,
    incoming: [],
    outgoing: [],
    boundary: [],
    compensation: null,
    inner: isScope ? toGraph(element) : null,
  };
}

/** A listener of Flowable's stands in the extension elements. */
function eventOf(element: Element, definition: Element | null): string | null {
  if (definition) return typeOf(definition).replace('EventDefinition', '');
  return vendorElements(element, 'variableListenerEventDefinition').length > 0 ? 'variableListener' : null;
}

function connect(byElement: Map<Element, Node>, flow: Element): void {
  const [from, to] = [elementIn(flow, 'sourceRef'), elementIn(flow, 'targetRef')];
  const [source, target] = [from && byElement.get(from), to && byElement.get(to)];
  if (!source || !target)
    throw new Refused(
      'reference_missing',
      flow.id ?? null,
      'a sequence flow begins or ends at no element of its scope',
    );
  const id = flow.id ?? `${source.id}_to_${target.id}`;
  const condition = expressionText(elementIn(flow, 'conditionExpression')) ?? null;
  join(source, target, { id, name: textIn(flow, 'name'), condition, isDefault: source.element.default === flow });
}

function join(source: Node, target: Node, fields: Omit<Edge, 'source' | 'target'>): void {
  const edge = { ...fields, source, target };
  source.outgoing.push(edge);
  target.incoming.push(edge);
}

/** A link goes on where the event that catches its name stands. */
function linkEvents(nodes: Node[]): void {
  const links = nodes.filter(({ event }) => event === 'link');
  for (const node of links.filter(({ type }) => type === 'intermediateThrowEvent')) {
    const name = linkName(node);
    const target = links.find((other) => other.type === 'intermediateCatchEvent' && linkName(other) === name);
    if (!target) throw new Refused('reference_missing', node.id, `no event catches the link ${name}`);
    join(node, target, { id: `${node.id}_to_${target.id}`, name: undefined, condition: null, isDefault: false });
  }
}

function linkName({ definition, element }: Node): string {
  return textIn(definition ?? undefined, 'name') ?? element.name ?? '';
}

function attach(byElement: Map<Element, Node>, node: Node): void {
  if (node.type !== 'boundaryEvent') return;
  const to = elementIn(node.element, 'attachedToRef');
  const host = to && byElement.get(to);
  if (!host || !isActivity(host))
    throw new Refused('reference_missing', node.id, 'a boundary event is attached to no activity of its scope');
  if (node.event !== 'compensate') host.boundary.push(node);
}

/** A compensation event and what undoes are held together by an association. */
function undoBy(owner: Element, byElement: Map<Element, Node>): void {
  if (![...byElement.values()].some(isUndoEvent)) return;
  for (const association of artifactsAround(owner)) {
    const [from, to] = [elementIn(association, 'sourceRef'), elementIn(association, 'targetRef')];
    const [event, handler] = [from && byElement.get(from), to && byElement.get(to)];
    if (!event || !isUndoEvent(event) || !handler) continue;
    const attachedTo = elementIn(event.element, 'attachedToRef');
    const host = attachedTo && byElement.get(attachedTo);
    if (host) host.compensation = { event, handler };
  }
}

function isUndoEvent({ event, type }: Node): boolean {
  return event === 'compensate' && type === 'boundaryEvent';
}

/** Modelers write an association into any scope around what it holds together, or into the collaboration. */
function artifactsAround(owner: Element | undefined): Element[] {
  if (!owner) return [];
  const collaborations = elementsIn(owner, 'rootElements').filter((root) => typeOf(root) === 'collaboration');
  const own = [owner, ...collaborations].flatMap((each) => elementsIn(each, 'artifacts'));
  return [...own, ...artifactsAround(owner.$parent)];
}

/** @throws Refused where what undoes an activity would be undone by itself. */
function holdUndone(node: Node): void {
  const seen = new Set<Node>();
  for (let undone: Node | undefined = node; undone; undone = undone.compensation?.handler) {
    if (seen.has(undone)) throw new Refused('event_unknown', node.id, 'what undoes it is undone by itself');
    seen.add(undone);
  }
}

function isActivity({ type }: Node): boolean {
  return !/(?:Event|Gateway)$/.test(type);
}

/** An activity with several ways out splits behind itself; a gateway that joins and splits does it one after the other. */
function divide(node: Node): Node[] {
  const { type, outgoing, incoming } = node;
  const isMixed = ['parallelGateway', 'inclusiveGateway'].includes(type) && incoming.length > 1 && outgoing.length > 1;
  const isConditional = outgoing.some(({ condition }) => condition !== null);
  const isImplicit = !SPLITS_BY_ITSELF.has(type) && (outgoing.length > 1 || isConditional);
  if (!isMixed && !isImplicit) return [];
  const gateway = isConditional ? 'inclusiveGateway' : 'parallelGateway';
  const split: Node = {
    id: `${node.id}~out`,
    type: isMixed ? type : gateway,
    element: node.element,
    event: null,
    definition: null,
    incoming: [],
    outgoing: outgoing.map((edge) => edge),
    boundary: [],
    compensation: null,
    inner: null,
  };
  for (const edge of split.outgoing) edge.source = split;
  node.outgoing = [];
  join(node, split, { id: `${node.id}~`, name: undefined, condition: null, isDefault: false });
  return [split];
}

function startsOf(nodes: Node[]): Node[] {
  const starts = nodes.filter(({ type }) => type === 'startEvent');
  if (starts.length > 0) return starts;
  return nodes.filter(
    ({ incoming, type, element }) =>
      incoming.length === 0 &&
      type !== 'boundaryEvent' &&
      element.triggeredByEvent !== true &&
      element.isForCompensation !== true,
  );
}

/** Without nodes and flows that no token comes to. */
function prune(graph: Graph): Graph {
  const reached = new Set<Node>();
  const next = [...graph.starts];
  for (let node = next.pop(); node; node = next.pop()) {
    if (reached.has(node)) continue;
    reached.add(node);
    next.push(...node.outgoing.map(({ target }) => target), ...node.boundary);
  }
  for (const node of reached) node.incoming = node.incoming.filter(({ source }) => reached.has(source));
  return { ...graph, nodes: graph.nodes.filter((node) => reached.has(node)) };
}
