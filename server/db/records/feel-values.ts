/**
 * Between a record's JSON and FEEL's values, by the kind of a field: what rules outside the engine (prepare, activities) read and write.
 * Dates, instants and durations are FEEL's own inside; money is a number, rounded once on its way out.
 */
import { Decimal } from 'decimal.js';
import { date, dateAndTime, duration, FeelDate, FeelDateTime } from 'feelin';
import { precisionOf } from '../../../forms/columns.ts';
import { isEmpty } from '../../../forms/empty.ts';
import type { FieldInfo, Values } from '../../../forms/types.ts';

/** Every field by name, null where it is empty. */
export function toFeelContext(fields: readonly FieldInfo[], values: Values): Values {
  return Object.fromEntries(fields.map((field) => [field.name, toFeel(field, values[field.name])]));
}

export function toFeel(field: FieldInfo, value: unknown): unknown {
  if (isEmpty(value)) return null;
  if (field.kind === 'table')
    return (value as Values[]).map((row) => ({ id: row.id ?? null, ...toFeelContext(field.rows, row) }));
  switch (kindOf(field)) {
    case 'money':
      return Number(value);
    case 'date':
      return date(String(value));
    case 'dateTime':
      return dateAndTime(String(value));
    case 'duration':
      return duration(String(value));
    default:
      return value;
  }
}

/** What the field keeps of a result; null for nothing. A wrong type comes through as it is, for validation to name. `zone`: IANA. */
export function fromFeel(field: FieldInfo, value: unknown, zone: string): unknown {
  if (isEmpty(value)) return null;
  if (field.kind === 'table' && Array.isArray(value))
    return value.map((row) => fromFeelContext(field.rows, row as Values, zone));
  switch (kindOf(field)) {
    case 'money':
    case 'number':
      return round(field, value);
    case 'date':
      return value instanceof FeelDateTime ? value.unwrap().toPlainDate().toString() : plain(value);
    case 'dateTime':
      return toInstant(value, zone);
    default:
      return plain(value);
  }
}

/** A row of a sub-table: columns it has not are left out. */
function fromFeelContext(fields: readonly FieldInfo[], row: Values, zone: string): Values {
  const kept = fields.filter(({ name }) => !isEmpty(row[name]));
  return Object.fromEntries(kept.map((field) => [field.name, fromFeel(field, row[field.name], zone)]));
}

function kindOf({ kind, schema }: FieldInfo): string {
  return kind === 'computed' ? (schema['x-result'] ?? 'text') : kind;
}

function round({ schema }: FieldInfo, value: unknown): unknown {
  if (typeof value !== 'number' || !Number.isFinite(value)) return plain(value);
  const { decimals } = precisionOf(schema) ?? { decimals: 0 };
  return new Decimal(value).toDecimalPlaces(decimals, Decimal.ROUND_HALF_UP).toNumber();
}

/** A time without a zone is the community's; a date is the moment it begins there. */
function toInstant(value: unknown, zone: string): unknown {
  if (value instanceof FeelDate) return instantOf(value.unwrap().toZonedDateTime(zone));
  if (!(value instanceof FeelDateTime)) return plain(value);
  const own = value.zone === 'Z' ? 'UTC' : value.zone;
  return instantOf(value.unwrap().toZonedDateTime(own ?? zone));
}

function instantOf({ epochMilliseconds }: { epochMilliseconds: number }): string {
  return new Date(epochMilliseconds).toISOString();
}

/** As JSON: FEEL's own values become their texts. */
export function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown;
}
