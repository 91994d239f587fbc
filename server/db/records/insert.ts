/** Inserting a record with its number, computed fields, sub-tables and file uses. Values have passed forms/validate.ts already. */
import { sql } from 'kysely';
import { withoutEmpty } from '../../../forms/empty.ts';
import type { RefTarget, Values } from '../../../forms/types.ts';
import { AppError } from '../../errors.ts';
import type { Tx } from '../as.ts';
import { withNext } from '../pipelining-client.ts';
import { computeFields, computeRows } from './compute.ts';
import type { LoadedForm } from './form-store.ts';
import { allocateNumber, communityZone } from './numbers.ts';
import { checkPersons } from './persons.ts';
import { checkRefs } from './refs.ts';
import { insertAttached } from './rows.ts';
import { toAssignments } from './values.ts';

export interface NewRecord {
  /** A case's record has the case's id. */
  id?: string;
  /** Null: taken from the record that x-community-from refers to, or the form type is not local. */
  communityId: string | null;
  fields: Values;
  /** Null: the system. */
  by: string | null;
  /** Fields whose references the caller has checked, with more authority than whoever writes. */
  checked?: readonly string[];
  /** Decides the date in numbers; now by default. */
  now?: Date;
  /** Only with an id: the next statement of the transaction takes it along, and tells what the table has against it. */
  withNext?: boolean;
}
export interface InsertedRecord {
  id: string;
  communityId: string | null;
  /** With the numbers and computed fields. */
  fields: Values;
  /** IANA zone of its community; null where nothing has asked for it. */
  zone: string | null;
}

/** @throws AppError invalid_fields (422); Postgres errors for `toProblem` */
export async function insertRecord(tx: Tx, form: LoadedForm, given: NewRecord): Promise<InsertedRecord> {
  const sent = withoutEmpty(given.fields);
  await checkRefs(tx, form, without(sent, given.checked ?? []));
  const communityId = await communityOf(tx, form, { communityId: given.communityId, fields: sent });
  await checkPersons(tx, form, { values: sent, communityId });
  const { numbers, zone } = await allocateNumbers(tx, form, { communityId, now: given.now ?? new Date() });
  const filled = computeRows(form.fields, { ...sent, ...numbers });
  const fields = withoutEmpty({ ...filled, ...computeFields(form.fields, filled) });
  const id = await insertRow(tx, form, { ...given, communityId, fields });
  await insertAttached(tx, form, id, fields);
  return { id, communityId, fields, zone };
}

async function insertRow(tx: Tx, form: LoadedForm, given: NewRecord): Promise<string> {
  const assignments = form.fields.flatMap((field) => toAssignments(field, given.fields[field.name]));
  const columns = [
    'form_version',
    'created_by',
    'updated_by',
    ...(form.local === true ? ['community_id'] : []),
    ...(given.id === undefined ? [] : ['id']),
  ];
  const values = [
    form.version,
    given.by,
    given.by,
    ...(form.local === true ? [given.communityId] : []),
    ...(given.id === undefined ? [] : [given.id]),
  ];
  const mark = given.withNext === true ? withNext : sql``;
  const { rows } = await sql<{ id: string }>`
    insert into ${sql.id('record', form.table)}
      (${sql.join([...columns, ...assignments.map(({ column }) => column.name)].map((name) => sql.id(name)))})
    values (${sql.join([...values.map((value) => sql`${value}`), ...assignments.map(({ value }) => value)])})
    returning id ${mark}`.execute(tx);
  const id = given.id ?? rows[0]?.id;
  if (id === undefined) throw new Error('insert gave no id');
  return id;
}

function without(values: Values, names: readonly string[]): Values {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)));
}

/**
 * The community a new record belongs to; null for form types that are not local.
 * @throws AppError invalid_fields: community_missing, community_mismatch
 */
export async function communityOf(
  tx: Tx,
  form: LoadedForm,
  given: { communityId: string | null; fields: Values },
): Promise<string | null> {
  if (form.local !== true) return null;
  const from = form.communityFrom ?? '';
  const communityId = await communityOfReferred(tx, form.byName.get(from)?.ref ?? null, given.fields[from]);
  const chosen = communityId ?? given.communityId;
  if (chosen === null) throw new AppError('invalid_fields', 422, {}, [{ path: '/communityId', code: 'required' }]);
  if (given.communityId !== null && given.communityId !== chosen) {
    throw new AppError('invalid_fields', 422, {}, [{ path: `/fields/${from}`, code: 'community_mismatch' }]);
  }
  return chosen;
}

async function communityOfReferred(tx: Tx, target: RefTarget | null, id: unknown): Promise<string | null> {
  if (target === null || id === undefined) return null;
  const { rows } = await sql<{ communityId: string }>`
    select community_id as "communityId" from ${sql.id('record', target.table)} where id = ${id}`.execute(tx);
  return rows[0]?.communityId ?? null;
}

async function allocateNumbers(
  tx: Tx,
  form: LoadedForm,
  at: { communityId: string | null; now: Date },
): Promise<{ numbers: Values; zone: string | null }> {
  const numbered = form.fields.filter(({ kind }) => kind === 'autoNumber');
  if (numbered.length === 0) return { numbers: {}, zone: null };
  const zone = await communityZone(tx, at.communityId);
  const numbers: Values = {};
  for (const field of numbered) numbers[field.name] = await allocateNumber(tx, form, field, { now: at.now, zone });
  return { numbers, zone };
}
