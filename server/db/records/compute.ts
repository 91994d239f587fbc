/**
 * Computed fields: FEEL over the record's other fields, written by nobody (protocol.md rule 9), evaluated as the engine does: bounded by
 * counted operations, never by a clock (rule 18). Rows of sub-tables compute from their own row.
 */
import { Decimal } from 'decimal.js';
import { precisionOf } from '../../../forms/columns.ts';
import { isEmpty } from '../../../forms/empty.ts';
import type { FieldInfo, Values } from '../../../forms/types.ts';
import type { Evaluation, Scope } from '../../../workflows/engine/feel.ts';
import { computeFormulas, type FormulaFailure } from '../../../workflows/engine/formulas.ts';
import type { Json } from '../../../workflows/engine/types.ts';
import { AppError, type FieldError } from '../../errors.ts';
import { prepareFormulas, valueTypesOf, type Formulas } from './formulas.ts';

type Fields = readonly FieldInfo[];

const prepared = new WeakMap<Fields, Formulas>();

/**
 * The values of all computed fields, null where a result is null (an input is empty). Pointers start with `base`.
 * @throws AppError invalid_fields with formula_failed: a formula error is never 0 (domain.md G9); formula_limit: it asks for too much
 */
export function computeFields(fields: Fields, values: Values, base = '/fields'): Values {
  const computed = fields.filter(({ kind }) => kind === 'computed');
  if (computed.length === 0) return {};
  const { prepared: formulas, problems } = known(fields);
  const [problem] = problems;
  if (problem !== undefined) throw invalid({ path: base, code: problem.code, params: { at: problem.path } });
  const scope = scopeOf(fields, values);
  const results: Values = {};
  for (const field of computed) {
    const failed = computeFormulas(formulas, [field.name], scope);
    if (failed) throw invalid(toError(base, failed));
    results[field.name] = fitted(field, scope.vars[field.name], base);
  }
  return results;
}

/** The values with the computed fields of the rows of their sub-tables, whatever the rows came with. */
export function computeRows(fields: Fields, values: Values): Values {
  const tables = fields.filter(
    ({ name, rows }) => Array.isArray(values[name]) && rows.some(({ kind }) => kind === 'computed'),
  );
  const filled = tables.map(({ name, rows }) => {
    const given = values[name] as Values[];
    return [name, given.map((row, i) => ({ ...row, ...computeFields(rows, row, `/fields/${name}/${i}`) }))] as const;
  });
  return { ...values, ...Object.fromEntries(filled) };
}

function known(fields: Fields): Formulas {
  const formulas = prepared.get(fields) ?? prepareFormulas(fields, '');
  prepared.set(fields, formulas);
  return formulas;
}

/** A formula reads no clock, no outcomes and no person but its fields': `prepareFormulas` has seen to it. */
function scopeOf(fields: Fields, values: Values): Scope {
  const vars = Object.fromEntries(fields.map(({ name }) => [name, (values[name] ?? null) as Json]));
  return { vars, types: valueTypesOf(fields), outcomes: {}, initiator: null, now: 0, zone: 'UTC' };
}

const codes: Record<Extract<Evaluation, { ok: false }>['code'], string> = {
  expression_limit: 'formula_limit',
  expression_failed: 'formula_failed',
  expression_not_boolean: 'formula_failed',
};

function toError(base: string, { field, code, message }: FormulaFailure): FieldError {
  return { path: `${base}/${field}`, code: codes[code], params: { detail: message } };
}

function fitted(field: FieldInfo, value: unknown, base: string): unknown {
  try {
    return isEmpty(value) ? null : fit(field, value);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw invalid({ path: `${base}/${field.name}`, code: 'formula_failed', params: { detail } });
  }
}

function invalid(error: FieldError): AppError {
  return new AppError('invalid_fields', 422, {}, [error]);
}

function fit(field: FieldInfo, value: unknown): unknown {
  const result = field.schema['x-result'] ?? 'text';
  if (result === 'text' || result === 'date') return typeof value === 'string' ? value : JSON.stringify(value);
  if (typeof value !== (result === 'boolean' ? 'boolean' : 'number')) throw new TypeError(`not a ${result}`);
  return typeof value === 'number' ? round(field, value) : value;
}

/** One rounding at the end, half up. */
function round({ schema }: FieldInfo, value: number): number {
  if (!Number.isFinite(value)) throw new RangeError('too big');
  const { digits, decimals } = precisionOf(schema) ?? { digits: 10, decimals: 0 };
  const rounded = new Decimal(value).toDecimalPlaces(decimals, Decimal.ROUND_HALF_UP).toNumber();
  if (Math.abs(rounded) >= 10 ** (digits - decimals)) throw new RangeError('too big');
  return rounded;
}
