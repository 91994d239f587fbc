/** BPMN 2.0 XML as flows of the language: all processes of a file, or the reasons why not. */
import { anybodys, newMaking, type Made } from './anybodys.ts';
import type { Element } from './element.ts';
import { flowsOf, type ImportResult } from './file.ts';
import type { Graph } from './graph.ts';
import { whyInvalid } from './invalid.ts';
import { Keys } from './making.ts';
import { ownFlow } from './own/flow.ts';
import { restored } from './own/restore.ts';
import { remembered } from './source/read.ts';

export { passBetween, type ImportedFlow, type ImportResult } from './file.ts';

/** `keys`: names of messages and signals that files share. */
export async function importBpmn(xml: string, keys = new Keys()): Promise<ImportResult> {
  const result = await flowsOf(xml, keys, made);
  if (!result.ok) return { ok: false, refusals: result.refusals };
  for (const [index, imported] of result.flows.entries()) {
    const process = result.processes[index];
    if (process) imported.flow = await remembered(xml, process, imported.flow);
  }
  const refusals = result.flows.flatMap((imported) => whyInvalid(imported.flow, imported) ?? []);
  return refusals.length > 0
    ? { ok: false, refusals: refusals.map(result.toRefusal) }
    : { ok: true, flows: result.flows };
}

/** An export of ours, one that somebody has rebuilt, or a process of anybody's. */
function made(process: Element, graph: Graph, keys: Keys): Made {
  const making = newMaking(keys);
  const own = ownFlow(making, process, graph);
  if (own) return { flow: own, making };
  const taken = anybodys(process, graph, keys);
  return { flow: restored(taken.flow, process, taken.making.elements), making: taken.making };
}
