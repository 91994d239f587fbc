/** Queries of the form routes. */
import { sql } from 'kysely';
import type { Static } from 'typebox';
import type { Tx } from '../db/as.ts';
import { problemsOfForm } from '../definitions/forms.ts';
import { AppError } from '../errors.ts';
import type { FormDraft, FormTypeItem, FormVersionItem } from './schemas.ts';

/** Form types whose records the asking person may read by a role. */
export async function findForms(tx: Tx): Promise<Static<typeof FormTypeItem>[]> {
  const { rows } = await sql<Static<typeof FormTypeItem>>`
    select t.key, t.kind, t.title, t.current_version as version,
           t.kind = 'register' and case when v.schema ->> 'x-write' = 'company' or v.schema -> 'x-local' = 'false' and v.schema -> 'x-communities' is null then may('record.write:' || t.key)
                                        else may_anywhere('record.write:' || t.key) end as "mayWrite"
      from form_type t join form_version v on v.form = t.key and v.version = t.current_version
     where may_anywhere('record.read:' || t.key) or (t.kind = 'case' and may_anywhere('case.read'))
     order by t.kind desc, t.key`.execute(tx);
  return rows;
}

/** @throws AppError not_found */
export async function findVersions(tx: Tx, key: string): Promise<Static<typeof FormVersionItem>[]> {
  const rows = await tx
    .selectFrom('form_version as v')
    .innerJoin('form_type as t', 't.key', 'v.form')
    .leftJoin('person as p', 'p.id', 'v.published_by')
    .select(['v.version', 'v.note', 'v.published_at', 't.current_version', 'p.id', 'p.display_name'])
    .where('v.form', '=', key)
    .orderBy('v.version', 'desc')
    .execute();
  if (rows.length === 0) throw new AppError('not_found', 404, { form: key });
  return rows.map((row) => ({
    version: row.version,
    note: row.note,
    publishedBy: personRef(row.id, row.display_name),
    publishedAt: row.published_at.toISOString(),
    current: row.version === row.current_version,
  }));
}

/** @throws AppError not_found */
export async function findDraft(tx: Tx, key: string): Promise<Static<typeof FormDraft>> {
  const row = await tx
    .selectFrom('form_draft as d')
    .leftJoin('person as p', 'p.id', 'd.updated_by')
    .select(['d.schema', 'd.layout', 'd.updated_at', 'p.id', 'p.display_name'])
    .where('d.form', '=', key)
    .executeTakeFirst();
  if (row === undefined) throw new AppError('not_found', 404, { form: key });
  return {
    key,
    schema: row.schema,
    layout: row.layout,
    problems: [...problemsOfForm(row)],
    updatedAt: row.updated_at.toISOString(),
    updatedBy: personRef(row.id, row.display_name),
  };
}

interface Draft {
  key: string;
  schema: Record<string, unknown>;
  layout: Record<string, unknown>;
  by: string;
}

export async function keepDraft(tx: Tx, { key, schema, layout, by }: Draft): Promise<void> {
  const kept = {
    schema: JSON.stringify(schema),
    layout: JSON.stringify(layout),
    updated_by: by,
    updated_at: new Date(),
  };
  await tx
    .insertInto('form_draft')
    .values({ form: key, ...kept })
    .onConflict((conflict) => conflict.column('form').doUpdateSet(kept))
    .execute();
}

export async function dropDraft(tx: Tx, key: string): Promise<void> {
  await tx.deleteFrom('form_draft').where('form', '=', key).execute();
}

function personRef(id: string | null, name: string | null): { id: string; name: string } | null {
  return id === null || name === null ? null : { id, name };
}
