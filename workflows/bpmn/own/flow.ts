/** A flow from its own export: the same, as long as nobody has changed the file. */
import type { Flow } from '../../engine/flow.gen.ts';
import type { Element } from '../element.ts';
import { detailsOf, markOf, type Details } from '../extension.ts';
import type { Graph } from '../graph.ts';
import type { Making } from '../making.ts';
import { isFlow } from '../source/valid.ts';
import { hear, type Language } from '../words.ts';
import { handlersInside } from './handlers.ts';
import { onPart, withParts } from './parts.ts';
import { NotOurs, Reading } from './reading.ts';
import { readWhole } from './sequence.ts';

/** Null: the process is no export of ours, or its graph is no tree any more. */
export function ownFlow(making: Making, process: Element, graph: Graph): Flow | null {
  const details = ownDetails(process);
  if (!details) return null;
  const reading = new Reading(making, graph, languageOf(process));
  try {
    const steps = readWhole(reading, graph);
    const handlers = handlersInside(reading, graph, readWhole);
    reading.holdAll();
    const words = hear(['title', 'guide'], details, process, reading.language);
    return withParts(words, { steps, ...onPart(words, handlers) }) as unknown as Flow;
  } catch (error) {
    if (error instanceof NotOurs) return null;
    throw error;
  }
}

/** What an export of ours says of its flow; null: it is none, or it is no flow that it speaks of. */
export function ownDetails(process: Element): Details | null {
  const details = detailsOf(process, 'Flow');
  // With its steps it is in a file of somebody else's.
  if (!details || Array.isArray(details.steps)) return null;
  return isFlow({ ...details, steps: [], on: undefined }) ? details : null;
}

export function languageOf(process: Element): Language {
  return markOf(process, 'Flow')?.language === 'en' ? 'en' : 'zh-CN';
}
