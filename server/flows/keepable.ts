/** Extensions in a BPMN file hold JSON of anybody's, and JSON may hold what no draft is kept with. */
import { isStorable } from '../security/bodies.ts';

const deepest = 1_000;

/** Why a definition cannot be kept; null: it can. Walks with a list of its own, whatever the depth. */
export function whyNotKept(definition: object): string | null {
  const open: { value: unknown; depth: number }[] = [{ value: definition, depth: 0 }];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const { value, depth } = place;
    if (typeof value === 'string' && !isStorable(value)) return 'the extension holds a character that there is not';
    if (typeof value !== 'object' || value === null) continue;
    if (depth >= deepest) return `the extension is nested deeper than ${deepest}`;
    for (const [name, inside] of Object.entries(value))
      open.push({ value: name, depth }, { value: inside, depth: depth + 1 });
  }
  return null;
}
