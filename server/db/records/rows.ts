/** Sub-tables and files: what hangs on a record outside its own row. Rows keep their id over changes; their order is the list's. */
import { sql } from 'kysely';
import { isEmpty } from '../../../forms/empty.ts';
import { childTable } from '../../../forms/names.ts';
import type { CompiledForm, FieldInfo, Values } from '../../../forms/types.ts';
import type { Tx } from '../as.ts';
import { fromRow, toAssignments, type Row } from './values.ts';

/** Makes the sub-tables and file uses of these fields what `values` says; fields not in `values` stay. */
export function writeAttached(tx: Tx, form: CompiledForm, recordId: string, values: Values): Promise<void> {
  return attach(tx, form, { recordId, values, isNew: false });
}

/** The same for a record that is being inserted. Only adds: whoever starts a case may not change or remove a row of one. */
export function insertAttached(tx: Tx, form: CompiledForm, recordId: string, values: Values): Promise<void> {
  return attach(tx, form, { recordId, values, isNew: true });
}

interface Attached {
  recordId: string;
  values: Values;
  isNew: boolean;
}

async function attach(tx: Tx, form: CompiledForm, { recordId, values, isNew }: Attached): Promise<void> {
  for (const field of form.fields) {
    if (!Object.hasOwn(values, field.name)) continue;
    if (field.kind === 'table')
      await writeRows(tx, form, { recordId, field, isNew, rows: (values[field.name] ?? []) as Values[] });
    if (field.kind === 'files' || field.kind === 'signature')
      await writeFileUses(tx, form, { recordId, field, value: values[field.name] });
  }
}

/** The rows of every sub-table, by record. */
export async function readRows(tx: Tx, form: CompiledForm, recordIds: string[]): Promise<Map<string, Values>> {
  const found = new Map<string, Values>(recordIds.map((id) => [id, {}]));
  for (const field of form.fields.filter(({ kind }) => kind === 'table')) {
    const table = sql.id('record', childTable(form.table, field.name));
    const { rows } =
      await sql<Row>`select * from ${table} where record_id = any(${recordIds}::uuid[]) order by record_id, ordinal`.execute(
        tx,
      );
    for (const row of rows) {
      const values = found.get(row.record_id as string);
      if (values === undefined) continue;
      const list = (values[field.name] ??= []) as Values[];
      list.push({ id: row.id, ...fromRow(field.rows, row) });
    }
  }
  return found;
}

interface RowsOf {
  recordId: string;
  field: FieldInfo;
  rows: Values[];
  isNew: boolean;
}

async function writeRows(tx: Tx, form: CompiledForm, { recordId, field, rows, isNew }: RowsOf): Promise<void> {
  const table = sql.id('record', childTable(form.table, field.name));
  const kept = rows.map((row) => row.id).filter((id) => typeof id === 'string');
  if (!isNew) await sql`delete from ${table} where record_id = ${recordId} and id <> all(${kept}::uuid[])`.execute(tx);
  for (const [ordinal, row] of rows.entries()) {
    const given = field.rows.flatMap((each) => toAssignments(each, row[each.name]));
    const sets = [
      sql`ordinal = ${ordinal}`,
      ...given.map(({ column, value }) => sql`${sql.id(column.name)} = ${value}`),
    ];
    if (!isNew && !isEmpty(row.id)) {
      const { numAffectedRows } =
        await sql`update ${table} set ${sql.join(sets)} where id = ${row.id} and record_id = ${recordId}`.execute(tx);
      if (numAffectedRows === 1n) continue;
    }
    const names = [
      sql.id('id'),
      sql.id('record_id'),
      sql.id('ordinal'),
      ...given.map(({ column }) => sql.id(column.name)),
    ];
    const values = [
      sql`coalesce(${row.id ?? null}::uuid, uuidv7())`,
      sql`${recordId}::uuid`,
      sql`${ordinal}::int`,
      ...given.map(({ value }) => value),
    ];
    await sql`insert into ${table} (${sql.join(names)}) values (${sql.join(values)})`.execute(tx);
  }
}

interface FilesOf {
  recordId: string;
  field: FieldInfo;
  value: unknown;
}

/** A use is kept after the file leaves the field: the case log still shows it. */
async function writeFileUses(tx: Tx, form: CompiledForm, { recordId, field, value }: FilesOf): Promise<void> {
  const files = isEmpty(value) ? [] : [value].flat();
  if (files.length === 0) return;
  await sql`insert into file_use (file_id, form, record_id, field)
    select f, ${form.key}, ${recordId}::uuid, ${field.name} from unnest(${files}::uuid[]) f on conflict do nothing`.execute(
    tx,
  );
}
