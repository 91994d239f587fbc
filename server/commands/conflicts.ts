/**
 * A completion names the rev of the record it read (protocol.md rule 7): fields the person did not change leave the patch, a field that
 * somebody else changed meanwhile is a conflict that shows both values.
 */
import { sql } from 'kysely';
import { withoutComputed } from '../../forms/computed.ts';
import type { CompiledForm } from '../../forms/types.ts';
import type { Tx } from '../db/as.ts';
import { AppError, type FieldError } from '../errors.ts';
import { fieldOfName, readRowName } from '../../workflows/engine/row-vars.ts';
import { revOf } from './apply/field-revs.ts';
import { underRowNames, type OwnRows } from './own-rows.ts';
import { canonicalJson } from '../definitions/canonical-json.ts';

type Fields = Record<string, unknown>;

export interface Reading {
  caseId: string;
  form: Pick<CompiledForm, 'fields'>;
  /** Rev that the person had read. */
  version: number;
  fieldRevs: Record<string, number>;
  current: Fields;
  /** What the person may be told of it, where that is less: masked. */
  shown?: Fields;
  /** Rows that the person works on: of their tables these alone. */
  own?: OwnRows;
}

/** The fields the person changed, without what is computed from them (rule 9). @throws AppError field_changed */
export async function changedFields(tx: Tx, given: Fields, reading: Reading): Promise<Fields> {
  const { fieldRevs, version, own = new Map<string, string>() } = reading;
  const shown = underRowNames(reading.shown ?? reading.current, own);
  const sent = underRowNames(withoutComputed(reading.form.fields, given), own);
  const current = underRowNames(withoutComputed(reading.form.fields, reading.current), own);
  const differing = Object.entries(sent).filter(([field, value]) => !same(value, current[field]));
  const contested = differing.filter(([field]) => revOf(fieldRevs, field) > version).map(([field]) => field);
  if (contested.length === 0) return Object.fromEntries(differing);
  const before = await readAt(tx, reading, contested);
  // Sent as it was read: the person changed nothing, the other's value stays.
  const isTheirs = (field: string): boolean => contested.includes(field) && same(sent[field], before[field]);
  const errors = contested
    .filter((field) => !isTheirs(field))
    .map((field): FieldError => ({
      path: `/fields/${fieldOfName(field)}`,
      code: 'field_changed',
      params: { yours: asTable(field, sent[field] ?? null), theirs: asTable(field, shown[field] ?? null) },
    }));
  if (errors.length > 0) throw new AppError('field_changed', 409, {}, errors);
  return Object.fromEntries(differing.filter(([field]) => !isTheirs(field)));
}

/** A row as the screens have it: all that there is of its table. */
function asTable(name: string, value: unknown): unknown {
  return readRowName(name) === undefined || value === null ? value : [value];
}

/** Values of fields as of the rev that the person read, from the log; of a row also as its whole table had it. */
async function readAt(tx: Tx, { caseId, version }: Reading, fields: readonly string[]): Promise<Fields> {
  const { rows } = await sql<{ field: string; value: unknown }>`
    select distinct on (f.field) f.field, coalesce(e.patch -> f.field, jsonb_path_query_first(e.patch -> split_part(f.field, '/', 1),
      '$[*] ? (@.id == $id)', jsonb_build_object('id', split_part(f.field, '/', 2)))) as value
    from unnest(${fields}::text[]) as f (field) join case_event e on e.case_id = ${caseId} and e.rev <= ${version}
      and (e.patch ? f.field or e.patch ? split_part(f.field, '/', 1))
    order by f.field, e.rev desc`.execute(tx);
  return Object.fromEntries(rows.map(({ field, value }) => [field, value]));
}

/** Empty is empty, however it is written. */
function same(a: unknown, b: unknown): boolean {
  return canonicalJson(emptied(a)) === canonicalJson(emptied(b));
}

function emptied(value: unknown): unknown {
  const isEmpty = value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
  return isEmpty ? null : value;
}
