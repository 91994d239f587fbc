/** Copies of a state. */
import type { Each, Frame, State } from './state.ts';

/**
 * One copy an event: `step` changes the copy and leaves its argument alone. What only grows, or is never changed in place, is shared: the
 * trail's entries, values of fields, and the items of a forEach, of which there may be thousands.
 */
export function cloneState({ vars, root, trail, ...rest }: State): State {
  return { ...copy(rest), vars: { ...vars }, root: root && cloneFrame(root), trail: [...trail] };
}

function cloneFrame({ children, each, ...rest }: Frame): Frame {
  return { ...copy(rest), children: children.map(cloneFrame), each: each && cloneEach(each) };
}

function cloneEach({ keys, values, ...rest }: Each): Each {
  return { ...copy(rest), keys, values };
}

/** JSON only: no cycle, no object with a class. */
function copy<T>(value: T): T {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(copy) as T;
  const result: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) if (inner !== undefined) result[name] = copy(inner);
  return result as T;
}
