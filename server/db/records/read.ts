/** Reading records as fields; row security decides which. Deleted ones are not there. */
import { sql, type RawBuilder } from 'kysely';
import type { Values } from '../../../forms/types.ts';
import { AppError } from '../../errors.ts';
import type { Tx } from '../as.ts';
import type { LoadedForm } from './form-store.ts';
import { readRows } from './rows.ts';
import { fromRow, type Row } from './values.ts';
import { isThere } from './there.ts';

export interface StoredRecord {
  id: string;
  communityId: string | null;
  /** Version of the form type it was last written with. */
  formVersion: number;
  /** Raised by every change; a PATCH may name the one it read. */
  version: number;
  createdAt: Date;
  updatedAt: Date;
  /** Without empty fields. */
  fields: Values;
}

export async function findRecord(tx: Tx, form: LoadedForm, id: string): Promise<StoredRecord | undefined> {
  const { rows } = await sql<Row>`${selectFrom(form)} where r.id = ${id} and ${isThere}`.execute(tx);
  const [record] = await toRecords(tx, form, rows);
  return record;
}

/** @throws AppError not_found */
export async function readRecord(tx: Tx, form: LoadedForm, id: string): Promise<StoredRecord> {
  const record = await findRecord(tx, form, id);
  if (record === undefined) throw new AppError('not_found', 404, { form: form.key });
  return record;
}

/** `select … from record.x r`, all columns of the form type. */
export function selectFrom(form: LoadedForm, extra: RawBuilder<unknown>[] = []): RawBuilder<Row> {
  const selected = [...columnsOf(form, 'r'), ...extra];
  return sql<Row>`select ${sql.join(selected)} from ${sql.id('record', form.table)} r`;
}

/** All columns of the form type, of the table or what the statement calls it. */
export function columnsOf(form: LoadedForm, table: string): RawBuilder<unknown>[] {
  const system = [
    'id',
    'form_version',
    'version',
    'created_at',
    'updated_at',
    ...(form.local === true ? ['community_id'] : []),
  ];
  const columns = [...system, ...form.fields.flatMap((field) => field.columns.map(({ name }) => name))];
  return columns.map((name) => sql.id(table, name));
}

export async function toRecords(tx: Tx, form: LoadedForm, rows: Row[]): Promise<StoredRecord[]> {
  const ids = rows.map((row) => row.id as string);
  const attached = ids.length === 0 ? new Map<string, Values>() : await readRows(tx, form, ids);
  return rows.map((row) => {
    const id = row.id as string;
    return {
      id,
      communityId: (row.community_id ?? null) as string | null,
      formVersion: row.form_version as number,
      version: row.version as number,
      createdAt: row.created_at as Date,
      updatedAt: row.updated_at as Date,
      fields: { ...fromRow(form.fields, row), ...attached.get(id) },
    };
  });
}
