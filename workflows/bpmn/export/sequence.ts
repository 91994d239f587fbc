/** Sequences, branches and sub-processes: how steps are connected, whatever kind they are. */
import type { Sequence, Step } from '../../engine/flow.gen.ts';
import type { Element } from '../element.ts';
import { arrowTo } from '../words.ts';
import { eventBox, gatewayBox, type Body, type Box, type Row } from './drawing.ts';
import { link } from './events.ts';
import type { Around, Drawn, Level, Writing } from './writing.ts';

export interface Sequenced {
  row: Row;
  /** Null: it is empty. */
  entry: Box | null;
  exit: Box | null;
  /** Whether something comes to its end. */
  isOpen: boolean;
}

export function newLevel(parent: Level | null): Level {
  return { parent, elements: [], artifacts: [], escapes: [] };
}
export function newRow(): Row {
  return { pieces: [], y: 0 };
}

/** One after another; each knows whether it is the last. */
export function inSequence(
  writing: Writing,
  around: Omit<Around, 'row'>,
  drawers: { id: string | null; draw: (around: Around) => Drawn }[],
): Sequenced {
  const row = newRow();
  const { level } = around;
  let entry: Box | null = null;
  let last: Drawn | null = null;
  for (const [index, { id, draw }] of drawers.entries()) {
    const isLast = index === drawers.length - 1;
    const drawn = draw({ ...around, row, passes: around.passes && isLast });
    const arrived = withArrival(writing, level, { drawn, id, row });
    row.pieces.push(drawn.piece);
    if (last) goOn(writing, level, { last, to: arrived, row });
    entry ??= arrived;
    last = drawn;
  }
  return sequenced(row, entry, last);
}

function sequenced(row: Row, entry: Box | null, last: Drawn | null): Sequenced {
  const exit = last?.exit ?? null;
  return { row, entry, exit, isOpen: last === null || exit !== null };
}

/** Where no flow goes on, what comes next is only jumped to: that it stands here is noted. */
function goOn(writing: Writing, level: Level, { last, to, row }: { last: Drawn; to: Box; row: Row }): void {
  if (last.exit) writing.flow(level, { from: last.exit, to, row });
  else last.mark.then = to.id;
}

export function drawSequence(writing: Writing, steps: Sequence, around: Omit<Around, 'row'>): Sequenced {
  // A jump within may lead to any of them.
  for (const { id } of steps) writing.levels.set(id, around.level);
  const drawers = steps.map((step: Step) => ({
    id: step.id,
    draw: (inside: Around) => writing.draw(writing, step, inside),
  }));
  return inSequence(writing, around, drawers);
}

/** Where jumps arrive. A gateway that splits would wait for them, or join them: another lets them in before it. */
function withArrival(writing: Writing, level: Level, at: { drawn: Drawn; id: string | null; row: Row }): Box {
  const { drawn, id, row } = at;
  if (id === null || !writing.targets.has(id)) return drawn.entry;
  const name = arrowTo(writing.titleOf(id));
  const fields = { id: `${id}-target`, name, mark: writing.part('target', id), eventDefinitions: [link(writing, id)] };
  const event = writing.node(level, 'IntermediateCatchEvent', fields);
  const arrival = eventBox(event, 'above');
  const isGateway = drawn.entry.element.$type.endsWith('Gateway');
  const entry = isGateway ? mergeBefore(writing, level, { drawn, id, row }) : drawn.entry;
  entry.over = arrival;
  writing.flow(level, { from: arrival, to: entry, row: null });
  return entry;
}

function mergeBefore(writing: Writing, level: Level, at: { drawn: Drawn; id: string; row: Row }): Box {
  const { drawn, id, row } = at;
  const element = writing.node(level, 'ExclusiveGateway', { id: `${id}-merge`, mark: writing.part('merge', id) });
  const merge = gatewayBox(element);
  row.pieces.push({ is: 'box', box: merge });
  writing.flow(level, { from: merge, to: drawn.entry, row });
  return merge;
}

export interface Branch {
  sequenced: Sequenced;
  /** Of the flow that leads to it. */
  fields: { name?: string; mark?: Element; conditionExpression?: Element };
  isDefault?: boolean;
}

/** Branches between a gateway and where they come together. */
export function drawFork(
  writing: Writing,
  { level }: Pick<Around, 'level'>,
  fork: { from: Box; mark: Element; branches: Branch[]; join: () => Element },
): Drawn {
  const { from, mark, branches, join } = fork;
  const to = branches.some(({ sequenced }) => sequenced.isOpen) ? gatewayBox(join()) : null;
  for (const { sequenced, fields, isDefault } of branches) {
    const target = sequenced.entry ?? to;
    if (!target) continue;
    const flow = writing.flow(level, { from, to: target, row: sequenced.row }, fields);
    if (isDefault) from.element.default = flow;
  }
  for (const { sequenced } of branches)
    if (to && sequenced.exit) writing.flow(level, { from: sequenced.exit, to, row: sequenced.row });
  const rows = branches.map(({ sequenced: { row }, fields }) => ({ row, label: fields.name ?? '' }));
  return { piece: { is: 'fork', from, rows, to }, entry: from, exit: to, mark };
}

/** The inside of a sub-process: from a start event to an end event, where something comes to it. */
export function drawBody(
  writing: Writing,
  { level, id, start = {} }: { level: Level; id: string; start?: object },
  sequenced: Sequenced,
): Body {
  const { row } = sequenced;
  const element = writing.node(level, 'StartEvent', { id: `${id}-start`, mark: writing.part('start'), ...start });
  const from = eventBox(element);
  const end = sequenced.isOpen ? plainEnd(writing, level, id) : null;
  const first = sequenced.entry ?? end;
  if (first) writing.flow(level, { from, to: first, row });
  if (end && sequenced.exit) writing.flow(level, { from: sequenced.exit, to: end, row });
  row.pieces.unshift({ is: 'box', box: from });
  if (end) row.pieces.push({ is: 'box', box: end });
  return { row, below: [] };
}

export function plainEnd(writing: Writing, level: Level, id: string): Box {
  return eventBox(writing.node(level, 'EndEvent', { id: `${id}-end`, mark: writing.part('end') }));
}
