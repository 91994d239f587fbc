/**
 * What publishing another version of a form type does to its tables, or why it may not. New fields are new nullable columns;
 * removed fields hide and their data stays, so their names stay taken; anything that would change what old records mean is refused.
 */
import {
  addConstraint,
  choiceCheck,
  choiceName,
  columnSql,
  createChild,
  dropConstraint,
  fieldLinks,
  upkeep,
  type Ddl,
} from './ddl.ts';
import { precisionOf } from './columns.ts';
import { childTable, quote, recordTable } from './names.ts';
import { FormError, type CompiledForm, type FieldInfo, type Problem } from './types.ts';

/**
 * `before`: every published version, oldest first; at least one.
 * @throws FormError with a reason for every incompatible change.
 */
export function changeForm(before: readonly CompiledForm[], next: CompiledForm): Ddl {
  const last = before.at(-1);
  if (last === undefined) throw new RangeError('nothing to compare with');
  const known = new Map(before.flatMap((form) => form.fields.map((field): [string, FieldInfo] => [field.name, field])));
  const problems = [
    ...checkWhole(last, next),
    ...next.fields.flatMap((field) => checkField(known.get(field.name), field, `/schema/properties/${field.name}`)),
  ];
  if (problems.length > 0) throw new FormError(problems);
  const added = next.fields.filter((field) => !known.has(field.name));
  const kept = next.fields.flatMap((field): [FieldInfo, FieldInfo][] => {
    const old = known.get(field.name);
    return old === undefined ? [] : [[old, field]];
  });
  const changedRows = kept.filter(([, field]) => field.kind === 'table');
  return {
    tables: [
      ...added.flatMap((field) => addField(next, field)),
      ...kept.flatMap(([old, field]) => changeColumns(next.table, old, field)),
      ...changedRows.flatMap(([old, field]) => changeRows(next, old, field)),
    ],
    links: [
      ...added.flatMap((field) => fieldLinks(next, field)),
      ...changedRows.flatMap(([old, field]) => fieldLinks(next, { ...field, rows: newRows(old, field) })),
      ...changeConstraints(last, next),
      ...upkeep(next),
    ],
  };
}

function checkWhole(last: CompiledForm, next: CompiledForm): Problem[] {
  const same: [string, unknown, unknown][] = [
    ['x-key', last.key, next.key],
    ['x-kind', last.kind, next.kind],
    ['x-local', last.local, next.local],
  ];
  return same
    .filter(([, old, now]) => old !== now)
    .map(([keyword, from, to]) => ({ path: `/schema/${keyword}`, code: 'change_incompatible', params: { from, to } }));
}

function checkField(old: FieldInfo | undefined, next: FieldInfo, path: string): Problem[] {
  if (old === undefined) return [];
  if (!mayBecome(old, next)) {
    return [{ path, code: 'field_kind_changed', params: { field: next.name, from: old.kind, to: next.kind } }];
  }
  if (old.ref?.table !== next.ref?.table) {
    return [
      { path, code: 'field_reference_changed', params: { field: next.name, from: old.ref?.form, to: next.ref?.form } },
    ];
  }
  const gone =
    next.kind === 'text'
      ? []
      : old.choices.filter((choice) => !next.choices.some((each) => each.const === choice.const));
  const rows = new Map(old.rows.map((row) => [row.name, row]));
  return [
    ...gone.map((choice) => ({ path, code: 'choice_removed', params: { field: next.name, choice: choice.const } })),
    ...next.rows.flatMap((row) => checkField(rows.get(row.name), row, `${path}/items/properties/${row.name}`)),
  ];
}

const texts = ['text', 'longText', 'choice'];

function mayBecome(old: FieldInfo, next: FieldInfo): boolean {
  if (old.kind === next.kind) return !isNarrower(old, next) && old.schema['x-result'] === next.schema['x-result'];
  if (old.kind === 'integer' && next.kind === 'number') return !isNarrower(old, next);
  return texts.includes(old.kind) && texts.includes(next.kind) && next.kind !== 'choice';
}

/** Fewer digits before or after the point than stored values may have. */
function isNarrower(old: FieldInfo, next: FieldInfo): boolean {
  const to = precisionOf(next.schema);
  if (to === null) return false;
  const from = precisionOf(old.schema) ?? { digits: 10, decimals: 0 };
  return to.decimals < from.decimals || to.digits - to.decimals < from.digits - from.decimals;
}

function addField(form: CompiledForm, field: FieldInfo): string[] {
  if (field.kind === 'table') return createChild(form, field);
  return [...addColumns(form.table, field), ...choiceCheck(form.table, field)];
}

function addColumns(table: string, field: FieldInfo): string[] {
  return field.columns.map((column) => `alter table ${recordTable(table)} add column ${columnSql(column)}`);
}

function changeColumns(table: string, old: FieldInfo, next: FieldInfo): string[] {
  return next.columns.flatMap((column, i) => {
    const was = old.columns[i];
    if (was === undefined) return [];
    const retyped =
      was.type === column.type
        ? []
        : [`alter table ${recordTable(table)} alter column ${quote(column.name)} type ${column.type}`];
    if (was.check === column.check) return retyped;
    const drop =
      was.check === undefined
        ? []
        : [`alter table ${recordTable(table)} drop constraint ${quote(choiceName(table, was))}`];
    return [...retyped, ...drop, ...choiceCheck(table, { ...next, columns: [column] })];
  });
}

function changeRows(form: CompiledForm, old: FieldInfo, next: FieldInfo): string[] {
  const table = childTable(form.table, next.name);
  const known = new Map(old.rows.map((row) => [row.name, row]));
  return next.rows.flatMap((row) => {
    const was = known.get(row.name);
    return was === undefined ? [...addColumns(table, row), ...choiceCheck(table, row)] : changeColumns(table, was, row);
  });
}

function newRows(old: FieldInfo, next: FieldInfo): FieldInfo[] {
  return next.rows.filter((row) => !old.rows.some((each) => each.name === row.name));
}

function changeConstraints(last: CompiledForm, next: CompiledForm): string[] {
  const same = (a: CompiledForm['constraints'][number], b: typeof a): boolean =>
    JSON.stringify(a) === JSON.stringify(b);
  const gone = last.constraints.filter((old) => !next.constraints.some((each) => same(old, each)));
  const added = next.constraints.filter((each) => !last.constraints.some((old) => same(old, each)));
  return [...gone.flatMap((each) => dropConstraint(last, each)), ...added.flatMap((each) => addConstraint(next, each))];
}
