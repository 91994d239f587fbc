/** Boundary events and event sub-processes of an export of ours as the handlers that they were. */
import type { Handler, Sequence } from '../../engine/flow.gen.ts';
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
  return node.boundary.flatMap((event) => {
    reading.visit(event);
    if (roleOf(event.element)?.role === 'escape') return [];
    const { steps, join } = read(reading, onlyTarget(event));
    const isInstead = isInterrupting(event);
    if (join && !(isInstead && isPart(join, 'join', id))) throw new NotOurs(`${event.id} goes on at ${join.id}`);
    return [handlerOf(reading, { named: event, event, isInstead, steps })];
  });
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
function interrupting(details: Details, isInstead: boolean): Details {
  if ((details.interrupting !== false) === isInstead) return {};
  return { interrupting: isInstead ? undefined : false };
}
