// Which fields are shown now. The FEEL evaluator is the engine's own; it is large, so it is fetched only by a form that has a
// condition, and until it is here a conditional field that is filled stays shown.
import { isEmpty } from './values.ts';
import type { FormModel, Values } from './types.ts';

/** Answers whether a condition holds. An expression that fails hides nothing: asking too much is better than losing a field. */
export type Evaluate = (expression: string, values: Values) => boolean;

export function hasConditions(model: FormModel): boolean {
  return model.fields.some((field) => field.showWhen !== null);
}

export function shownFields(model: FormModel, values: Values, evaluate: Evaluate | null): Set<string> {
  const shown = model.fields.filter(({ showWhen, name }) => {
    if (showWhen === null) return true;
    return evaluate ? evaluate(showWhen, values) : !isEmpty(values[name]);
  });
  return new Set(shown.map((field) => field.name));
}
