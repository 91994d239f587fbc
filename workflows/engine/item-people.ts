/** People that the fields and the handlers of steps name, inside a forEach those of the item there. */
import type { Compiled } from './compile.ts';
import { isRow, itemLocals, placeKey } from './items.ts';
import type { State } from './state.ts';
import { whoHandled } from './tree.ts';
import type { Json, PersonId, Place, StepId } from './types.ts';

/** Who completed a step last: inside a forEach for the item there; from elsewhere, or before it was done there, for whichever was last. */
export function handledBy(compiled: Compiled, state: State, { item }: Place, step: StepId): PersonId | null {
  return whoHandled(state, placeKey(compiled, { step, item })) ?? whoHandled(state, step);
}

/** A field, or of an item itself or one of its columns. */
export function fieldAt(compiled: Compiled, state: State, place: Place, field: string): Json {
  const [name = '', column] = field.split('.');
  const local = itemLocals(compiled, state, place, [name])[name];
  if (local === undefined) return Object.hasOwn(state.vars, field) ? (state.vars[field] ?? null) : null;
  if (column === undefined) return local.value;
  return isRow(local.value) ? (local.value[column] ?? null) : null;
}
