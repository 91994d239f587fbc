/** Changing a record: only the fields of the patch, their sub-tables and file uses, and what is computed from them. */
import { sql, type RawBuilder } from 'kysely';
import type { Values } from '../../../forms/types.ts';
import { AppError } from '../../errors.ts';
import type { Tx } from '../as.ts';
import { expectRow } from '../expect-row.ts';
import { withNext } from '../pipelining-client.ts';
import { computeFields, computeRows } from './compute.ts';
import type { LoadedForm } from './form-store.ts';
import { columnsOf, findRecord, toRecords, type StoredRecord } from './read.ts';
import { checkPersonsOf } from './persons.ts';
import { checkRefs } from './refs.ts';
import { writeAttached } from './rows.ts';
import { toAssignments, type Row } from './values.ts';
import { isThere } from './there.ts';

export interface RecordChange {
  /** Null: the system. */
  by: string | null;
  /** Rev of the case's event that causes it; kept with the old row. */
  rev?: number;
  /** Version the writer read; another one is refused. */
  version?: number;
}
export interface RecordPatch extends RecordChange {
  /** An absent field stays, null empties one. */
  fields: Values;
  /** The writer has looked for what the fields refer to. */
  hasCheckedRefs?: boolean;
}

/** For a patch that goes with the next statement of the transaction, which then tells what the table has against it. */
interface Ahead extends RecordPatch {
  /** The record is known to be there; else that statement fails where it is not. */
  isThere: boolean;
}

/**
 * Writes the patch as it is: whoever calls has validated it and decided which fields may be written (protocol.md rule 7).
 * @throws AppError not_found, version_changed (409), invalid_fields; Postgres errors for `toProblem`
 */
export async function patchRecord(tx: Tx, form: LoadedForm, id: string, patch: RecordPatch): Promise<void> {
  await write(tx, form, id, { ...patch, read: [sql.id('r', 'id')] });
}

/** The same with the next statement. */
export async function patchAhead(tx: Tx, form: LoadedForm, id: string, { isThere, ...patch }: Ahead): Promise<void> {
  const fields = computeRows(form.fields, patch.fields);
  const update = await updateOf(tx, form, id, { ...patch, fields });
  if (isThere) await sql`${update} ${withNext}`.execute(tx);
  else
    await sql`with w as (${update} returning r.id) select ${expectRow(sql`(select count(*) from w)`)} ${withNext}`.execute(
      tx,
    );
  await writeAttached(tx, form, id, fields);
}

/** The same, and what the record then is. */
export async function patchAndRead(tx: Tx, form: LoadedForm, id: string, patch: RecordPatch): Promise<StoredRecord> {
  const [record] = await toRecords(tx, form, await write(tx, form, id, { ...patch, read: columnsOf(form, 'r') }));
  if (record === undefined) throw new AppError('not_found', 404, { form: form.key });
  return record;
}

/** `read`: what is answered of the row. */
interface Write extends RecordPatch {
  read: RawBuilder<unknown>[];
}

async function write(tx: Tx, form: LoadedForm, id: string, patch: Write): Promise<Row[]> {
  const fields = computeRows(form.fields, patch.fields);
  const update = await updateOf(tx, form, id, { ...patch, fields });
  const { rows } = await sql<Row>`${update} returning ${sql.join(patch.read)}`.execute(tx);
  if (rows.length === 0) throw await whyNot(tx, form, id);
  await writeAttached(tx, form, id, fields);
  return rows;
}

async function updateOf(tx: Tx, form: LoadedForm, id: string, patch: RecordPatch): Promise<RawBuilder<unknown>> {
  const { fields, ...options } = patch;
  await checkMentioned(tx, form, id, patch);
  const written = { ...fields, ...(await recompute(tx, form, id, fields)) };
  const assignments = form.fields
    .filter(({ name }) => Object.hasOwn(written, name))
    .flatMap((field) => toAssignments(field, written[field.name]));
  const sets = [
    sql`form_version = ${form.version}`,
    sql`updated_by = ${options.by}::uuid`,
    ...assignments.map(({ column, value }) => sql`${sql.id(column.name)} = ${value}`),
  ];
  const same = options.version === undefined ? sql`` : sql` and version = ${options.version}`;
  // The history trigger reads the rev; set in the statement itself, it costs no round trip.
  const rev =
    options.rev === undefined
      ? sql``
      : sql` from (select set_config('guanjia.rev', ${String(options.rev)}, true)) as rev`;
  return sql`update ${sql.id('record', form.table)} r set ${sql.join(sets)}${rev}
    where id = ${id} and ${isThere}${same}`;
}

async function checkMentioned(tx: Tx, form: LoadedForm, id: string, patch: RecordPatch): Promise<void> {
  const { fields, rev, hasCheckedRefs = false } = patch;
  if (hasCheckedRefs) return;
  await checkRefs(tx, form, fields);
  // What the engine writes was asked when the person gave it: whoever has left since does not stop the case.
  if (rev === undefined) await checkPersonsOf(tx, form, id, fields);
}

/** Before anything is told of what hinders the change: whoever may not make it learns only that. @throws AppError forbidden */
export async function assertMayChange(tx: Tx, form: LoadedForm, id: string): Promise<void> {
  const { rows } = await sql`select from ${sql.id('record', form.table)} where id = ${id} for update`.execute(tx);
  if (rows.length === 0) throw new AppError('forbidden', 403, { form: form.key });
}

/** Soft: the row stays for history and for what refers to it. */
export async function deleteRecord(tx: Tx, form: LoadedForm, id: string, options: RecordChange): Promise<void> {
  const same = options.version === undefined ? sql`` : sql` and version = ${options.version}`;
  const { numAffectedRows } = await sql`
    update ${sql.id('record', form.table)} set deleted_at = now(), updated_by = ${options.by}::uuid
     where id = ${id} and ${isThere}${same}`.execute(tx);
  if (numAffectedRows === 0n) throw await whyNot(tx, form, id);
}

/** Not there, changed by another meanwhile, or readable and no more. */
async function whyNot(tx: Tx, form: LoadedForm, id: string): Promise<AppError> {
  const record = await findRecord(tx, form, id);
  if (record === undefined) return new AppError('not_found', 404, { form: form.key });
  const { rows } = await sql`select from ${sql.id('record', form.table)} where id = ${id} for update`.execute(tx);
  return rows.length === 0
    ? new AppError('forbidden', 403, { form: form.key })
    : new AppError('version_changed', 409, { version: record.version });
}

async function recompute(tx: Tx, form: LoadedForm, id: string, patch: Values): Promise<Values> {
  if (!form.fields.some(({ kind }) => kind === 'computed')) return {};
  const record = await findRecord(tx, form, id);
  return record === undefined ? {} : computeFields(form.fields, { ...record.fields, ...patch });
}
