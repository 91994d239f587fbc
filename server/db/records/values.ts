/**
 * Between JSON values and typed columns. Money and numbers are JSON numbers outside and decimal strings on the way to Postgres;
 * a value that is already a string (the program's own arithmetic) passes as it is.
 */
import { sql, type RawBuilder } from 'kysely';
import { isEmpty } from '../../../forms/empty.ts';
import type { Location } from '../../../forms/location.ts';
import type { Column, FieldInfo, Values } from '../../../forms/types.ts';

export type Row = Record<string, unknown>;

export interface Assignment {
  column: Column;
  value: RawBuilder<unknown>;
}

/** One assignment a column; an empty value is null in all. */
export function toAssignments(field: FieldInfo, value: unknown): Assignment[] {
  return field.columns.map((column, i) => ({
    column,
    value: sql`${isEmpty(value) ? null : columnValue(field, value, i)}::${sql.raw(column.type)}`,
  }));
}

function columnValue(field: FieldInfo, value: unknown, index: number): unknown {
  if (field.kind === 'location') {
    const { lng, lat, address } = value as Location;
    return [String(lng), String(lat), address ?? null][index];
  }
  return typeof value === 'number' ? String(value) : value;
}

/** The values of a row's fields, without the empty ones. */
export function fromRow(fields: readonly FieldInfo[], row: Row): Values {
  const values: Values = {};
  for (const field of fields) {
    const value = fromColumns(field, row);
    if (!isEmpty(value)) values[field.name] = value;
  }
  return values;
}

function fromColumns(field: FieldInfo, row: Row): unknown {
  const [column, second, third] = field.columns;
  if (column === undefined) return undefined;
  const value = row[column.name];
  if (value === null || value === undefined) return undefined;
  if (second !== undefined && third !== undefined) {
    const address = row[third.name];
    return { lng: Number(value), lat: Number(row[second.name]), ...(typeof address === 'string' && { address }) };
  }
  if (column.type.startsWith('numeric')) return Number(value);
  if (value instanceof Date) return value.toISOString();
  return column.type === 'interval' ? fromInterval(value) : value;
}

/** node-postgres gives an object with only the parts that are not zero. */
function fromInterval(value: unknown): string {
  const { years, months, days, hours, minutes, seconds } = value as Partial<Record<string, number>>;
  const part = (amount: number | undefined, letter: string): string => (amount ? `${amount}${letter}` : '');
  const date = part(years, 'Y') + part(months, 'M') + part(days, 'D');
  const time = part(hours, 'H') + part(minutes, 'M') + part(seconds, 'S');
  return date === '' && time === '' ? 'PT0S' : `P${date}${time === '' ? '' : `T${time}`}`;
}
