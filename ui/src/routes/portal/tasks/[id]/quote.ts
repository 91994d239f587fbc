// Pure: a quotation among what an owner is asked to look at: a section of the form with priced lines and what they come to.
import { summedColumns, sumOf } from '#lib/form/model/sums.ts';
import type { FieldModel, FormModel, Layout, Values } from '#lib/form/model/types.ts';
import { isEmpty } from '#lib/form/model/values.ts';

export interface QuoteLine {
  /** What it is: its first column of words, else its first one. */
  title: { column: FieldModel; value: unknown } | undefined;
  /** Quantity, unit, price: columns that are neither the title nor the amount, with their values. */
  parts: { column: FieldModel; value: unknown }[];
  amount: number | undefined;
}
export interface QuotePart {
  field: FieldModel;
  amount: FieldModel;
  lines: QuoteLine[];
}
export interface Quote {
  parts: QuotePart[];
  total: number;
  /** The field that shows how amounts are written; the total's own where the form type has one. */
  money: FieldModel;
  /** Fields that the quotation shows; the rest of the record need not repeat them. */
  fields: string[];
}

/** The sections of a form follow the work: what happened last is what an owner is asked about. */
export function newestFirst({ sections, ...rest }: Layout): Layout {
  return { ...rest, sections: sections.toReversed() };
}

/**
 * undefined when what happened last does not begin with priced lines: what was used for a repair is one part of its record among others, and
 * so is a quotation that was answered and worked upon. `values` as the reader sees them.
 */
export function quoteOf(model: FormModel, values: Values): Quote | undefined {
  const isFilled = ({ name }: FieldModel): boolean => !isEmpty(values[name]);
  const section = model.sections.findLast(({ fields }) => fields.some(isFilled));
  const lead = section?.fields.find(isFilled);
  if (!section || !lead || !partOf(lead, values)) return undefined;
  const parts = section.fields.flatMap((field) => partOf(field, values) ?? []);
  const totals = section.fields.filter((field) => isMoney(field) && !isEmpty(values[field.name]));
  const total = totals.findLast((field) => field.kind === 'computed') ?? totals.at(-1);
  const [first] = parts;
  if (!first) return undefined;
  const summed = parts.reduce((sum, { lines }) => sum + sumOf(lines as unknown as Values[], 'amount'), 0);
  return {
    parts,
    total: total ? Number(values[total.name]) : summed,
    money: total ?? first.amount,
    fields: [...parts.map(({ field }) => field.name), ...(total ? [total.name] : [])],
  };
}

function isMoney({ kind, schema }: FieldModel): boolean {
  return kind === 'money' || (kind === 'computed' && schema['x-result'] === 'money');
}

function partOf(field: FieldModel, values: Values): QuotePart | undefined {
  const rows = values[field.name];
  const amount = summedColumns(field.columns).find(isMoney);
  if (field.kind !== 'table' || !amount || !Array.isArray(rows) || rows.length === 0) return undefined;
  const columns = field.columns.filter((column) => column.name !== amount.name);
  const name = columns.find((column) => column.kind === 'text') ?? columns[0];
  const rest = columns.filter((column) => column !== name);
  return {
    field,
    amount,
    lines: (rows as Values[]).map((row) => ({
      title: name && { column: name, value: row[name.name] },
      parts: rest.filter((column) => !isEmpty(row[column.name])).map((column) => ({ column, value: row[column.name] })),
      amount: isEmpty(row[amount.name]) ? undefined : Number(row[amount.name]),
    })),
  };
}
