/** The last resort: what came in is a flow of the language, or is refused with the element that made it none. */
import type { Flow } from '../engine/flow.gen.ts';
import type { ImportedFlow } from './file.ts';
import { Refused } from './refusal.ts';
import { faultIn } from './source/valid.ts';

/** Null: it is a flow. */
export function whyInvalid(
  flow: Flow,
  { elements, process }: Pick<ImportedFlow, 'elements' | 'process'>,
): Refused | null {
  const fault = faultIn(flow);
  return fault && new Refused('flow_invalid', elementAt(flow, elements, fault.path) ?? process, fault.says);
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
