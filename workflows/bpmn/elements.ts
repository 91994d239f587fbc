/** Each element of BPMN as the step that says the same. */
import type { End, Handler, Sequence, Step } from '../engine/flow.gen.ts';
import { errorCode, escalationCode, messageOf, onceOf, referenceName, timerOf, waitOf } from './catching.ts';
import { callOf } from './calls.ts';
import { compensating, handlersOf, withCompensation } from './compensation.ts';
import { isTransaction, textIn, vendorAttribute } from './element.ts';
import { permissionsOf } from './forms.ts';
import type { Graph, Node } from './graph.ts';
import { CANCELLED, inOrder, toHandler } from './handlers.ts';
import { claim, titleOf, usedUp, within, type Making } from './making.ts';
import { repeated } from './repeated.ts';
import { peopleOf } from './people.ts';
import { terminated, terminators } from './terminate.ts';
import { toActivity, toKey } from './names.ts';
import { Refused } from './refusal.ts';

export interface Around {
  handlers: Handler[];
  /** Steps of a sub-process. */
  body: (graph: Graph) => Sequence;
}

type Maker = (making: Making, node: Node, around: Around) => Sequence;

/** Kinds that are steps; the others only say where tokens go. */
const MAKERS: Record<string, Maker> = {
  userTask: (making, node, around) => activity(making, node, around, userTask),
  manualTask: (making, node, around) => activity(making, node, around, passing),
  task: (making, node, around) => activity(making, node, around, passing),
  serviceTask: (making, node, around) => activity(making, node, around, serviceTask),
  sendTask: (making, node, around) => activity(making, node, around, serviceTask),
  receiveTask: (making, node, around) => activity(making, node, around, waiting),
  callActivity: (making, node, around) => activity(making, node, around, calling),
  subProcess: (making, node, around) => scope(making, node, around),
  transaction: (making, node, around) => scope(making, node, around),
  intermediateCatchEvent: (making, node) => waiting(making, node),
  intermediateThrowEvent: (making, node) => thrown(making, node),
  endEvent: (making, node) => ended(making, node),
};
const WITHOUT_STEP = new Set([
  'startEvent',
  'boundaryEvent',
  'exclusiveGateway',
  'parallelGateway',
  'inclusiveGateway',
]);

const NOT_SAID: Record<string, string> = {
  adHocSubProcess:
    'whoever does it begins its activities in any order and number; a flow says itself what is done when',
};

/** @throws Refused for a kind that has no meaning here. */
export function stepsOfNode(making: Making, node: Node, around: Around): Sequence {
  if (making.waited.has(node) || WITHOUT_STEP.has(node.type)) return [];
  const maker = Object.hasOwn(MAKERS, node.type) ? MAKERS[node.type] : undefined;
  if (!maker)
    throw new Refused('element_unknown', node.id, NOT_SAID[node.type] ?? `${node.type} cannot be said in a flow`);
  return maker(making, node, around);
}

type Make = (making: Making, node: Node, id: string) => Sequence;

/** Once, or for each item; what is caught is caught around all of them. */
function activity(making: Making, node: Node, around: Around, make: Make): Sequence {
  const again = repeated(making, node);
  const steps = make(making, node, claim(making, node));
  if (!again) return undoable(making, node, caught(steps, around.handlers), around);
  return [again(claim(making, node, '_each'), undoable(making, node, steps, around), around.handlers)];
}

/** With what undoes it: an activity that no flow leads to. */
function undoable(making: Making, node: Node, steps: Sequence, { body }: Around): Sequence {
  return withCompensation(making, node, steps, (handler) => stepsOfNode(making, handler, { handlers: [], body }));
}

/** Handlers go on the step; what is none of its own waits in a scope. */
function caught(steps: Sequence, handlers: Handler[]): Sequence {
  const [step] = steps;
  if (!step || handlers.length === 0) return steps;
  // The step itself: what a call passes on is filled in later.
  return [Object.assign(step, { on: handlers })];
}

function userTask(making: Making, node: Node, id: string): Sequence {
  const fields = permissionsOf(node.element);
  const filled = Object.keys(fields).length > 0 ? { fields } : {};
  return [{ id, kind: 'userTask', title: titleOf(node), people: peopleOf(making, node), ...filled }];
}

/** Work that nobody reports: it is done as soon as it is come to. */
function passing(_making: Making, node: Node, id: string): Sequence {
  return [{ id, kind: 'subProcess', title: titleOf(node), steps: [] }];
}

/** Which activity does it is for whoever edits the draft to say: BPMN names code. */
function serviceTask(_making: Making, node: Node, id: string): Sequence {
  const named = vendorAttribute(node.element, 'topic') ?? textIn(node.element, 'implementation');
  return [{ id, kind: 'serviceTask', title: titleOf(node), activity: toActivity(named ?? node.id), again: 'run' }];
}

function calling(making: Making, node: Node, id: string): Sequence {
  return [callOf(making, node, id)];
}

function waiting(making: Making, node: Node, id: string = claim(making, node)): Sequence {
  const title = titleOf(node);
  if (node.event === 'timer') return [{ id, kind: 'timer', title, ...onceOf(timerOf(making, node)) }];
  if (node.event === 'link') return [];
  const wait = waitOf(making, node);
  if (wait.catch === 'message') return [{ id, kind: 'receive', title, message: wait.name, key: wait.key }];
  making.elements[`${id}/0`] = node.id;
  return [{ id, kind: 'race', title, branches: [{ title, wait, steps: [] }] }];
}

function thrown(making: Making, node: Node): Sequence {
  const title = titleOf(node);
  switch (node.event) {
    case null:
    case 'link':
      return [];
    case 'message':
      return [{ id: claim(making, node), kind: 'throw', title, send: 'message', ...messageOf(making, node) }];
    case 'signal': {
      const name = making.keys.of('signal', referenceName(node, 'signalRef'));
      return [{ id: claim(making, node), kind: 'throw', title, send: 'signal', name }];
    }
    case 'escalation': {
      const code = making.keys.of('escalation', escalationCode(node) ?? node.id);
      return [{ id: claim(making, node), kind: 'throw', title, send: 'escalation', code }];
    }
    case 'compensate':
      return [compensating(making, node)];
    default:
      throw new Refused('event_unknown', node.id, `an event that throws ${node.event} cannot be said in a flow`);
  }
}

function ended(making: Making, node: Node): Sequence {
  switch (node.event) {
    case 'terminate':
      return [end(making, node, terminated(making, node))];
    case 'error':
      return [end(making, node, { ends: 'error', outcome: making.keys.of('error', errorCode(node) ?? node.id) })];
    case 'cancel':
      if (!isTransaction(node.element.$parent))
        throw new Refused('event_unknown', node.id, 'it cancels a transaction, and stands in none');
      return [undoAll(making, node), end(making, node, { ends: 'error', outcome: CANCELLED })];
    default:
      return [...thrown(making, node), end(making, node, { ends: usedUp(making) })];
  }
}

function end(making: Making, node: Node, ending: Partial<Pick<End, 'ends' | 'outcome'>>): End {
  const id = claim(making, node);
  const outcome = toKey(textIn(node.element, 'name') ?? '', 'completed');
  return { id, kind: 'end', title: titleOf(node), outcome, ...ending };
}

/** A transaction that is cancelled is undone first. */
function undoAll(making: Making, node: Node): Step {
  return {
    id: claim(making, node, '_undo'),
    kind: 'throw',
    title: titleOf(node),
    send: 'compensation',
    mode: 'parallel',
  };
}

/** Event sub-processes are handlers within it, boundary events around it: what those let through reaches these, and holds nothing up. */
function scope(making: Making, node: Node, around: Around): Sequence {
  const { handlers, body } = around;
  const { inner } = node;
  if (!inner) return [];
  const again = repeated(making, node);
  const id = claim(making, node);
  const title = titleOf(node);
  const within = handlersWithin(making, inner, body);
  const steps = bodyOf(making, inner, body);
  within.unshift(...terminators(making, node, 'once'));
  const [step] = undoable(
    making,
    node,
    [{ id, kind: 'subProcess', title, steps, ...(within.length > 0 ? { on: within } : {}) }],
    around,
  );
  if (!step) return [];
  if (again) return [again(claim(making, node, '_each'), [step], [...terminators(making, node, 'all'), ...handlers])];
  if (handlers.length === 0) return [step];
  if (within.length === 0 && handlers.every(isWithinAlike))
    return [Object.assign(step, { on: [...handlersOf(step), ...handlers] })];
  const wrapper = claim(making, node, '_around');
  return [{ id: wrapper, kind: 'parallel', title, branches: [{ title, steps: [step] }], on: handlers }];
}

/** What is in it is not aside of what is around it. */
function bodyOf(making: Making, graph: Graph, body: Around['body']): Sequence {
  const { aside } = making;
  making.aside = 0;
  const steps = within(making, null, () => body(graph));
  making.aside = aside;
  return steps;
}

/** An event sub-process that is terminated from aside is a scope of its own. */
function handled(making: Making, node: Node, steps: Sequence): Sequence {
  const on = terminators(making, node, 'once');
  if (on.length === 0) return steps;
  return [{ id: claim(making, node), kind: 'subProcess', title: titleOf(node), steps, on }];
}

/** Whether it does the same on a sub-process as around it: takes its place and goes on behind it. */
function isWithinAlike(handler: Handler): boolean {
  const isBeside = 'interrupting' in handler && !handler.interrupting;
  return !isBeside && handler.steps.every(({ kind }) => !['end', 'jump'].includes(kind) && !BRANCHING.has(kind));
}
/** Kinds with steps of their own, which may hold an end. */
const BRANCHING = new Set(['exclusive', 'inclusive', 'parallel', 'race', 'loop', 'forEach', 'subProcess']);

/** The event sub-processes of a scope. */
export function handlersWithin(making: Making, { handlers }: Graph, body: (graph: Graph) => Sequence): Handler[] {
  const made = handlers.flatMap((node) => {
    const [start] = node.inner?.starts ?? [];
    if (!node.inner || !start) return [];
    const isInstead = start.element.isInterrupting !== false;
    return [toHandler(making, start, isInstead, handled(making, node, bodyOf(making, node.inner, body)))];
  });
  return inOrder(made);
}
