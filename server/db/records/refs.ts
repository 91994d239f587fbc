/**
 * Whatever a record refers to must be there *for the person who writes*: a foreign key alone would let one attach, and so learn
 * of, records that row security hides. One query for all references.
 */
import { sql, type RawBuilder } from 'kysely';
import { isEmpty } from '../../../forms/empty.ts';
import type { CompiledForm, FieldInfo, Values } from '../../../forms/types.ts';
import { AppError, type FieldError } from '../../errors.ts';
import type { Tx } from '../as.ts';
import { isThere } from './there.ts';

interface Mention {
  path: string;
  id: string;
  /** What makes a row of the target one that may be referred to. */
  target: 'person' | 'file' | { table: string };
}

/** @throws AppError invalid_fields with ref_not_found at each path */
export async function checkRefs(tx: Tx, form: CompiledForm, values: Values): Promise<void> {
  const mentions = allMentions(form, values);
  if (mentions.length === 0) return;
  const queries = groupsOf(mentions).map((each) => foundIn(each));
  const { rows } = await sql<{ id: string }>`${sql.join(queries, sql` union all `)}`.execute(tx);
  const found = new Set(rows.map(({ id }) => id));
  const errors = mentions
    .filter(({ id }) => !found.has(id.toLowerCase()))
    .map(({ path }): FieldError => ({ path, code: 'ref_not_found' }));
  if (errors.length > 0) throw new AppError('invalid_fields', 422, {}, errors);
}

/** The same as a condition, for whoever asks only whether; none where nothing is mentioned. */
export function refsAreThere(form: CompiledForm, values: Values): RawBuilder<boolean>[] {
  return groupsOf(allMentions(form, values)).map((group) => {
    const ids = new Set(group.map(({ id }) => id.toLowerCase()));
    return sql<boolean>`(select count(*) from (${foundIn(group)}) f) = ${ids.size}`;
  });
}

function allMentions(form: CompiledForm, values: Values): Mention[] {
  return form.fields.flatMap((field) => mentionsOf(field, values[field.name], `/fields/${field.name}`));
}

function groupsOf(mentions: Mention[]): Mention[][] {
  const byTarget = Map.groupBy(mentions, ({ target }) =>
    typeof target === 'string' ? target : `record.${target.table}`,
  );
  return [...byTarget.values()];
}

function mentionsOf(field: FieldInfo, value: unknown, path: string): Mention[] {
  if (isEmpty(value)) return [];
  if (field.kind === 'files') {
    return (value as string[]).map((id, i) => ({ path: `${path}/${i}`, id, target: 'file' }));
  }
  if (field.kind === 'table') {
    return (value as Values[]).flatMap((row, i) =>
      field.rows.flatMap((each) => mentionsOf(each, row[each.name], `${path}/${i}/${each.name}`)),
    );
  }
  if (field.ref === null) return [];
  const { form, table } = field.ref;
  return [{ path, id: value as string, target: form === null ? (table as 'person' | 'file') : { table } }];
}

function foundIn(mentions: Mention[]): RawBuilder<unknown> {
  const ids = mentions.map(({ id }) => id);
  const target = mentions[0]?.target;
  if (target === 'person') return sql`select id from person where id = any(${ids}::uuid[]) and disabled_at is null`;
  if (target === 'file' || target === undefined) return sql`select id from file where id = any(${ids}::uuid[])`;
  return sql`select id from ${sql.id('record', target.table)} where id = any(${ids}::uuid[]) and ${isThere}`;
}
