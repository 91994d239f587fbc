/**
 * An export of ours that somebody has rebuilt in a modeler, so that it is no tree of ours any more: it is arranged like anybody's, and what
 * BPMN has no word for comes back to the elements that still stand.
 */
import type { Flow, Handler, Sequence, Step } from '../../engine/flow.gen.ts';
import { elementsIn, typeOf, type Element } from '../element.ts';
import { detailsOf, roleOf, type Details } from '../extension.ts';
import { hear, oneLine, textOf, type Language } from '../words.ts';
import { isInterrupting } from '../../engine/catching.ts';
import { languageOf, ownDetails } from './flow.ts';
import { interrupting } from './handlers.ts';
import { onPart, withParts } from './parts.ts';

interface Restoring {
  language: Language;
  /** The element that a step or a handler was made of. */
  elementOf: (id: string) => Element | undefined;
  /** What steps are called now → what they were called. */
  names: Map<string, string>;
}

export function restored(flow: Flow, process: Element, elements: Record<string, string>): Flow {
  const details = ownDetails(process);
  if (!details) return flow;
  const byId = new Map(elementsWithin(process).map((element) => [element.id, element]));
  const elementOf = (id: string): Element | undefined => byId.get(elements[id]);
  const restoring = { language: languageOf(process), elementOf, names: namesOf(elements, elementOf) };
  const words = hear(['title', 'guide'], details, process, restoring.language);
  const handlers = (flow.on ?? []).map((handler) => handlerOf(restoring, handler));
  const steps = withoutTail(restoring, flow.steps);
  const whole: unknown = withParts(words, { steps: sequenceOf(restoring, steps), ...onPart(words, handlers) });
  return whole as Flow;
}

function elementsWithin(owner: Element): Element[] {
  return elementsIn(owner, 'flowElements').flatMap((element) => [element, ...elementsWithin(element)]);
}

/** Each old name once; of several steps that were made of one element the first has it. */
function namesOf(elements: Record<string, string>, elementOf: Restoring['elementOf']): Map<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  // What is repeated was made two steps of; the inner one goes.
  const isInner = (id: string): boolean => elements[`${id}_each`] === elements[id] && id in elements;
  for (const id of Object.keys(elements).filter((each) => !isInner(each))) {
    const element = elementOf(id);
    const old = (detailsOf(element, 'Step') ?? detailsOf(element, 'Handler'))?.id;
    if (typeof old !== 'string' || taken.has(old) || (old !== id && old in elements && !isInner(old))) continue;
    taken.add(old);
    names.set(id, old);
  }
  return names;
}

function sequenceOf(restoring: Restoring, steps: Sequence): Sequence {
  return steps.map((step) => stepOf(restoring, collapsed(restoring, step)));
}

function stepOf(restoring: Restoring, step: Step): Step {
  const { elementOf, names, language } = restoring;
  const inside = insideOf(restoring, step);
  const id = names.get(step.id) ?? step.id;
  const element = elementOf(step.id);
  const details = detailsOf(element, 'Step');
  if (!element || details?.kind !== step.kind) return asStep({ ...step, ...inside, id });
  const heard = hear(['title', 'guide', 'in', 'at'], details, element, language);
  const titled = 'branches' in inside ? { ...inside, ...titlesOf(restoring, element, inside) } : inside;
  return asStep(withParts(heard, { on: undefined, ...titled, id }));
}

/** Sequences and targets of a step, restored. */
function insideOf(restoring: Restoring, step: Step): Details {
  const { names } = restoring;
  const inside: Details = {};
  const restore = (steps: Sequence): Sequence => sequenceOf(restoring, steps);
  if (step.kind === 'jump') inside.to = names.get(step.to) ?? step.to;
  if ('branches' in step)
    inside.branches = step.branches.map((branch) => ({ ...branch, steps: restore(branch.steps) }));
  if ('otherwise' in step) inside.otherwise = { ...step.otherwise, steps: restore(step.otherwise.steps) };
  if ('steps' in step) inside.steps = restore(withoutTail(restoring, step.steps));
  if ('on' in step) inside.on = step.on.map((handler) => handlerOf(restoring, handler));
  return inside;
}

function handlerOf(restoring: Restoring, handler: Handler): Handler {
  const { elementOf, names, language } = restoring;
  const event = elementOf(handler.id);
  const isInside = event !== undefined && typeOf(event) === 'startEvent';
  const isInstead = isInterrupting(handler);
  // What takes the place of a step goes on behind it, unless it ends.
  const steps = sequenceOf(restoring, isInside || !isInstead ? withoutTail(restoring, handler.steps) : handler.steps);
  const id = names.get(handler.id) ?? handler.id;
  const named = isInside ? event.$parent : event;
  const details = detailsOf(named, 'Handler');
  if (!event || !named || details?.catch !== handler.catch) return { ...handler, id, steps };
  const heard = hear(['in', 'at', 'condition'], hear(['title'], details, named, language), event, language);
  const whole: unknown = withParts(heard, { id: details.id, steps, ...interrupting(details, isInstead) });
  return whole as Handler;
}

/** Branches have no elements of their own; the flow that has the name of one has its title in both languages. */
function titlesOf({ language }: Restoring, gateway: Element, inside: Details): Details {
  const known: Details[] = elementsIn(gateway, 'outgoing').flatMap((flow) => {
    const details = detailsOf(flow, 'Branch');
    return details ? [details] : [];
  });
  const titled = (branch: Details): Details => {
    const shown = oneLine(textOf(branch.title, language) ?? '');
    const found = known.find(({ title }) => oneLine(textOf(title, language) ?? '') === shown);
    return found ? { ...branch, title: found.title } : branch;
  };
  const branches = (inside.branches as Details[]).map(titled);
  return inside.otherwise ? { branches, otherwise: inside.otherwise } : { branches };
}

/** What was made two steps of is one again: a repeated sub-process, and a scope around the step that it was made for. */
function collapsed(restoring: Restoring, step: Step): Step {
  if (!('steps' in step)) return step;
  const [inner, ...others] = withoutTail(restoring, step.steps);
  if (!inner || others.length > 0) return step;
  const element = restoring.elementOf(step.id);
  const isRepeated = step.kind !== 'subProcess' && element === restoring.elementOf(inner.id);
  if (isRepeated && inner.kind === 'subProcess' && !inner.on) return { ...step, steps: inner.steps };
  if (roleOf(element)?.role === 'scope') return asStep(withParts({ ...inner }, { on: step.on }));
  return step;
}

/** Where an end event only closes the graph, a sequence just ends. */
function withoutTail({ elementOf }: Restoring, steps: Sequence): Sequence {
  const last = steps.at(-1);
  const isDrawn = last?.kind === 'end' && roleOf(elementOf(last.id))?.role === 'end';
  return isDrawn ? steps.slice(0, -1) : steps;
}

function asStep(details: object): Step {
  return details as Step;
}
