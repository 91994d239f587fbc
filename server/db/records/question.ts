/**
 * One question to the records of a form type: the first of those that meet some conditions, how many, the sum or list of a field, a name.
 * The SQL is made from the form type and an operator of a fixed list; values travel as parameters. Asked by flows (lookups, the activity
 * `record.query`) as the engine role: whoever calls says in which community.
 */
import { sql, type RawBuilder } from 'kysely';
import { isEmpty } from '../../../forms/empty.ts';
import { isDate, isDuration, isInstant } from '../../../forms/extra.ts';
import type { FieldInfo, Values } from '../../../forms/types.ts';
import { uuidPattern } from '../../schema.ts';
import type { Tx } from '../as.ts';
import { fromFeel } from './feel-values.ts';
import type { LoadedForm } from './form-store.ts';
import { renderAll } from './labels.ts';
import { selectFrom, toRecords } from './read.ts';
import { fromRow, type Row } from './values.ts';

type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'in';
export interface Test {
  /** A field of the form type, `id`, or of a case form type `caseStatus`. */
  field: string;
  op: Operator;
  /** FEEL or JSON; a list for `in`. Null meets nothing: the value is not known. */
  value: unknown;
  /** Asks whether the field is empty instead (with `=`), or not (with `!=`). */
  isNull?: boolean;
}
export interface Question {
  where: readonly Test[];
  take: 'one' | 'count' | 'sum' | 'list' | 'label';
  field?: string | undefined;
  order?: { field: string; descending?: boolean } | undefined;
}
export interface AskedFrom {
  /** Records of local form types in this community only, or in these; null: the company's question. */
  communityId: string | readonly string[] | null;
  /** The case that asks: its own record is no answer. */
  caseId: string | null;
  /** IANA zone in which days are meant. */
  zone: string;
}

/** What makes a question one that cannot be asked: the definition is at fault, or a value of another type than the field. */
export class QuestionError extends Error {
  readonly code: 'field_unknown' | 'field_not_number' | 'operator_unfit' | 'value_unfit';
  constructor(code: QuestionError['code'], what: string) {
    super(`${code}: ${what}`);
    this.code = code;
  }
}

const mostListed = 500;
const symbols: Record<Exclude<Operator, 'in'>, string> = {
  '=': '=',
  '!=': 'is distinct from',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};

/** one: values with `id`, or null; count and sum: numbers; list: values; label: a name or null. @throws QuestionError */
export async function ask(tx: Tx, form: LoadedForm, question: Question, from: AskedFrom): Promise<unknown> {
  const where = sql`${sql.join(conditions(form, question, from), sql` and `)}`;
  switch (question.take) {
    case 'count':
      return numberOf(tx, form, { what: sql`count(*)`, where });
    case 'sum':
      return numberOf(tx, form, { what: sql`sum(r.${sql.id(numberColumn(form, question.field))})`, where });
    case 'list':
      return list(tx, form, question, where);
    case 'label':
      return labelOf(tx, form, await firstOf(tx, form, question, where));
    case 'one':
      return firstOf(tx, form, question, where);
    default:
      return question.take;
  }
}

async function numberOf(
  tx: Tx,
  form: LoadedForm,
  { what, where }: { what: RawBuilder<unknown>; where: RawBuilder<unknown> },
): Promise<number> {
  const table = sql.id('record', form.table);
  const { rows } = await sql<{ n: string | null }>`select (${what})::text as n from ${table} r where ${where}`.execute(
    tx,
  );
  return Number(rows[0]?.n ?? 0);
}

/** The sum of a field for each combination of others, at most 500. @throws QuestionError */
export async function sumBy(
  tx: Tx,
  form: LoadedForm,
  { where, by, sum }: Pick<Question, 'where'> & { by: readonly string[]; sum: string },
  from: AskedFrom,
): Promise<Values[]> {
  const fields = by.map((name) => fieldOf(form, name));
  const columns = sql.join(fields.map((field) => sql`r.${sql.id(columnName(field))}`));
  const { rows } = await sql<Row>`
    select ${columns}, sum(r.${sql.id(numberColumn(form, sum))})::text as "the sum" from ${sql.id('record', form.table)} r
     where ${sql.join(conditions(form, { where }, from), sql` and `)} group by ${columns} order by ${columns} limit ${mostListed}`.execute(
    tx,
  );
  return rows.map((row) => ({ ...fromRow(fields, row), [sum]: Number(row['the sum']) }));
}

async function labelOf(tx: Tx, form: LoadedForm, values: Values | null): Promise<string | null> {
  if (values === null) return null;
  const [label] = await renderAll(tx, form, [values]);
  return label ?? null;
}

async function firstOf(
  tx: Tx,
  form: LoadedForm,
  { order }: Question,
  where: RawBuilder<unknown>,
): Promise<Values | null> {
  const { rows } = await sql<Row>`${selectFrom(form)} where ${where} ${orderBy(form, order)} limit 1`.execute(tx);
  const [record] = await toRecords(tx, form, rows);
  return record === undefined ? null : { id: record.id, ...record.fields };
}

/** Of a field, without what is empty; without one whole records. */
async function list(
  tx: Tx,
  form: LoadedForm,
  { field: name, order }: Question,
  where: RawBuilder<unknown>,
): Promise<unknown[]> {
  const { rows } =
    await sql<Row>`${selectFrom(form)} where ${where} ${orderBy(form, order)} limit ${mostListed}`.execute(tx);
  if (name === undefined) return (await toRecords(tx, form, rows)).map(({ id, fields }) => ({ id, ...fields }));
  if (name === 'id') return rows.map(({ id }) => id);
  const field = fieldOf(form, name);
  return rows.map((row) => fromRow([field], row)[name]).filter((value) => value !== undefined);
}

function orderBy(form: LoadedForm, order: Question['order']): RawBuilder<unknown> {
  if (order === undefined) return sql`order by r.id`;
  const column = sql`r.${sql.id(columnName(fieldOf(form, order.field)))}`;
  return sql`order by ${column} ${sql.raw(order.descending === true ? 'desc' : 'asc')} nulls last, r.id`;
}

function conditions(form: LoadedForm, { where }: Pick<Question, 'where'>, from: AskedFrom): RawBuilder<unknown>[] {
  const { communityId, caseId } = from;
  const here =
    communityId === null || form.local === false
      ? []
      : [sql`${form.local === 'self' ? sql`r.id` : sql`r.community_id`} = any(${[communityId].flat()}::uuid[])`];
  const others = form.kind === 'case' && caseId !== null ? [sql`r.id <> ${caseId}::uuid`] : [];
  return [sql`r.deleted_at is null`, ...here, ...others, ...where.map((test) => condition(form, test, from.zone))];
}

interface Tested {
  column: RawBuilder<unknown>;
  /** SQL type of the column. */
  type: string;
  /** FEEL to what the column compares. */
  read: (value: unknown) => unknown;
}

function condition(form: LoadedForm, { field, op, value, isNull = false }: Test, zone: string): RawBuilder<unknown> {
  const tested = testedBy(form, field, zone);
  const { column } = tested;
  if (isNull) {
    if (op !== '=' && op !== '!=') throw new QuestionError('operator_unfit', `${field} ${op} null`);
    return op === '=' ? sql`${column} is null` : sql`${column} is not null`;
  }
  if (isEmpty(value)) return sql`false`;
  return tested.type.endsWith('[]') ? hasSome(tested, field, { op, value }) : compare(tested, field, { op, value });
}

interface Comparison {
  op: Operator;
  value: unknown;
}

function compare(tested: Tested, field: string, { op, value }: Comparison): RawBuilder<unknown> {
  const type = sql.raw(/^(numeric|integer|int)/.test(tested.type) ? 'numeric' : tested.type);
  const text = (each: unknown): string => toText(tested, field, each);
  if (op === 'in') return sql`${tested.column} = any(${[value].flat().map(text)}::text[]::${type}[])`;
  return sql`${tested.column} ${sql.raw(symbols[op])} ${text(value)}::${type}`;
}

/** A field of many choices has the one, or one of them. */
function hasSome(tested: Tested, field: string, { op, value }: Comparison): RawBuilder<unknown> {
  if (op !== '=' && op !== '!=' && op !== 'in') throw new QuestionError('operator_unfit', `${field} ${op}`);
  const one = { ...tested, type: tested.type.slice(0, -2) };
  const wanted = [value].flat().map((each) => toText(one, field, each));
  const has = sql`coalesce(${tested.column} && ${wanted}::text[]::${sql.raw(tested.type)}, false)`;
  return op === '!=' ? sql`not ${has}` : has;
}

function testedBy(form: LoadedForm, name: string, zone: string): Tested {
  const asItIs = (value: unknown): unknown => value;
  if (name === 'id') return { column: sql`r.id`, type: 'uuid', read: asItIs };
  if (name === 'caseStatus' && form.kind === 'case' && !form.byName.has(name))
    return { column: sql`(select k.status from "case" k where k.id = r.id)`, type: 'text', read: asItIs };
  const field = fieldOf(form, name);
  return {
    column: sql`r.${sql.id(columnName(field))}`,
    type: field.columns[0]?.type ?? 'text',
    read: (value) => fromFeel(field, value, zone),
  };
}

/** Validated here: what Postgres refused would end the transaction. */
function toText({ type, read }: Tested, field: string, given: unknown): string {
  const value = read(given);
  const fits = fitting.find(([pattern]) => pattern.test(type))?.[1];
  if (fits?.(value) !== true) throw new QuestionError('value_unfit', `${field} is ${type}`);
  return String(value);
}

const isText = (value: unknown): value is string => typeof value === 'string' && !value.includes('\0');
const fitting: readonly [type: RegExp, fits: (value: unknown) => boolean][] = [
  [/^uuid/, (value) => isText(value) && uuidPattern.test(value)],
  [/^(numeric|integer|int)/, (value) => typeof value === 'number' && Number.isFinite(value)],
  [/^bool/, (value) => typeof value === 'boolean'],
  [/^date$/, (value) => isText(value) && isDate(value)],
  [/^timestamp/, (value) => isText(value) && isInstant(value)],
  [/^interval/, (value) => isText(value) && isDuration(value)],
  [/^text/, isText],
];

function fieldOf(form: LoadedForm, name: string | undefined): FieldInfo {
  const field = name === undefined ? undefined : form.byName.get(name);
  if (field?.columns.length !== 1) throw new QuestionError('field_unknown', `${form.key}.${name ?? ''}`);
  return field;
}

function columnName({ columns }: FieldInfo): string {
  return columns[0]?.name ?? '';
}

function numberColumn(form: LoadedForm, name: string | undefined): string {
  const field = fieldOf(form, name);
  if (!/^(numeric|integer|int)/.test(field.columns[0]?.type ?? ''))
    throw new QuestionError('field_not_number', `${form.key}.${field.name}`);
  return columnName(field);
}

/** The same questions asked of the definition only: what is wrong before any value is known. @throws QuestionError */
export function checkQuestion(form: LoadedForm, { where, take, field, order }: Question): void {
  for (const test of where) testedBy(form, test.field, 'UTC');
  if (take === 'sum') numberColumn(form, field);
  if (take === 'list' && field !== 'id' && field !== undefined) fieldOf(form, field);
  if (order !== undefined) fieldOf(form, order.field);
}
