/** Activities that are done several times: for each item of a list, or again and again. */
import type { Handler, Sequence, Step } from '../engine/flow.gen.ts';
import { elementIn, textIn, typeOf, vendorAttribute, type Element } from './element.ts';
import type { Node } from './graph.ts';
import { expressionIn } from './juel.ts';
import { bodyOf, feelOf, titleOf, type Making } from './making.ts';
import { toField } from './names.ts';
import { Refused } from './refusal.ts';

type Wrap = (id: string, steps: Sequence, handlers: Handler[]) => Step;

/** How an activity is repeated; null: it is not. */
export function repeated(making: Making, node: Node): Wrap | null {
  const loop = elementIn(node.element, 'loopCharacteristics');
  if (!loop) return null;
  const isStandard = typeOf(loop) === 'standardLoopCharacteristics';
  const fields = isStandard ? standardLoop(making, node, loop) : multiInstance(making, node, loop);
  return (id, steps, handlers) =>
    ({ id, title: titleOf(node), ...fields, steps, ...(handlers.length > 0 ? { on: handlers } : {}) }) as Step;
}

/** A flow does no loop more often; of one without a limit it is the limit. */
const MOST_ROUNDS = 100;

function standardLoop(making: Making, node: Node, loop: Element): object {
  const condition = bodyOf(loop, 'loopCondition');
  const most = Number(loop.loopMaximum ?? MOST_ROUNDS);
  if (!Number.isInteger(most) || most < 1)
    throw new Refused('expression_unknown', node.id, 'it is repeated at most a number of times that is none');
  if (most > MOST_ROUNDS)
    throw new Refused('expression_unknown', node.id, `a flow repeats a step ${MOST_ROUNDS} times at most`);
  const until = condition === undefined ? 'false' : `not(${feelOf(making, node, condition)})`;
  return { kind: 'loop', until, max: most };
}

/** BPMN begins all instances at the same time; a flow as many as the state of a case may hold. */
const MOST_AT_ONCE = 500;

function multiInstance(making: Making, node: Node, loop: Element): object {
  const until = bodyOf(loop, 'completionCondition');
  const item = vendorAttribute(loop, 'elementVariable') ?? textIn(elementIn(loop, 'inputDataItem'), 'name');
  return {
    kind: 'forEach',
    list: listOf(making, node, loop),
    as: toField(item ?? `${node.id} item`),
    ...(loop.isSequential === true ? { mode: 'sequential' } : { mode: 'parallel', atOnce: MOST_AT_ONCE }),
    ...(until === undefined ? {} : { until: counted(feelOf(making, node, until)) }),
  };
}

function listOf(making: Making, node: Node, loop: Element): string {
  const cardinality = bodyOf(loop, 'loopCardinality');
  if (cardinality !== undefined) return times(making, node, cardinality);
  const collection = vendorAttribute(loop, 'collection') ?? elementIn(loop, 'loopDataInputRef')?.id;
  if (collection === undefined)
    throw new Refused('expression_unknown', node.id, 'it says neither how often nor for which list it is repeated');
  if (expressionIn(collection) !== null) return asItIs(feelOf(making, node, collection));
  const field = toField(collection);
  making.fields.add(field);
  return asItIs(field);
}

/** As it is when the activity begins: of a field alone, whatever is taken out of its list later would be cancelled. */
function asItIs(list: string): string {
  return /^\w+$/.test(list) ? `concatenate(${list})` : list;
}

/** So many times: a list of numbers. */
function times(making: Making, node: Node, cardinality: string): string {
  const count = feelOf(making, node, cardinality);
  if (count === '0') return '[]';
  return /^\d+$/.test(count)
    ? `for n in 1..${count} return n`
    : `if ${count} < 1 then [] else for n in 1..(${count}) return n`;
}

/** What engines count of the instances, as a forEach does. */
function counted(feel: string): string {
  return feel
    .replace(/\bnrOfCompletedInstances\b/g, 'done')
    .replace(/\bnrOfInstances\b/g, 'total')
    .replace(/\bnrOfActiveInstances\b/g, '(total - done)');
}
