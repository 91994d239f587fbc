/** All processes of a BPMN file, each made a flow, or the reasons why not. */
import type { Flow } from '../engine/flow.gen.ts';
import { walk } from '../engine/tree.ts';
import { startName, type Made } from './anybodys.ts';
import { passAll, type Calling } from './calls.ts';
import type { Element } from './element.ts';
import { toGraph, type Graph } from './graph.ts';
import { whyInvalid } from './invalid.ts';
import type { Keys } from './making.ts';
import { read, type Definitions } from './read.ts';
import { Refused, type ImportRefusal } from './refusal.ts';
import { terminateCallers } from './terminate.ts';

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
  calls: Calling[];
}
export type ImportResult = { ok: true; flows: ImportedFlow[] } | { ok: false; refusals: ImportRefusal[] };
export type FileResult = ImportResult & { processes: Element[]; toRefusal: (refused: Refused) => ImportRefusal };

type Make = (process: Element, graph: Graph, keys: Keys) => Made;

export async function flowsOf(xml: string, keys: Keys, make: Make): Promise<FileResult> {
  const refusals: Refused[] = [];
  let lineOf: Definitions['lineOf'] = () => null;
  let processes: Element[] = [];
  const flows: ImportedFlow[] = [];
  try {
    const definitions = await read(xml);
    ({ lineOf, processes } = definitions);
    for (const process of processes) {
      const { flow, refused } = toFlow(process, keys, make);
      flows.push(flow);
      refusals.push(...refused);
    }
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    refusals.push(error);
  }
  const toRefusal = ({ code, element, message, line }: Refused): ImportRefusal => {
    const id = element?.replace(/~.*$/, '') ?? null;
    return { code, element: id, line: line ?? lineOf(id), reason: message };
  };
  if (refusals.length > 0) return { ok: false, processes, toRefusal, refusals: refusals.map(toRefusal) };
  passBetween(flows);
  return { ok: true, flows, processes, toRefusal };
}

/** What calls among these flows pass on, and what ends those who call. */
export function passBetween(flows: ImportedFlow[]): void {
  terminateCallers(flows);
  for (const { calls, fields } of flows)
    passAll(calls, fields, (key) => flows.find(({ flow }) => flow.key === key)?.fields);
}

/** Names that steps done for each item give it: no fields of the record, though what is in them reads them alike. */
function itemsOf(flow: Flow): Set<string> {
  return new Set([...walk(flow)].flatMap(({ step }) => (step.kind === 'forEach' ? [step.as] : [])));
}

function toFlow(process: Element, keys: Keys, make: Make): { flow: ImportedFlow; refused: Refused[] } {
  const graph = toGraph(process);
  const starts = graph.starts.map((start) => ({ element: start.id, event: start.event, name: startName(keys, start) }));
  const id = process.id ?? 'process';
  const { flow, making } = make(process, graph, keys);
  const { elements, fields, calls } = making;
  const refused =
    making.refusals.length > 0 ? making.refusals : [whyInvalid(flow, { elements, process: id }) ?? []].flat();
  const items = refused.length > 0 ? new Set() : itemsOf(flow);
  const own = [...fields].filter((field) => !items.has(field));
  const isExecutable = process.isExecutable !== false;
  return { flow: { flow, process: id, isExecutable, elements, starts, fields: own, calls }, refused };
}
