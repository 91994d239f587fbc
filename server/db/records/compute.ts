/** Computed fields: FEEL over the record's other fields, written by nobody (protocol.md rule 9). */
import { Decimal } from 'decimal.js';
import { evaluate } from 'feelin';
import { precisionOf } from '../../../forms/columns.ts';
import { isEmpty } from '../../../forms/empty.ts';
import type { CompiledForm, FieldInfo, Values } from '../../../forms/types.ts';
import { AppError } from '../../errors.ts';

/**
 * The values of all computed fields, null where a result is null (an input is empty).
 * @throws AppError invalid_fields with formula_failed: a formula error is never 0 (domain.md G9)
 */
export function computeFields(form: CompiledForm, values: Values): Values {
  const computed = form.fields.filter(({ kind }) => kind === 'computed');
  if (computed.length === 0) return {};
  const context: Values = Object.fromEntries(form.fields.map(({ name }) => [name, values[name] ?? null]));
  const results: Values = {};
  for (const field of computed) {
    results[field.name] = compute(field, context);
    context[field.name] = results[field.name];
  }
  return results;
}

function compute(field: FieldInfo, context: Values): unknown {
  try {
    const { value } = evaluate(field.schema['x-formula'] ?? 'null', context) as { value: unknown };
    return isEmpty(value) ? null : fit(field, value);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new AppError('invalid_fields', 422, {}, [
      { path: `/fields/${field.name}`, code: 'formula_failed', params: { detail } },
    ]);
  }
}

/** One rounding at the end, half up. */
function fit(field: FieldInfo, value: unknown): unknown {
  const result = field.schema['x-result'] ?? 'text';
  if (result === 'text' || result === 'date') return String(value);
  if (typeof value !== (result === 'boolean' ? 'boolean' : 'number')) throw new TypeError(`not a ${result}`);
  if (typeof value !== 'number') return value;
  if (!Number.isFinite(value)) throw new RangeError('too big');
  const { digits, decimals } = precisionOf(field.schema) ?? { digits: 10, decimals: 0 };
  const rounded = new Decimal(value).toDecimalPlaces(decimals, Decimal.ROUND_HALF_UP).toNumber();
  if (Math.abs(rounded) >= 10 ** (digits - decimals)) throw new RangeError('too big');
  return rounded;
}
