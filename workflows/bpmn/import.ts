/** BPMN 2.0 XML as flows of the language: all processes of a file, or the reasons why not. */
import type { Flow } from '../engine/flow.gen.ts';
import { anybodys, newMaking, type Made } from './anybodys.ts';
import type { Element } from './element.ts';
import { flowsOf, type ImportedFlow, type ImportResult } from './file.ts';
import type { Graph } from './graph.ts';
import { Keys } from './making.ts';
import { ownFlow } from './own/flow.ts';
import { restored } from './own/restore.ts';
import type { ImportRefusal } from './refusal.ts';
import { remembered } from './source/read.ts';
import { faultIn } from './source/valid.ts';

export { passBetween, type ImportedFlow, type ImportResult } from './file.ts';

/** `keys`: names of messages and signals that files share. */
export async function importBpmn(xml: string, keys = new Keys()): Promise<ImportResult> {
  const result = await flowsOf(xml, keys, made);
  if (!result.ok) return { ok: false, refusals: result.refusals };
  for (const [index, imported] of result.flows.entries()) {
    const process = result.processes[index];
    if (process) imported.flow = await remembered(xml, process, imported.flow);
  }
  const refusals = result.flows.flatMap((imported) => whyNone(imported, result.lineOf));
  return refusals.length > 0 ? { ok: false, refusals } : { ok: true, flows: result.flows };
}

/** The last resort: whatever came in is a flow of the language, or is refused. */
function whyNone({ flow, elements, process }: ImportedFlow, lineOf: (id: string) => number | null): ImportRefusal[] {
  const fault = faultIn(flow);
  if (!fault) return [];
  const element = elementAt(flow, elements, fault.path) ?? process;
  return [{ code: 'flow_invalid', element, line: lineOf(element), reason: fault.says }];
}

/** The element that the innermost step or handler on a path was made of. */
function elementAt(flow: Flow, elements: ImportedFlow['elements'], path: string[]): string | undefined {
  let [value, found]: [unknown, string | undefined] = [flow, undefined];
  for (const name of path) {
    value = (value as Record<string, unknown> | null)?.[name];
    const id = typeof value === 'object' && value !== null && 'id' in value ? String(value.id) : '';
    if (Object.hasOwn(elements, id)) found = elements[id];
  }
  return found;
}

/** An export of ours, one that somebody has rebuilt, or a process of anybody's. */
function made(process: Element, graph: Graph, keys: Keys): Made {
  const making = newMaking(keys);
  const own = ownFlow(making, process, graph);
  if (own) return { flow: own, making };
  const taken = anybodys(process, graph, keys);
  return { flow: restored(taken.flow, process, taken.making.elements), making: taken.making };
}
