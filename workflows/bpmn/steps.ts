/** What was arranged, as steps of the language. */
import type { End, Exclusive, Handler, Inclusive, Parallel, Race, Sequence, Step } from '../engine/flow.gen.ts';
import { arrange } from './arrange.ts';
import type { Branch, HandlerItems, Item, Join, Place } from './arranged.ts';
import { waitOf } from './catching.ts';
import { stepsOfNode } from './elements.ts';
import type { Edge, Graph, Node } from './graph.ts';
import { inOrder, toHandler } from './handlers.ts';
import { claim, feelOf, joinKey, titleOf, usedUp, within, type Making } from './making.ts';
import { Refused } from './refusal.ts';
import { isInterrupting } from './region.ts';

/** Steps by where they stand, for jumps to them. */
interface Labels {
  /** Null: at the end of the sequence. */
  at: Map<Place, string | null>;
  jumps: { steps: Sequence; id: string; to: Place }[];
}

/** The body of a process or a sub-process. */
export function toSequence(making: Making, graph: Graph, entry?: Node): Sequence {
  return alone(making, arrange(graph, entry));
}

/** Items of a token of its own: jumps do not leave it. */
function alone(making: Making, items: Item[]): Sequence {
  const labels: Labels = { at: new Map(), jumps: [] };
  const steps = toSteps(making, labels, items, null);
  for (const jump of labels.jumps) settle(labels, jump);
  return steps;
}

/** To where nothing comes any more, a jump ends the token. */
function settle({ at }: Labels, { steps, id, to }: Labels['jumps'][number]): void {
  const index = steps.findIndex((step) => step.id === id);
  const target = at.get(to) ?? null;
  steps[index] = target === null ? done(id) : { id, kind: 'jump', to: target };
}

function done(id: string): End {
  return { id, kind: 'end', outcome: 'completed', ends: 'branch' };
}

/** From the last to the first, so that each knows what comes after it. `next`: the step after these; null: none. */
function toSteps(making: Making, labels: Labels, items: Item[], next: string | null): Sequence {
  const steps: Sequence = [];
  let after = next;
  for (const item of items.toReversed()) {
    const made = guarded(making, () => stepsOfItem(making, labels, { item, after, steps }));
    steps.unshift(...made);
    after = made[0]?.id ?? after;
    if ('place' in item && item.place) labels.at.set(item.place, after);
  }
  return steps;
}

/** An element that is refused does not hide what else is. */
function guarded(making: Making, make: () => Sequence): Sequence {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    making.refusals.push(error);
    return [];
  }
}

interface Standing {
  item: Item;
  after: string | null;
  /** Of the sequence so far, which a jump is put into. */
  steps: Sequence;
}

function stepsOfItem(making: Making, labels: Labels, { item, after, steps }: Standing): Sequence {
  switch (item.do) {
    case 'arrive':
      return [done(claimPlain(making, 'stop'))];
    case 'stop':
      return [{ ...done(claimPlain(making, 'stop')), ends: usedUp(making) }];
    case 'jump': {
      const id = claimPlain(making, 'jump');
      labels.jumps.push({ steps, id, to: item.to });
      return [{ id, kind: 'jump', to: id }];
    }
    case 'detach':
      return detached(making, item.items);
    case 'split':
      return [splitOf(making, item)];
    case 'node': {
      const { place, branches, handlers } = item;
      if (branches.length > 0) return [choiceOf(making, labels, { node: place.node, branches, after })];
      return stepsOfNode(making, place.node, {
        handlers: handlersOf(making, labels, handlers, after),
        body: (graph) => toSequence(making, graph),
      });
    }
  }
}

/** Of a step that stands for no element. */
function claimPlain(making: Making, id: string): string {
  making.count += 1;
  return making.names.claim(id);
}

type Split = Extract<Item, { do: 'split' }>;

function splitOf(making: Making, { place, kind, branches, join }: Split): Step {
  const node = place?.node;
  const id = node ? claim(making, node) : claimPlain(making, 'together');
  const title = node ? titleOf(node) : { 'zh-CN': '并行', en: 'Together' };
  if (join) making.elements[joinKey(id)] = join.node.id;
  const split = { isJoined: join !== null, loses: false, asides: [] };
  const inside = ({ items }: Branch): Sequence => within(making, split, () => alone(making, items));
  if (kind === 'parallel') {
    const made = branches.map((branch) => ({ title: branchTitle(branch.edge), steps: inside(branch) }));
    return { id, kind, title, branches: made, ...joinOfParallel(join, made.length, split), ...asidesOf(split) };
  }
  const { conditional, otherwise } = byCondition(branches);
  const made = conditional.map((branch) => ({
    title: branchTitle(branch.edge),
    when: whenOf(making, branch.edge),
    steps: inside(branch),
  }));
  const rest = otherwise && { otherwise: { steps: inside(otherwise) } };
  return { id, kind, title, branches: made, ...rest, ...joinOfInclusive(join, made.length), ...asidesOf(split) };
}

function asidesOf({ asides }: { asides: Handler[] }): { on?: Handler[] } {
  return asides.length > 0 ? { on: asides } : {};
}

/** Said only where it makes a difference: an inclusive gateway waits for no token that is used up, a parallel one for one on each flow. */
function joinOfParallel(join: Join | null, branches: number, { loses }: { loses: boolean }): Pick<Parallel, 'join'> {
  if (join?.node.type !== 'parallelGateway') return loses ? { join: 'inclusive' } : {};
  return join.flows === branches ? {} : { join: Math.min(join.flows, MOST_FLOWS) };
}

function joinOfInclusive(join: Join | null, branches: number): Pick<Inclusive, 'join'> {
  if (join?.node.type !== 'parallelGateway') return {};
  return { join: join.flows === branches ? 'all' : Math.min(join.flows, MOST_FLOWS) };
}
/** More than a step may have branches: such a join never has them all. */
const MOST_FLOWS = 21;

/** The branch ends without its join; what is left of it is done beside, as BPMN's token goes on where it is. */
function detached(making: Making, items: Item[]): Sequence {
  const id = claimPlain(making, 'aside');
  const code = making.keys.of('escalation', `aside ${id}`);
  making.aside += 1;
  const steps = within(making, null, () => alone(making, items));
  making.aside -= 1;
  making.split?.asides.push({ catch: 'escalation', id, code, interrupting: false, steps });
  const title = { 'zh-CN': '另行办理', en: 'Goes on beside' };
  return [
    { id: claimPlain(making, 'leave'), kind: 'throw', title, send: 'escalation', code },
    { ...done(claimPlain(making, 'stop')), ends: usedUp(making) },
  ];
}

function branchTitle({ name, target }: Edge): { 'zh-CN': string; en: string } {
  return titleOf(target, name);
}

/** The only flow of a gateway is no default: a choice has a condition at least. */
function byCondition(branches: Branch[]): { conditional: Branch[]; otherwise: Branch | undefined } {
  const otherwise = branches.length > 1 ? branches.find(({ edge }) => edge.isDefault) : undefined;
  return { conditional: branches.filter((branch) => branch !== otherwise), otherwise };
}

/** A flow without a condition is always taken; a default flow has none that counts. */
function whenOf(making: Making, { condition, id, isDefault }: Edge): string {
  return condition === null || isDefault ? 'true' : feelOf(making, { id }, condition);
}

interface Choosing {
  node: Node;
  branches: Branch[];
  after: string | null;
}

function choiceOf(making: Making, labels: Labels, { node, branches, after }: Choosing): Exclusive | Race {
  const id = claim(making, node);
  const inside = (items: Item[]): Sequence => toSteps(making, labels, items, after);
  if (node.type === 'eventBasedGateway') {
    const waits = branches.map(({ edge: { target }, items }, index) => {
      making.elements[`${id}/${index}`] = target.id;
      making.waited.add(target);
      return { title: titleOf(target), wait: waitOf(making, target), steps: inside(items) };
    });
    return { id, kind: 'race', title: titleOf(node), branches: waits };
  }
  const { conditional, otherwise } = byCondition(branches);
  const last = conditional.findIndex(({ edge }) => edge.condition === null);
  // What comes after a flow that is always taken never is; of a choice one has a condition at least.
  const taken = last < 0 ? conditional : conditional.slice(0, Math.max(last, 1));
  const rest = last < 0 ? otherwise : last > 0 && conditional[last];
  return {
    id,
    kind: 'exclusive',
    title: titleOf(node),
    branches: taken.map(({ edge, items }) => ({
      title: branchTitle(edge),
      when: whenOf(making, edge),
      steps: inside(items),
    })),
    ...(rest && { otherwise: { steps: inside(rest.items) } }),
  };
}

function handlersOf(making: Making, labels: Labels, handlers: HandlerItems[], after: string | null): Handler[] {
  making.aside += 1;
  const made = handlers.map(({ event, items }) => {
    const isInstead = isInterrupting(event);
    const steps = isInstead ? toSteps(making, labels, items, after) : within(making, null, () => alone(making, items));
    return toHandler(making, event, isInstead, steps);
  });
  making.aside -= 1;
  return inOrder(made);
}
