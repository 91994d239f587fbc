/** Which columns a field has: the typed side of a form type (design.md section 3, domain.md G1). */
import { literal, quote, toColumn } from './names.ts';
import type { Choice, Column, ComputedKind, FieldKind, FieldSchema, RowSchema } from './types.ts';

type SimpleKind = Exclude<FieldKind, 'number' | 'choice' | 'manyChoice' | 'location' | 'table' | 'computed'>;

const types: Record<SimpleKind, string> = {
  text: 'text',
  longText: 'text',
  autoNumber: 'text',
  integer: 'integer',
  money: 'numeric(14,2)',
  date: 'date',
  dateTime: 'timestamptz',
  duration: 'interval',
  boolean: 'boolean',
  person: 'uuid',
  party: 'uuid',
  department: 'uuid',
  ref: 'uuid',
  signature: 'uuid',
  files: 'uuid[]',
};

const defaultDecimals = 4;
const defaultDigits = 15;

/** Digits before and after the point of a number or an amount; null for other kinds. */
export function precisionOf(schema: FieldSchema): { digits: number; decimals: number } | null {
  const kind = schema['x-field'] === 'computed' ? schema['x-result'] : schema['x-field'];
  if (kind === 'money') return { digits: 14, decimals: 2 };
  if (kind !== 'number') return null;
  return { digits: schema['x-digits'] ?? defaultDigits, decimals: schema['x-decimals'] ?? defaultDecimals };
}

export function columnsOf(name: string, schema: FieldSchema): Column[] {
  const column = toColumn(name);
  const kind = schema['x-field'];
  switch (kind) {
    case 'table':
      return [];
    case 'location':
      return [
        { name: `${column}_lng`, type: 'numeric(9,6)' },
        { name: `${column}_lat`, type: 'numeric(8,6)' },
        { name: `${column}_address`, type: 'text' },
      ];
    case 'choice':
      return [{ name: column, type: 'text', check: `${quote(column)} in (${codes(schema.oneOf ?? [])})` }];
    case 'manyChoice':
      return [
        { name: column, type: 'text[]', check: `${quote(column)} <@ array[${codes(itemChoices(schema))}]::text[]` },
      ];
    case 'number':
      return [{ name: column, type: numeric(schema) }];
    case 'computed':
      return [{ name: column, type: computedType(schema) }];
    default:
      return [{ name: column, type: types[kind] }];
  }
}

/** The choices of a choice or many-choice field; none for other kinds. */
export function choicesOf(schema: FieldSchema): Choice[] {
  return schema.oneOf ?? itemChoices(schema);
}

/** The fields of a sub-table's rows; none for other kinds. */
export function rowFields(schema: FieldSchema): Record<string, FieldSchema> {
  return schema['x-field'] === 'table' ? (schema.items as RowSchema).properties : {};
}

function itemChoices(schema: FieldSchema): Choice[] {
  return schema['x-field'] === 'manyChoice' ? (schema.items as { oneOf: Choice[] }).oneOf : [];
}

function computedType(schema: FieldSchema): string {
  const result: ComputedKind = schema['x-result'] ?? 'text';
  return result === 'number' ? numeric(schema) : types[result];
}

function numeric(schema: FieldSchema): string {
  const { digits, decimals } = precisionOf(schema) ?? { digits: defaultDigits, decimals: defaultDecimals };
  return `numeric(${digits},${decimals})`;
}

function codes(choices: Choice[]): string {
  return choices.map((choice) => literal(choice.const)).join(', ');
}
