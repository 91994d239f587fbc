/** The flow as a whole: its process, what begins it, and what may happen meanwhile. */
import type { Flow, Starter } from '../../engine/flow.gen.ts';
import type { Element } from '../element.ts';
import { oneLine, say } from '../words.ts';
import { eventBox, gatewayBox, type Body, type Box, type Piece } from './drawing.ts';
import { message } from './events.ts';
import { eventSubProcess } from './host.ts';
import { drawSequence, newLevel, newRow, plainEnd } from './sequence.ts';
import { processId, type Level, type Writing } from './writing.ts';

export function drawProcess(writing: Writing, flow: Flow): { process: Element; body: Body } {
  const { language } = writing;
  const level = newLevel(null);
  const process = writing.create('bpmn:Process', {
    id: writing.ids.claim(processId(flow.key)),
    name: oneLine(say('title', flow, language) ?? flow.key),
    isExecutable: true,
    extensionElements: writing.extension(writing.mark('Flow', flow, { language })),
    ...writing.documentation(say('guide', flow, language)),
    flowElements: level.elements,
  });
  // Its id is taken before any step can ask for it.
  const { piece, exit } = starts(writing, level, flow);
  const sequenced = drawSequence(writing, flow.steps, { level, passes: false, together: null });
  const { row } = sequenced;
  const end = sequenced.isOpen ? plainEnd(writing, level, 'Flow') : null;
  const first = sequenced.entry ?? end;
  if (first) writing.flow(level, { from: exit, to: first, row });
  if (end && sequenced.exit) writing.flow(level, { from: sequenced.exit, to: end, row });
  row.pieces.unshift(piece);
  if (end) row.pieces.push({ is: 'box', box: end });
  const below = (flow.on ?? []).map((handler) => eventSubProcess(writing, level, handler));
  if (level.artifacts.length > 0) process.artifacts = level.artifacts;
  return { process, body: { row, below } };
}

/** People begin it; what else does comes in beside. */
function starts(writing: Writing, level: Level, flow: Flow): { piece: Piece; exit: Box } {
  const people = startEvent(writing, level, { id: 'Flow-start', name: writing.text(flow.start.label) ?? '' });
  const others = (flow.start.on ?? []).map((starter) =>
    startEvent(writing, level, {
      id: `Flow-start-${starter.id}`,
      name: starter.id,
      eventDefinitions: [begun(writing, starter)],
    }),
  );
  if (others.length === 0) return { piece: { is: 'box', box: people }, exit: people };
  const element = writing.node(level, 'ExclusiveGateway', { id: 'Flow-begin', mark: writing.part('merge') });
  const to = gatewayBox(element);
  const rows = [people, ...others].map((event) => {
    const row = newRow();
    row.pieces.push({ is: 'box', box: event });
    writing.flow(level, { from: event, to, row });
    return { row, label: '' };
  });
  return { piece: { is: 'fork', from: null, rows, to }, exit: to };
}

function startEvent(
  writing: Writing,
  level: Level,
  fields: { id: string; name: string; eventDefinitions?: Element[] },
): Box {
  const element = writing.node(level, 'StartEvent', { mark: writing.part('start'), ...fields });
  return eventBox(element);
}

function begun(writing: Writing, starter: Starter): Element {
  switch (starter.by) {
    case 'message':
      return message(writing, starter.name);
    case 'schedule':
      return writing.create('bpmn:TimerEventDefinition', { timeCycle: writing.expression(starter.rrule, false) });
    case 'record':
      return writing.create('bpmn:ConditionalEventDefinition', {
        condition: writing.expression(starter.when ?? 'true'),
      });
  }
}
