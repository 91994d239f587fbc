/** BPMN 2.0 XML as flows of the language: all processes of a file, or the reasons why not. */
import type { Flow, Starter } from '../engine/flow.gen.ts';
import { ANY_KEY, referenceName } from './catching.ts';
import { textIn, type Element } from './element.ts';
import { handlersWithin } from './elements.ts';
import { toGraph, type Graph, type Node } from './graph.ts';
import { Keys, type Making } from './making.ts';
import { Names, toKey } from './names.ts';
import { read } from './read.ts';
import { Refused, type ImportRefusal } from './refusal.ts';
import { toSequence } from './steps.ts';

export interface ImportedFlow {
  flow: Flow;
  /** Id of the process. */
  process: string;
  isExecutable: boolean;
  /** Id of a step or a handler, of a race's branch `<step>/<index>` → id of the BPMN element. */
  elements: Record<string, string>;
  /** What begins it. */
  starts: { element: string; event: string | null; name: string | null }[];
  /** Fields of the record that its expressions read. */
  fields: string[];
}
export type ImportResult = { ok: true; flows: ImportedFlow[] } | { ok: false; refusals: ImportRefusal[] };

/** `keys`: names of messages and signals that files share. */
export async function importBpmn(xml: string, keys = new Keys()): Promise<ImportResult> {
  const refusals: Refused[] = [];
  let lineOf: (id: string | null) => number | null = () => null;
  const flows: ImportedFlow[] = [];
  try {
    const definitions = await read(xml);
    lineOf = definitions.lineOf;
    for (const process of definitions.processes) {
      const made = toFlow(process, keys);
      flows.push(made.flow);
      refusals.push(...made.refusals);
    }
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    refusals.push(error);
  }
  if (refusals.length === 0) return { ok: true, flows };
  return {
    ok: false,
    refusals: refusals.map(({ code, element, message }) => {
      const id = element?.replace(/~.*$/, '') ?? null;
      return { code, element: id, line: lineOf(id), reason: message };
    }),
  };
}

function toFlow(process: Element, keys: Keys): { flow: ImportedFlow; refusals: Refused[] } {
  const names = new Names();
  const making: Making = {
    names,
    elements: {},
    fields: new Set(),
    keys,
    refusals: [],
    waited: new Set(),
    aside: 0,
    terminated: new Set(),
    count: 0,
  };
  const graph = toGraph(process);
  const steps = toSequence(making, graph, entryOf(graph));
  const on = handlersWithin(making, graph, (inner) => toSequence(making, inner));
  const id = process.id ?? 'process';
  const key = toKey(id, 'process');
  const name = textIn(process, 'name') ?? id;
  const starters = graph.starts.flatMap((start) => starterOf(making, start));
  const flow: Flow = {
    key,
    title: { 'zh-CN': name, en: name },
    form: key,
    start: { who: ['staff'], fields: {}, ...(starters.length > 0 ? { on: starters } : {}) },
    steps,
    ...(on.length > 0 ? { on } : {}),
  };
  const starts = graph.starts.map((start) => ({ element: start.id, event: start.event, name: startName(start) }));
  const { elements, fields } = making;
  const isExecutable = process.isExecutable !== false;
  return {
    flow: { flow, process: id, isExecutable, elements, starts, fields: [...fields] },
    refusals: making.refusals,
  };
}

function startName(start: Node): string | null {
  if (start.event === 'message') return referenceName(start, 'messageRef');
  return start.event === 'signal' ? referenceName(start, 'signalRef') : null;
}

function starterOf({ keys }: Making, start: Node): Starter[] {
  if (start.event !== 'message') return [];
  const name = keys.of('message', referenceName(start, 'messageRef'));
  return [{ id: toKey(start.id, 'message'), by: 'message', name, fields: {}, initiator: { rule: 'system' } }];
}

/** Which of several start events began it. */
export const STARTED_BY = 'startedBy';

/** Of several start events the one that began the case is gone on from: a choice. */
function entryOf({ starts, owner }: Graph): Node | undefined {
  const [first] = starts;
  if (starts.length < 2 || !first) return first;
  const choice: Node = {
    id: `${owner.id ?? 'process'}~start`,
    type: 'exclusiveGateway',
    element: owner,
    event: null,
    definition: null,
    incoming: [],
    outgoing: [],
    boundary: [],
    compensation: null,
    inner: null,
  };
  const plain = starts.find(({ event }) => event === null) ?? first;
  for (const target of starts) {
    const condition = target === plain ? null : `\${${STARTED_BY} == '${target.id}'}`;
    const edge = {
      id: `${target.id}~`,
      name: textIn(target.element, 'name'),
      source: choice,
      target,
      condition,
      isDefault: target === plain,
    };
    choice.outgoing.push(edge);
    target.incoming.push(edge);
  }
  return choice;
}

export { ANY_KEY };
