/** Boundary events and event sub-processes of an export of ours as the handlers that they were. */
import type { Handler, Sequence } from '../../engine/flow.gen.ts';
import { elementsIn } from '../element.ts';
import { detailsOf, roleOf, type Details } from '../extension.ts';
import type { Graph, Node } from '../graph.ts';
import { toHandler } from '../handlers.ts';
import { isInterrupting } from '../region.ts';
import { hear, type WordName } from '../words.ts';
import { withParts } from './parts.ts';
import { isPart, NotOurs, onlyTarget, type Reading } from './reading.ts';
import type { ReadSequence } from './sequence.ts';

type Read = (reading: Reading, first: Node | undefined) => ReadSequence;

/** On a step with this id: their branches end where the step does, or by themselves. */
export function handlersOn(reading: Reading, node: Node, id: string, read: Read): Handler[] {
  return inOrder(node).flatMap((event) => {
    if (event === node.compensation?.handler) return undoing(reading, event, read);
    reading.visit(event);
    if (roleOf(event.element)?.role === 'escape') return [];
    const { steps, join, isClosed } = read(reading, onlyTarget(event));
    const isInstead = isInterrupting(event);
    if (join && !(isInstead && isPart(join, 'join', id))) throw new NotOurs(`${event.id} goes on at ${join.id}`);
    if (isInstead && isClosed) throw new NotOurs(`${event.id} ends what it takes the place of`);
    return [handlerOf(reading, { named: event, event, isInstead, steps })];
  });
}

/** What is on a step, as it stands in the file. */
function inOrder({ boundary, compensation, element }: Node): Node[] {
  if (!compensation) return boundary;
  const order = elementsIn(element.$parent, 'flowElements');
  return [...boundary, compensation.handler].sort((a, b) => order.indexOf(a.element) - order.indexOf(b.element));
}

/** That of an activity is among its properties. */
function undoing(reading: Reading, node: Node, read: Read): Handler[] {
  if (roleOf(node.element)?.role === 'undo') return [];
  if (!node.inner || !detailsOf(node.element, 'Handler')) throw new NotOurs(`${node.id} undoes something`);
  reading.visit(node);
  const { steps, join } = read(reading, node.inner.starts[0]);
  if (join) throw new NotOurs(`${join.id} joins what does not split`);
  return [handlerOf(reading, { named: node, event: node, isInstead: true, steps })];
}

/** The event sub-processes of a scope. */
export function handlersInside(
  reading: Reading,
  { handlers }: Graph,
  readWhole: (reading: Reading, graph: Graph) => Sequence,
): Handler[] {
  return handlers.flatMap((node) => {
    const [event] = node.inner?.starts ?? [];
    if (!node.inner || !event) return [];
    reading.visit(node);
    const isInstead = event.element.isInterrupting !== false;
    return [handlerOf(reading, { named: node, event, isInstead, steps: readWhole(reading, node.inner) })];
  });
}

interface Found {
  /** Has its name and its properties. */
  named: Node;
  event: Node;
  isInstead: boolean;
  steps: Sequence;
}

const WORDS: WordName[] = ['in', 'at', 'condition'];

function handlerOf(reading: Reading, { named, event, isInstead, steps }: Found): Handler {
  const { making, language } = reading;
  const details = detailsOf(named.element, 'Handler');
  if (!details) return toHandler(making, event, isInstead, steps);
  const titled = hear(['title'], details, named.element, language);
  const words = hear(WORDS, titled, event.element, language);
  const id = reading.claim(details, named);
  return withParts(words, { id, steps, ...interrupting(details, isInstead) }) as unknown as Handler;
}

/** As the border says it, where it says otherwise. */
export function interrupting(details: Details, isInstead: boolean): Details {
  if (details.catch === 'compensation' || (details.interrupting !== false) === isInstead) return {};
  return { interrupting: isInstead ? undefined : false };
}
