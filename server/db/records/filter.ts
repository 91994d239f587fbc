/** Filters and searches of record lists as SQL. Fields are found by name in the form type; what it does not have is refused. */
import { sql, type RawBuilder } from 'kysely';
import { pointerPart } from '../../../forms/findings.ts';
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

/** Where the asking person sees a field: in all records, in none, or in those of a condition over `r`. */
export type Sight = (field: string) => boolean | RawBuilder<unknown>;
export interface Seen {
  form: CompiledForm;
  sight: Sight;
}

const operators = new Map([
  ['eq', '='],
  ['ne', 'is distinct from'],
  ['gt', '>'],
  ['gte', '>='],
  ['lt', '<'],
  ['lte', '<='],
]);

/** @throws AppError invalid_request with the path of what cannot be filtered */
export function toConditions(seen: Seen, filter: RecordFilter): RawBuilder<unknown>[] {
  return Object.entries(filter).flatMap(([name, condition]) => {
    const field = seen.form.byName.get(name);
    const path = `/filter/${pointerPart(name)}`;
    if (field?.columns.length !== 1) throw refused(path, 'field_unknown');
    const column = columnSeen(field, seen.sight, path);
    return toCondition({ column, type: typeOf(field), isMasked: field.mask !== null, path }, condition);
  });
}

/**
 * The column as the asking person sees it: empty where the field is hidden from them.
 * @throws AppError invalid_request, field_hidden: they see it nowhere
 */
export function columnSeen(field: FieldInfo, sight: Sight, path: string): RawBuilder<unknown> {
  const seen = sight(field.name);
  if (seen === false) throw refused(path, 'field_hidden');
  const column = sql`r.${sql.id(field.columns[0]?.name ?? '')}`;
  return seen === true ? column : sql`(case when ${seen} then ${column} end)`;
}

interface Filtered {
  column: RawBuilder<unknown>;
  type: string;
  isMasked: boolean;
  path: string;
}

/** Of a masked field only whether it is empty: any comparison would tell the value digit by digit. */
function toCondition(of: Filtered, condition: unknown): RawBuilder<unknown>[] {
  if (Array.isArray(condition)) return [oneOf(unmasked(of), condition)];
  if (isScalar(condition)) return [isArray(of) ? oneOf(unmasked(of), [condition]) : compare(of, '=', condition)];
  if (typeof condition !== 'object' || condition === null) throw refused(of.path, 'filter_unknown');
  return Object.entries(condition).map(([operator, value]) => comparison(of, operator, value));
}

function comparison(of: Filtered, operator: string, value: unknown): RawBuilder<unknown> {
  if (operator === 'empty' && typeof value === 'boolean')
    return value ? sql`${of.column} is null` : sql`${of.column} is not null`;
  if (operator === 'contains' && typeof value === 'string') return contains(unmasked(of).column, value);
  const symbol = operators.get(operator);
  if (symbol === undefined || isArray(of) || !isScalar(value)) throw refused(of.path, 'filter_unknown');
  return compare(of, symbol, value);
}

function unmasked(of: Filtered): Filtered {
  if (of.isMasked) throw refused(of.path, 'field_masked');
  return of;
}

/** `type`s are columns' own; a text that does not read as one is refused by Postgres and told as a bad filter. */
function compare(of: Filtered, symbol: string, value: Scalar): RawBuilder<unknown> {
  return sql`${unmasked(of).column} ${sql.raw(symbol)} ${String(value)}::${sql.raw(of.type)}`;
}

function oneOf(of: Filtered, values: unknown[]): RawBuilder<unknown> {
  if (!values.every(isScalar)) throw refused(of.path, 'filter_unknown');
  const type = of.type.replace(/\[\]$/, '');
  const list = sql`${values.map(String)}::text[]::${sql.raw(type)}[]`;
  return isArray(of) ? sql`${of.column} && ${list}` : sql`${of.column} = any(${list})`;
}

/**
 * Each word must stand in one of the fields the layout names, or in a field of the record referred to: `3-2-1201` finds number
 * 1201 of entrance 2 of building 3. A masked field is found by its whole value only.
 */
export async function toSearch(tx: Tx, seen: Seen, search: string): Promise<RawBuilder<unknown>[]> {
  const words = search
    .split(/[\s\-—,，]+/)
    .filter((word) => word !== '')
    .slice(0, 8);
  const paths = seen.form.search.filter((path) => seen.sight(path.split('.')[0] ?? '') !== false);
  if (words.length === 0 || seen.form.search.length === 0) return [];
  if (paths.length === 0) throw refused('/q', 'field_hidden');
  const places = await Promise.all(paths.map((path) => placeOf(tx, seen, path)));
  return words.map(
    (word) =>
      sql`(${sql.join(
        places.map((place) => place(word, search)),
        sql` or `,
      )})`,
  );
}

/** `whole`: all that was asked for; a telephone number has gaps. */
type Place = (word: string, whole: string) => RawBuilder<unknown>;

async function placeOf(tx: Tx, { form, sight }: Seen, path: string): Promise<Place> {
  const [name = '', of] = path.split('.');
  const field = form.byName.get(name);
  if (field?.columns.length !== 1) return () => sql`false`;
  const column = columnSeen(field, sight, '/q');
  return of === undefined ? textPlace(field, column) : referredPlace(tx, { field, column, of });
}

async function referredPlace(
  tx: Tx,
  { field, column, of }: { field: FieldInfo; column: RawBuilder<unknown>; of: string },
): Promise<Place> {
  if (field.ref?.form == null) return () => sql`false`;
  const other = (await loadForm(tx, field.ref.form)).byName.get(of);
  if (other?.columns.length !== 1) return () => sql`false`;
  const table = sql.id('record', field.ref.table);
  const place = textPlace(other, sql`o.${sql.id(other.columns[0]?.name ?? '')}`);
  return (word, whole) => sql`exists (select from ${table} o where o.id = ${column} and ${place(word, whole)})`;
}

function textPlace({ mask }: FieldInfo, text: RawBuilder<unknown>): Place {
  if (mask === null) return (word) => contains(text, word);
  const bare = sql`regexp_replace(${text}::text, '[\\s-]', '', 'g')`;
  return (word, whole) => sql`${bare} in (${word}, ${whole.replaceAll(/[\s-]/g, '')})`;
}

function contains(text: RawBuilder<unknown>, part: string): RawBuilder<unknown> {
  return sql`${text}::text ilike ${`%${part.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`}`;
}

function typeOf(field: FieldInfo): string {
  return field.columns[0]?.type ?? 'text';
}

function isArray({ type }: Pick<Filtered, 'type'>): boolean {
  return type.endsWith('[]');
}

function isScalar(value: unknown): value is Scalar {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

function refused(path: string, code: string): AppError {
  return new AppError('invalid_request', 422, {}, [{ path, code }]);
}
