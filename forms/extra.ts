/**
 * What JSON Schema cannot say of a value, or what validators judge differently: digits after the point (`multipleOf: 0.01`
 * refuses 19.99), real days and instants, text Postgres can store. Server and browser both run it after the schema.
 */
import { precisionOf } from './columns.ts';
import { locationDecimals, type Location } from './location.ts';
import type { FieldSchema, FormSchema, Problem, RowSchema, Values } from './types.ts';

/** Problems of the values present; pointers start with `base`. Fields the schema does not have are left to the schema. */
export function extraProblems(schema: Pick<FormSchema, 'properties'>, values: Values, base = ''): Problem[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const field = Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
    return field === undefined ? [] : fieldProblems(field, value, `${base}/${name}`);
  });
}

function fieldProblems(field: FieldSchema, value: unknown, path: string): Problem[] {
  if (typeof value === 'number') return tooPrecise(value, precisionOf(field)?.decimals, path);
  if (typeof value === 'string') return textProblems(field, value, path);
  if (field['x-field'] === 'location') return locationProblems(value, path);
  if (field['x-field'] !== 'table' || !Array.isArray(value)) return [];
  return [
    ...repeatedRows(value, path),
    ...value.flatMap((row, i) => (isObject(row) ? extraProblems(field.items as RowSchema, row, `${path}/${i}`) : [])),
  ];
}

/** The second of two rows with one id would overwrite the first. Ids may come in any case. */
function repeatedRows(rows: readonly unknown[], path: string): Problem[] {
  const ids = rows.map((row) => (isObject(row) && typeof row.id === 'string' ? row.id.toLowerCase() : ''));
  return ids.flatMap((id, i) =>
    id !== '' && ids.indexOf(id) < i ? [{ path: `${path}/${i}/id`, code: 'items_repeat' }] : [],
  );
}

function textProblems(field: FieldSchema, value: string, path: string): Problem[] {
  if (!isStorable(value)) return [{ path, code: 'text_invalid' }];
  const format = formatOf(field);
  if (format === null || formats[format](value)) return [];
  return [{ path, code: 'format', params: { format } }];
}

/** Text without lone surrogates and without NUL, which Postgres has no place for. */
function isStorable(value: string): boolean {
  return value.isWellFormed() && !value.includes('\u0000');
}

function locationProblems(value: unknown, path: string): Problem[] {
  if (!isObject(value)) return [];
  const { lng, lat, address } = value as Partial<Location>;
  return [
    ...(typeof lng === 'number' ? tooPrecise(lng, locationDecimals, `${path}/lng`) : []),
    ...(typeof lat === 'number' ? tooPrecise(lat, locationDecimals, `${path}/lat`) : []),
    ...(typeof address === 'string' && !isStorable(address) ? [{ path: `${path}/address`, code: 'text_invalid' }] : []),
  ];
}

function tooPrecise(value: number, decimals: number | undefined, path: string): Problem[] {
  if (decimals === undefined || decimalsOf(value) <= decimals) return [];
  return [{ path, code: 'too_many_decimals', params: { limit: decimals } }];
}

/** Digits after the point of the shortest text that reads back as this number. */
export function decimalsOf(value: number): number {
  const [mantissa = '', exponent = '0'] = String(value).split('e');
  return Math.max(0, (mantissa.split('.')[1]?.length ?? 0) - Number(exponent));
}

function formatOf(field: FieldSchema): keyof typeof formats | null {
  const kind = field['x-field'] === 'computed' ? null : field['x-field'];
  return kind === 'date' || kind === 'dateTime' || kind === 'duration' ? kind : null;
}

/** Narrower than the formats of any validator, so that these decide. */
const formats = { date: isDate, dateTime: isInstant, duration: isDuration };

/** A day of the calendar, years 1 to 9999. */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || text < '0001') return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

/** An instant with its offset from UTC. */
export function isInstant(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/.test(text))
    return false;
  if (!isDate(text.slice(0, 10))) return false;
  const year = new Date(text).getUTCFullYear();
  return year >= 1 && year <= 9999;
}

/** ISO 8601: weeks, or years to seconds in whole numbers of at most four digits each. */
export function isDuration(text: string): boolean {
  return /^P(\d{1,4}W|(?=[\dT])(\d{1,4}Y)?(\d{1,4}M)?(\d{1,4}D)?(T(?=\d)(\d{1,4}H)?(\d{1,4}M)?(\d{1,4}S)?)?)$/.test(
    text,
  );
}

function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
