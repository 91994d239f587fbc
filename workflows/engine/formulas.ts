/** Computes a form's formulas from their inputs, each with the formulas it reads first: the engine and the server compute alike (rule 9). */
import { Decimal } from 'decimal.js';
import { evaluateFeel, type Evaluation, type Scope } from './feel.ts';
import type { Prepared } from './feel-syntax.ts';
import type { Json, ValueType } from './types.ts';

export type FormulaFailure = Extract<Evaluation, { ok: false }> & { field: string };

/**
 * Puts the value of every formula among `names` into `scope.vars`, rounded as the table keeps it. A formula that reads itself sees no value;
 * publishing refused it.
 */
export function computeFormulas(
  formulas: ReadonlyMap<string, Prepared>,
  names: readonly string[],
  scope: Scope,
  above: readonly string[] = [],
): FormulaFailure | null {
  for (const name of names) {
    const formula = formulas.get(name);
    if (!formula || above.includes(name)) continue;
    const failed = computeFormulas(formulas, formula.names, scope, [...above, name]);
    if (failed) return failed;
    const result = evaluateFeel(formula, scope);
    if (!result.ok) return { ...result, field: name };
    scope.vars[name] = kept(result.value, scope.types[name]);
  }
  return null;
}

/** Amounts to whole cents, half up. */
function kept(value: unknown, type: ValueType | undefined): Json {
  if (type === 'money' && typeof value === 'number' && Number.isFinite(value))
    return new Decimal(value).toDecimalPlaces(2, Decimal.ROUND_HALF_UP).toNumber();
  return value === undefined ? null : (JSON.parse(JSON.stringify(value)) as Json);
}
