/**
 * A person field hands something over: a task, a phone number, a duty. So it may name only who works here: holders of the field's roles
 * (`x-role`), else employees and holders of any staff role in the record's community. Asked when a person writes, never of the engine.
 */
import { sql, type RawBuilder } from 'kysely';
import type { CompiledForm, FieldInfo, Values } from '../../../forms/types.ts';
import { AppError, type FieldError } from '../../errors.ts';
import type { Tx } from '../as.ts';
import { holdsStaffRole } from '../staff.ts';

interface Named {
  path: string;
  id: string;
  roles: readonly string[] | null;
}

/** @throws AppError invalid_fields with not_a_choice at each path. Whether they are there at all is asked by `checkRefs`. */
export async function checkPersons(
  tx: Tx,
  form: CompiledForm,
  { values, communityId }: { values: Values; communityId: string | null },
): Promise<void> {
  const errors: FieldError[] = [];
  for (const named of allNamed(form, values)) {
    const { rows } = await choosable(named, communityId).execute(tx);
    if (rows.length === 0) errors.push({ path: named.path, code: 'not_a_choice' });
  }
  if (errors.length > 0) throw new AppError('invalid_fields', 422, {}, errors);
}

/** The person, if they may be named there. */
function choosable({ id, roles }: Named, communityId: string | null | RawBuilder<unknown>): RawBuilder<unknown> {
  const holds = holdsStaffRole(sql`p.id`, { roles, communityId });
  const employed = roles === null ? sql`p.employee_id is not null or ` : sql``;
  return sql`select from person p where p.id = ${id} and (${employed}${holds})`;
}

/** What `checkPersonsOf` asks, as conditions. */
export function personsAreChoices(form: CompiledForm, id: string, values: Values): RawBuilder<boolean>[] {
  const communityId = form.local === true ? communityIn(form, id) : form.local === 'self' ? id : null;
  return allNamed(form, values).map((named) => sql<boolean>`exists (${choosable(named, communityId)})`);
}

/** The same for a record that is there: its own community counts. */
export async function checkPersonsOf(tx: Tx, form: CompiledForm, id: string, values: Values): Promise<void> {
  if (allNamed(form, values).length === 0) return;
  await checkPersons(tx, form, { values, communityId: await communityOf(tx, form, id) });
}

async function communityOf(tx: Tx, form: CompiledForm, id: string): Promise<string | null> {
  if (form.local === 'self') return id;
  if (!form.local) return null;
  const { rows } = await sql<{ communityId: string | null }>`select ${communityIn(form, id)} as "communityId"`.execute(
    tx,
  );
  return rows[0]?.communityId ?? null;
}

function communityIn({ table }: CompiledForm, id: string): RawBuilder<unknown> {
  return sql`(select community_id from ${sql.id('record', table)} where id = ${id})`;
}

function allNamed(form: CompiledForm, values: Values): Named[] {
  return form.fields.flatMap((field) => namedIn(field, values[field.name], `/fields/${field.name}`));
}

function namedIn(field: FieldInfo, value: unknown, path: string): Named[] {
  if (field.kind === 'table' && Array.isArray(value)) {
    return (value as Values[]).flatMap((row, i) =>
      field.rows.flatMap((each) => namedIn(each, row[each.name], `${path}/${i}/${each.name}`)),
    );
  }
  if (field.kind !== 'person' || typeof value !== 'string' || value === '') return [];
  const { 'x-role': role } = field.schema;
  return [{ path, id: value, roles: role === undefined ? null : [role].flat() }];
}
