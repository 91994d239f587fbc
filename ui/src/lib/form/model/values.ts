// What counts as empty, and what is sent. Absent, null, '' and [] all mean empty (forms/types.ts).
import { isEmpty, withoutEmpty } from '../../../../../forms/empty.ts';
import type { FieldModel, FormModel, Values } from './types.ts';

export { isEmpty };

/**
 * The fields a step may write and now shows, for `complete` and `start`. An emptied field is sent as null: leaving it out
 * would keep the old value.
 */
export function valuesToSend(model: FormModel, values: Values, shown: ReadonlySet<string>): Values {
  const fields = model.fields.filter((field) => field.access === 'edit' && shown.has(field.name));
  return Object.fromEntries(
    fields.filter((field) => field.name in values).map((field) => [field.name, toSend(field, values[field.name])]),
  );
}

function toSend(field: FieldModel, value: unknown): unknown {
  if (isEmpty(value)) return null;
  if (field.kind !== 'table') return value;
  return (value as Values[]).map((row) => withoutEmpty(row));
}

/** Equal as JSON; a field that was touched and put back is not a change. */
export function isSame(left: unknown, right: unknown): boolean {
  return (isEmpty(left) && isEmpty(right)) || JSON.stringify(left) === JSON.stringify(right);
}
