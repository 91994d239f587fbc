/**
 * Names of records, persons and files, by id. What row security hides from the asking person has no name here, and a screen
 * then shows that something is there without saying what.
 */
import { sql } from 'kysely';
import { isEmpty } from '../../../forms/empty.ts';
import { renderLabel } from '../../../forms/label.ts';
import { maskFields } from '../../../forms/mask.ts';
import type { CompiledForm, FieldInfo, Values } from '../../../forms/types.ts';
import type { Tx } from '../as.ts';
import { loadForm, type LoadedForm } from './form-store.ts';
import { fromRow, type Row } from './values.ts';

export type Labels = Record<string, string>;

/** A label may be made of labels: unit → entrance → building. Deeper than any form type needs. */
const deepest = 4;

/** For every id the fields mention, in sub-tables too. */
export async function recordLabels(tx: Tx, form: CompiledForm, fields: Values | Values[]): Promise<Labels> {
  const wanted = new Map<string, Set<string>>();
  for (const values of [fields].flat()) for (const field of form.fields) collect(field, values[field.name], wanted);
  const labels: Labels = {};
  for (const [target, ids] of wanted) Object.assign(labels, await labelsOf(tx, target, [...ids], deepest));
  return labels;
}

/** `target`: key of a form type, ` person` or ` file`; no key has a space. */
async function labelsOf(tx: Tx, target: string, ids: string[], depth: number): Promise<Labels> {
  if (ids.length === 0 || depth === 0) return {};
  if (target === ' person')
    return named(await tx.selectFrom('person').select(['id', 'display_name as name']).where('id', 'in', ids).execute());
  if (target === ' file')
    return named(await tx.selectFrom('file').select(['id', 'name']).where('id', 'in', ids).execute());
  const form = await loadForm(tx, target);
  const { rows } = await sql<Row>`select * from ${sql.id('record', form.table)} where id = any(${ids}::uuid[])`.execute(
    tx,
  );
  const texts = await renderAll(
    tx,
    form,
    rows.map((row) => fromRow(form.fields, row)),
    depth,
  );
  return Object.fromEntries(rows.map((row, i) => [row.id as string, texts[i] ?? '']));
}

function named(rows: { id: string; name: string }[]): Labels {
  return Object.fromEntries(rows.map(({ id, name }) => [id, name]));
}

/** The names of records, with the records their templates look into read once for all. Everybody reads names: what is masked is masked in them. */
export async function renderAll(tx: Tx, form: LoadedForm, records: Values[], depth = deepest): Promise<string[]> {
  const looked = new Map<string, Values | string>();
  for (const part of form.label) {
    const field = 'field' in part ? form.byName.get(part.field) : undefined;
    if (field === undefined || !('field' in part) || field.ref === null) continue;
    const ids = [...new Set(records.map((values) => values[part.field]).filter((id) => typeof id === 'string'))];
    await look(tx, { field, of: part.of }, ids, { looked, depth });
  }
  return records.map((values) => {
    const shown = maskFields(form, values);
    return renderLabel(form.label, (part) => textOf(shown[part.field], part, looked));
  });
}

async function look(
  tx: Tx,
  { field, of }: { field: FieldInfo; of: string | undefined },
  ids: string[],
  { looked, depth }: { looked: Map<string, Values | string>; depth: number },
): Promise<void> {
  if (ids.length === 0 || depth === 0) return;
  if (of === undefined) {
    const labels = await labelsOf(tx, targetOf(field), ids, depth - 1);
    for (const [id, label] of Object.entries(labels)) looked.set(`${field.name} ${id}`, label);
    return;
  }
  if (field.ref?.form == null) return;
  const form = await loadForm(tx, field.ref.form);
  const { rows } = await sql<Row>`select * from ${sql.id('record', form.table)} where id = any(${ids}::uuid[])`.execute(
    tx,
  );
  for (const row of rows) looked.set(`${field.name}. ${row.id as string}`, maskFields(form, fromRow(form.fields, row)));
}

function textOf(value: unknown, part: { field: string; of?: string }, looked: Map<string, Values | string>): string {
  if (part.of !== undefined) {
    const record = looked.get(`${part.field}. ${String(value)}`);
    return typeof record === 'object' ? toText(record[part.of]) : '';
  }
  const label = looked.get(`${part.field} ${String(value)}`);
  return typeof label === 'string' ? label : toText(value);
}

function toText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function collect(field: FieldInfo, value: unknown, wanted: Map<string, Set<string>>): void {
  if (isEmpty(value)) return;
  if (field.kind === 'table') {
    for (const row of value as Values[]) for (const each of field.rows) collect(each, row[each.name], wanted);
    return;
  }
  if (field.kind !== 'files' && field.ref === null) return;
  const target = targetOf(field);
  const ids = wanted.get(target) ?? new Set<string>();
  for (const id of [value].flat()) ids.add(id as string);
  wanted.set(target, ids);
}

function targetOf(field: FieldInfo): string {
  return field.ref?.form ?? (field.kind === 'person' ? ' person' : ' file');
}
