/**
 * Reads the graph of an export of ours as the tree that it was written from. The graph says which steps there are, in which order and
 * branches; the extension says the rest; and what BPMN has words for counts as it stands in the file.
 */
import type { Sequence, Step } from '../../engine/flow.gen.ts';
import { roleOf, type Details } from '../extension.ts';
import type { Graph, Node } from '../graph.ts';
import { stepsOfNode } from '../elements.ts';
import { isJoin, isSplit } from '../region.ts';
import { toSequence } from '../steps.ts';
import { hear } from '../words.ts';
import { forkParts } from './fork.ts';
import { handlersInside, handlersOn } from './handlers.ts';
import { onPart, withParts } from './parts.ts';
import { isPart, NotOurs, onlyTarget, stepDetails, type Reading } from './reading.ts';
import { targetOf } from './ways.ts';

export interface ReadSequence {
  steps: Sequence;
  /** Where branches come together, of a step around it; null: nothing comes to its end. */
  join: Node | null;
  /** Whether it comes to an end event that only closes the graph. */
  isClosed: boolean;
}

function readSequence(reading: Reading, first: Node | undefined): ReadSequence {
  const steps: Sequence = [];
  for (let node = first; node;) {
    const role = roleOf(node.element)?.role;
    if (role === 'join') return { steps, join: node, isClosed: false };
    reading.visit(node);
    if (role === 'end') return { steps, join: null, isClosed: true };
    if (role === 'start' || role === 'merge') {
      node = onlyTarget(node);
      continue;
    }
    const { made, next } = readStep(reading, node);
    steps.push(...made);
    node = next;
  }
  return { steps, join: null, isClosed: false };
}

/** A sequence that ends where its scope does. */
export function readWhole(reading: Reading, { starts }: Graph): Sequence {
  const { steps, join } = readSequence(reading, starts[0]);
  if (join) throw new NotOurs(`${join.id} joins what does not split`);
  return steps;
}

interface ReadStep {
  made: Sequence;
  next: Node | undefined;
}

function readStep(reading: Reading, node: Node): ReadStep {
  if (roleOf(node.element)?.role === 'scope') return readScope(reading, node);
  const details = stepDetails(node);
  const shape = details && shapeOf(String(details.kind), node.type);
  return details && shape ? SHAPES[shape](reading, node, details) : readPlain(reading, node);
}

type Shape = 'leaf' | 'fork' | 'body' | 'jump';
const BODIES = ['loop', 'forEach', 'subProcess'];
const FORKS: Record<string, string> = {
  exclusive: 'exclusiveGateway',
  inclusive: 'inclusiveGateway',
  parallel: 'parallelGateway',
  race: 'eventBasedGateway',
};

/** Null: the element is of another type than its properties, and stands for something else by now. */
function shapeOf(kind: string, type: string): Shape | null {
  if (Object.hasOwn(FORKS, kind)) return FORKS[kind] === type ? 'fork' : null;
  const isScope = ['subProcess', 'transaction'].includes(type);
  if (kind === 'subProcess' && ['task', 'manualTask'].includes(type)) return 'body';
  if (BODIES.includes(kind)) return isScope ? 'body' : null;
  if (isScope || type.endsWith('Gateway')) return null;
  return kind === 'jump' ? 'jump' : leafOf(kind, type);
}

const LEAVES: Record<string, string[]> = {
  userTask: ['userTask'],
  approval: ['userTask'],
  cc: ['sendTask'],
  serviceTask: ['serviceTask'],
  callActivity: ['callActivity'],
  receive: ['receiveTask', 'intermediateCatchEvent'],
  timer: ['intermediateCatchEvent'],
  throw: ['intermediateThrowEvent'],
  end: ['endEvent', 'intermediateThrowEvent'],
};

function leafOf(kind: string, type: string): Shape | null {
  return Object.hasOwn(LEAVES, kind) && LEAVES[kind]?.includes(type) ? 'leaf' : null;
}

const SHAPES: Record<Shape, (reading: Reading, node: Node, details: Details) => ReadStep> = {
  leaf: (reading, node, details) => {
    const id = reading.claim(details, node);
    const words = hear(['title', 'guide', 'in', 'at'], details, node.element, reading.language);
    return withHandlers(reading, node, withParts(words, { id }));
  },
  body: (reading, node, details) => {
    const id = reading.claim(details, node);
    const words = hear(['title'], details, node.element, reading.language);
    const steps = node.inner ? readWhole(reading, node.inner) : [];
    const whole = withParts(words, { id, steps });
    if (details.kind !== 'subProcess') return withHandlers(reading, node, whole);
    if (node.boundary.length > 0) throw new NotOurs(`${node.id} has handlers on its border`);
    const handlers = node.inner ? handlersInside(reading, node.inner, readWhole) : [];
    return { made: [asStep(withParts(whole, onPart(whole, handlers)))], next: goOn(reading, node) };
  },
  fork: (reading, node, details) => {
    const id = reading.claim(details, node);
    const words = hear(['title'], details, node.element, reading.language);
    const { parts, join } = forkParts(
      reading,
      node,
      { id: String(details.id), kind: String(details.kind) },
      readSequence,
    );
    return { made: [asStep(withParts(words, { id, ...parts }))], next: join ? onlyTarget(join) : reading.then(node) };
  },
  jump: (reading, node, details) => {
    const id = reading.claim(details, node);
    const words = hear(['title'], details, node.element, reading.language);
    const to = targetOf(reading, node, String(details.id));
    return { made: [asStep(withParts(words, { id, to }))], next: reading.then(node) };
  },
};

/** Handlers on a step of its own, and where it goes on with them. */
function withHandlers(reading: Reading, node: Node, details: Details, own = String(details.id)): ReadStep {
  const handlers = handlersOn(reading, node, own, readSequence);
  const ahead = goOn(reading, node);
  const next = ahead && isPart(ahead, 'join', own) ? onlyTarget(ahead) : ahead;
  return { made: [asStep(withParts(details, onPart(details, handlers)))], next };
}

function goOn(reading: Reading, node: Node): Node | undefined {
  return onlyTarget(node) ?? reading.then(node);
}

/** The one step that a sub-process only holds so that something can happen on it. */
function readScope(reading: Reading, node: Node): ReadStep {
  const inside = node.inner ? readWhole(reading, node.inner) : [];
  const [step] = inside;
  if (inside.length !== 1 || !step) throw new NotOurs(`${node.id} holds more than its step`);
  return withHandlers(reading, node, { ...step }, roleOf(node.element)?.of);
}

/** Somebody has put it in with a modeler. */
function readPlain(reading: Reading, node: Node): ReadStep {
  if (node.boundary.length > 0 || isSplit(node) || isJoin(node)) throw new NotOurs(`${node.id} is not of ours`);
  const { making } = reading;
  if (node.inner) return readPlainScope(reading, node);
  const made = stepsOfNode(making, node, { handlers: [], body: (graph) => toSequence(making, graph) });
  return { made, next: onlyTarget(node) };
}

function readPlainScope(reading: Reading, node: Node): ReadStep {
  const made = stepsOfNode(reading.making, node, { handlers: [], body: (graph) => readWhole(reading, graph) });
  return { made, next: onlyTarget(node) };
}

function asStep(details: Details): Step {
  return details as unknown as Step;
}
