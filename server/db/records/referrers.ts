/** What refers to a record: such a record is not deleted, for others would point at nothing. */
import { sql } from 'kysely';
import { childTable } from '../../../forms/names.ts';
import type { FieldInfo } from '../../../forms/types.ts';
import type { Tx } from '../as.ts';
import { loadForm, type LoadedForm } from './form-store.ts';

/** Keys of form types with records that refer to this one and are not deleted. As the engine or owner: all of them count. */
export async function findReferrers(tx: Tx, form: LoadedForm, id: string): Promise<string[]> {
  const types = await tx.selectFrom('form_type').select('key').orderBy('key').execute();
  const found: string[] = [];
  for (const { key } of types) {
    if (await refers(tx, await loadForm(tx, key), { table: form.table, id })) found.push(key);
  }
  return found;
}

async function refers(tx: Tx, form: LoadedForm, to: { table: string; id: string }): Promise<boolean> {
  const own = form.fields.filter((field) => pointsAt(field, to.table));
  const rows = form.fields.flatMap((field) =>
    field.rows.filter((row) => pointsAt(row, to.table)).map((row) => ({ field, row })),
  );
  const conditions = [
    ...own.map((field) => sql`r.${sql.id(columnOf(field))} = ${to.id}`),
    ...rows.map(({ field, row }) => {
      const child = sql.id('record', childTable(form.table, field.name));
      return sql`exists (select from ${child} c where c.record_id = r.id and c.${sql.id(columnOf(row))} = ${to.id})`;
    }),
  ];
  if (conditions.length === 0) return false;
  const { rows: found } = await sql`select from ${sql.id('record', form.table)} r
    where r.deleted_at is null and (${sql.join(conditions, sql` or `)}) limit 1`.execute(tx);
  return found.length > 0;
}

function pointsAt(field: FieldInfo, table: string): boolean {
  return field.ref?.schema === 'record' && field.ref.table === table;
}

function columnOf(field: FieldInfo): string {
  return field.columns[0]?.name ?? '';
}
