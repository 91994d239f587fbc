/** Filters and searches of record lists as SQL. Fields are found by name in the form type; what it does not have is refused. */
import { sql, type RawBuilder } from 'kysely';
import type { CompiledForm, FieldInfo } from '../../../forms/types.ts';
import { AppError } from '../../errors.ts';
import type { Tx } from '../as.ts';
import { loadForm } from './form-store.ts';

/** A value (equal), a list (one of them), or comparisons. */
type Condition = Scalar | Scalar[] | Comparison;
type Scalar = string | number | boolean;
interface Comparison {
  eq?: Scalar;
  ne?: Scalar;
  gt?: Scalar;
  gte?: Scalar;
  lt?: Scalar;
  lte?: Scalar;
  /** Part of a text, without case. */
  contains?: string;
  /** true: without a value; false: with one. */
  empty?: boolean;
}
export type RecordFilter = Record<string, Condition>;

const operators = { eq: '=', ne: 'is distinct from', gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;

/** @throws AppError invalid_request with the path of what cannot be filtered */
export function toConditions(form: CompiledForm, filter: RecordFilter): RawBuilder<unknown>[] {
  return Object.entries(filter).flatMap(([name, condition]) => {
    const field = form.byName.get(name);
    if (field?.columns.length !== 1) throw refused(name, 'field_unknown');
    return toCondition(field, condition);
  });
}

function toCondition(field: FieldInfo, condition: Condition): RawBuilder<unknown>[] {
  if (Array.isArray(condition)) return [oneOf(field, condition)];
  if (typeof condition !== 'object')
    return [isArray(field) ? oneOf(field, [condition]) : compare(field, '=', condition)];
  return Object.entries(condition).map(([operator, value]) => {
    if (operator === 'empty') return value === true ? sql`${column(field)} is null` : sql`${column(field)} is not null`;
    if (operator === 'contains' && typeof value === 'string') return contains(column(field), value);
    const symbol = operators[operator as keyof typeof operators] as string | undefined;
    if (symbol === undefined || isArray(field)) throw refused(field.name, 'filter_unknown');
    return compare(field, symbol, value as Scalar);
  });
}

/** `type`s are columns' own; a text that does not read as one is refused by Postgres and told as a bad filter. */
function compare(field: FieldInfo, symbol: string, value: Scalar): RawBuilder<unknown> {
  return sql`${column(field)} ${sql.raw(symbol)} ${String(value)}::${sql.raw(typeOf(field))}`;
}

function oneOf(field: FieldInfo, values: Scalar[]): RawBuilder<unknown> {
  const type = typeOf(field).replace(/\[\]$/, '');
  const list = sql`${values.map(String)}::text[]::${sql.raw(type)}[]`;
  return isArray(field) ? sql`${column(field)} && ${list}` : sql`${column(field)} = any(${list})`;
}

/**
 * Each word must stand in one of the fields the layout names, or in a field of the record referred to: `3-2-1201` finds number
 * 1201 of entrance 2 of building 3.
 */
export async function toSearch(tx: Tx, form: CompiledForm, search: string): Promise<RawBuilder<unknown>[]> {
  const words = search
    .split(/[\s\-—,，]+/)
    .filter((word) => word !== '')
    .slice(0, 8);
  if (words.length === 0 || form.search.length === 0) return [];
  const places = await Promise.all(form.search.map((path) => placeOf(tx, form, path)));
  return words.map(
    (word) =>
      sql`(${sql.join(
        places.map((place) => place(word)),
        sql` or `,
      )})`,
  );
}

type Place = (word: string) => RawBuilder<unknown>;

async function placeOf(tx: Tx, form: CompiledForm, path: string): Promise<Place> {
  const [name = '', of] = path.split('.');
  const field = form.byName.get(name);
  if (field === undefined) return () => sql`false`;
  if (of === undefined) return (word) => contains(column(field), word);
  const target = field.ref?.form;
  if (target == null) return () => sql`false`;
  const other = (await loadForm(tx, target)).byName.get(of);
  if (other?.columns.length !== 1) return () => sql`false`;
  const table = sql.id('record', field.ref?.table ?? '');
  return (word) =>
    sql`exists (select from ${table} o where o.id = ${column(field)} and ${contains(sql`o.${sql.id(other.columns[0]?.name ?? '')}`, word)})`;
}

function contains(text: RawBuilder<unknown>, part: string): RawBuilder<unknown> {
  return sql`${text}::text ilike ${`%${part.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`}`;
}

function column(field: FieldInfo): RawBuilder<unknown> {
  return sql`r.${sql.id(field.columns[0]?.name ?? '')}`;
}

function typeOf(field: FieldInfo): string {
  return field.columns[0]?.type ?? 'text';
}

function isArray(field: FieldInfo): boolean {
  return typeOf(field).endsWith('[]');
}

function refused(field: string, code: string): AppError {
  return new AppError('invalid_request', 422, {}, [{ path: `/filter/${field}`, code }]);
}
