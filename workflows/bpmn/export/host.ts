/** Activities with what may happen on them: boundary events, each with what is done then. */
import type { Handler, Step } from '../../engine/flow.gen.ts';
import { isInterrupting } from '../../engine/catching.ts';
import type { Element } from '../element.ts';
import { arrowTo } from '../words.ts';
import { activityBox, eventBox, gatewayBox, type Attached, type Body, type Box } from './drawing.ts';
import { caught, escalation, link } from './events.ts';
import { drawBody, drawSequence, inSequence, newLevel, newRow, plainEnd, type Sequenced } from './sequence.ts';
import type { Around, Drawn, Escape, Level, Writing } from './writing.ts';

interface Hosting {
  id: string;
  box: Box;
  mark: Element;
  handlers: readonly Handler[];
  /** Jumps out of its inside. */
  escapes: readonly Escape[];
  undo?: Attached;
}

export function host(writing: Writing, around: Around, { id, box: on, mark, handlers, escapes, undo }: Hosting): Drawn {
  const { level, row } = around;
  const hung = handlers.map((handler) =>
    handler.catch === 'compensation' ? undoneBy(writing, level, on, handler) : onBorder(writing, around, on, handler),
  );
  const rows = hung.filter((each) => 'sequenced' in each);
  const attached = [
    ...hung.map((each) => ('sequenced' in each ? { event: each.event, row: each.sequenced.row } : each)),
    ...escapes.map((escape) => escaping(writing, level, on, escape)),
    ...(undo ? [undo] : []),
  ];
  if (attached.length === 0) return { piece: { is: 'box', box: on }, entry: on, exit: on, mark };
  const joining = rows.filter(({ isInstead, sequenced }) => isInstead && sequenced.isOpen);
  if (joining.length === 0) return { piece: { is: 'host', box: on, attached, to: null }, entry: on, exit: on, mark };
  const join = writing.node(level, 'ExclusiveGateway', { id: `${id}-join`, mark: writing.part('join', id) });
  const to = gatewayBox(join);
  writing.flow(level, { from: on, to, row });
  for (const { event, sequenced } of joining)
    writing.flow(level, { from: sequenced.exit ?? event, to, row: sequenced.row });
  return { piece: { is: 'host', box: on, attached, to }, entry: on, exit: to, mark };
}

interface OnBorder {
  event: Box;
  isInstead: boolean;
  sequenced: Sequenced;
}

function onBorder(writing: Writing, around: Around, on: Box, handler: Handler): OnBorder {
  const { level } = around;
  const isInstead = isInterrupting(handler);
  const name = writing.text(handler.title) ?? '';
  const event = boundary(writing, level, on, {
    id: handler.id,
    name,
    mark: writing.mark('Handler', handler),
    eventDefinitions: [caught(writing, handler)],
    ...(isInstead ? {} : { cancelActivity: false }),
  });
  const inside = isInstead ? around : { level, passes: false, together: null };
  const sequenced = drawSequence(writing, handler.steps, inside);
  if (sequenced.entry) writing.flow(level, { from: event, to: sequenced.entry, row: sequenced.row });
  if (!isInstead && sequenced.isOpen) {
    const end = plainEnd(writing, level, handler.id);
    writing.flow(level, { from: sequenced.exit ?? event, to: end, row: sequenced.row });
    sequenced.row.pieces.push({ is: 'box', box: end });
  }
  return { event, isInstead, sequenced };
}

/** What undoes a step, when it is done, is beside all flows. */
function undoneBy(writing: Writing, outer: Level, on: Box, handler: Handler): Attached {
  const { id } = handler;
  const event = boundary(writing, outer, on, {
    id: `${id}-event`,
    mark: writing.part('undo', id),
    eventDefinitions: [caught(writing, handler)],
  });
  const element = writing.node(outer, 'SubProcess', {
    id,
    name: writing.text(handler.title) ?? '',
    mark: writing.mark('Handler', handler),
    isForCompensation: true,
  });
  const level = newLevel(outer);
  const sequenced = drawSequence(writing, handler.steps, { level, passes: false, together: null });
  return associated(writing, outer, event, expanded(element, level, drawBody(writing, { level, id }, sequenced)));
}

/** A compensation event with what it does, which hangs on it by an association: no token goes there. */
export function associated(writing: Writing, level: Level, event: Box, does: Box): Attached {
  const row = newRow();
  row.pieces.push({ is: 'box', box: does });
  const association = writing.create('bpmn:Association', {
    id: writing.ids.claim(`${event.id}--${does.id}`),
    sourceRef: event.element,
    targetRef: does.element,
    associationDirection: 'One',
  });
  level.artifacts.push(association);
  writing.lines.push({ element: association, from: event, to: does, row, label: '' });
  return { event, row };
}

export function boundary(
  writing: Writing,
  level: Level,
  on: Box,
  fields: { id: string; name?: string; mark: Element; eventDefinitions: Element[]; cancelActivity?: boolean },
): Box {
  const element = writing.node(level, 'BoundaryEvent', { attachedToRef: on.element, ...fields });
  return eventBox(element, 'beside');
}

/** A jump out of a sub-process: what it throws is caught on the border, and goes on from there. */
function escaping(writing: Writing, level: Level, on: Box, { step, to, code }: Escape): Attached {
  const event = boundary(writing, level, on, {
    id: `${step}-escape`,
    mark: writing.part('escape', step),
    eventDefinitions: [escalation(writing, code)],
  });
  const name = arrowTo(writing.titleOf(to));
  const fields = {
    id: `${step}-link`,
    name,
    mark: writing.part('escape', step),
    eventDefinitions: [link(writing, to)],
  };
  const goesOn = eventBox(writing.node(level, 'IntermediateThrowEvent', fields));
  const row = newRow();
  row.pieces.push({ is: 'box', box: goesOn });
  writing.flow(level, { from: event, to: goesOn, row });
  return { event, row };
}

/** An event sub-process. */
export function eventSubProcess(writing: Writing, outer: Level, handler: Handler): Box {
  const { id } = handler;
  const level = newLevel(outer);
  const element = writing.node(outer, 'SubProcess', {
    id,
    name: writing.text(handler.title) ?? '',
    mark: writing.mark('Handler', handler),
    triggeredByEvent: true,
  });
  const sequenced = drawSequence(writing, handler.steps, { level, passes: false, together: null });
  const start = {
    eventDefinitions: [caught(writing, handler)],
    ...(isInterrupting(handler) || handler.catch === 'compensation' ? {} : { isInterrupting: false }),
  };
  const body = drawBody(writing, { level, id, start }, sequenced);
  return expanded(element, level, body);
}

/** A sub-process with what is in it. */
export function expanded(element: Element, level: Level, body: Body): Box {
  element.flowElements = level.elements;
  if (level.artifacts.length > 0) element.artifacts = level.artifacts;
  return activityBox(element, body);
}

/** Around a step that BPMN lets have no boundary events. */
export function wrapped(
  writing: Writing,
  step: Step & { on?: Handler[] },
  around: Around,
  draw: (around: Around) => Drawn,
): Drawn {
  const { id, on: handlers = [] } = step;
  if (handlers.length === 0) return draw(around);
  const mark = writing.part('scope', id);
  const element = writing.node(around.level, 'SubProcess', { id: `${id}-scope`, mark });
  const level = newLevel(around.level);
  const sequenced = inSequence(writing, { level, passes: false, together: null }, [{ id: null, draw }]);
  const body = drawBody(writing, { level, id: `${id}-scope` }, sequenced);
  const scope = expanded(element, level, body);
  return host(writing, around, { id, box: scope, mark, handlers, escapes: level.escapes });
}
