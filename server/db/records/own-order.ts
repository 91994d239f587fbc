/**
 * The order a register has of itself: the fields its layout names, one within the other. A field that refers to a record is ordered as
 * that record's own register is, so units come by building, entrance and number. Numbers in text count as numbers: 9 before 10.
 */
import { sql, type RawBuilder } from 'kysely';
import type { FieldInfo } from '../../../forms/types.ts';
import type { Tx } from '../as.ts';
import type { Seen } from './filter.ts';
import { loadForm } from './form-store.ts';

/** One value a row, comparable and never empty; undefined: the layout names at most one plain field, or one the reader does not see. */
export async function ownOrder(tx: Tx, { form, sight }: Seen): Promise<RawBuilder<unknown> | undefined> {
  const fields = (form.layout.sort ?? []).map(({ field }) => form.byName.get(field));
  const known = fields.filter((field) => field !== undefined);
  if (known.length < 2 && known[0]?.ref == null) return undefined;
  if (known.some((field) => field.mask !== null || sight(field.name) !== true)) return undefined;
  const keys = await Promise.all(known.map((field) => keyOf(tx, field)));
  return sql`array[${sql.join(keys)}]::text[]`;
}

async function keyOf(tx: Tx, field: FieldInfo): Promise<RawBuilder<unknown>> {
  const column = sql`r.${sql.id(field.columns[0]?.name ?? '')}`;
  const place = field.ref?.form == null ? undefined : await firstPlace(tx, field.ref.form);
  if (field.ref === null || place === undefined) return natural(column);
  return sql`coalesce((select ${natural(sql`o.${sql.id(place)}`)} from ${sql.id('record', field.ref.table)} o
    where o.id = ${column}), '')`;
}

/** The column a register is ordered by; undefined: by none, or by what is not its own to tell. */
async function firstPlace(tx: Tx, key: string): Promise<string | undefined> {
  const form = await loadForm(tx, key);
  const field = form.byName.get(form.layout.sort?.[0]?.field ?? '');
  return field?.ref === null && field.mask === null ? field.columns[0]?.name : undefined;
}

function natural(column: RawBuilder<unknown>): RawBuilder<unknown> {
  const text = sql`coalesce(${column}::text, '')`;
  return sql`case when ${text} ~ '^[0-9]{1,20}$' then lpad(${text}, 20, '0') else ${text} end`;
}
