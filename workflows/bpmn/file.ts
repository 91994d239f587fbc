/** All processes of a BPMN file, each made a flow, or the reasons why not. */
import type { Flow } from '../engine/flow.gen.ts';
import { startName, type Made } from './anybodys.ts';
import { passAll, type Calling } from './calls.ts';
import type { Element } from './element.ts';
import { toGraph, type Graph } from './graph.ts';
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
export type FileResult = ImportResult & { processes: Element[]; lineOf: Definitions['lineOf'] };

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
  if (refusals.length === 0) {
    passBetween(flows);
    return { ok: true, flows, processes, lineOf };
  }
  return {
    ok: false,
    processes,
    lineOf,
    refusals: refusals.map(({ code, element, message, line }) => {
      const id = element?.replace(/~.*$/, '') ?? null;
      return { code, element: id, line: line ?? lineOf(id), reason: message };
    }),
  };
}

/** What calls among these flows pass on, and what ends those who call. */
export function passBetween(flows: ImportedFlow[]): void {
  terminateCallers(flows);
  for (const { calls, fields } of flows)
    passAll(calls, fields, (key) => flows.find(({ flow }) => flow.key === key)?.fields);
}

function toFlow(process: Element, keys: Keys, make: Make): { flow: ImportedFlow; refused: Refused[] } {
  const graph = toGraph(process);
  const starts = graph.starts.map((start) => ({ element: start.id, event: start.event, name: startName(keys, start) }));
  const id = process.id ?? 'process';
  const { flow, making } = make(process, graph, keys);
  const { elements, fields, calls, refusals: refused } = making;
  const isExecutable = process.isExecutable !== false;
  return { flow: { flow, process: id, isExecutable, elements, starts, fields: [...fields], calls }, refused };
}
