// Pure: the foot of a sub-table. Amounts of rows are added up, prices and quantities of one are not.
import type { FieldModel, Values } from './types.ts';

const amounts = new Set(['money', 'number', 'integer']);

/** Columns with a sum: what each row computes as an amount; where no row computes one, plain money. */
export function summedColumns(columns: readonly FieldModel[]): FieldModel[] {
  const computed = columns.filter(({ kind, schema }) => kind === 'computed' && amounts.has(schema['x-result'] ?? ''));
  return computed.length > 0 ? computed : columns.filter(({ kind }) => kind === 'money');
}

const MILLIONTHS = 1_000_000;

/** Added as whole millionths, so that cents stay cents. Rows without the amount count nothing. */
export function sumOf(rows: readonly Values[], name: string): number {
  const sum = rows.reduce((total, row) => {
    const amount = Number(row[name] ?? 0);
    return Number.isFinite(amount) ? total + Math.round(amount * MILLIONTHS) : total;
  }, 0);
  return sum / MILLIONTHS;
}
