/**
 * What is asked of a definition before it is published, beyond what makes it one (check.ts): that its tables can be made and its records
 * written, that no name tells what is masked, that no pattern holds up who runs it. What was published before stays readable.
 */
import { mostProblems } from './bounds.ts';
import { childTable } from './names.ts';
import { longestMatched, patternFault } from './pattern.ts';
import { byUnits } from './policies.ts';
import type { CompiledForm, Constraint, FieldInfo, NamedConstraint, Problem } from './types.ts';

/** Pointers start with /schema or /layout. */
export function checkNew(form: CompiledForm): Problem[] {
  return [
    ...form.fields.flatMap((field) => checkField(field, `/schema/properties/${field.name}`)),
    ...checkTables(form),
    ...checkOwners(form),
    ...checkCommunities(form),
    ...form.constraints.flatMap((each, i) => checkConstraint(form, each, i)),
    ...checkLabel(form),
    ...checkList(form),
  ].slice(0, mostProblems);
}

/** What Postgres keeps of a name, less the stroke before a table of old rows. */
const longestTable = 62;
const longestColumn = 63;

function checkField(field: FieldInfo, path: string): Problem[] {
  const { name, columns, rows } = field;
  const isTaken = name in Object.prototype;
  const isLong = columns.some((column) => column.name.length > longestColumn);
  return [
    ...(isTaken ? [{ path, code: 'field_name_taken', params: { field: name } }] : []),
    ...(isLong ? [{ path, code: 'field_name_too_long', params: { field: name } }] : []),
    ...checkPattern(field, path),
    ...rows.flatMap((row) => checkField(row, `${path}/items/properties/${row.name}`)),
  ];
}

function checkPattern(field: FieldInfo, path: string): Problem[] {
  const { pattern } = field.schema;
  if (typeof pattern !== 'string') return [];
  const reason = patternFault(pattern);
  if (reason !== null) return [{ path: `${path}/pattern`, code: 'pattern_unsafe', params: { reason } }];
  if (longestText(field) <= longestMatched) return [];
  return [{ path: `${path}/maxLength`, code: 'pattern_of_long_text', params: { limit: longestMatched } }];
}

const defaultLengths: Partial<Record<string, number>> = { text: 200, longText: 4000 };

/** Characters. */
function longestText({ kind, schema }: FieldInfo): number {
  return typeof schema.maxLength === 'number' ? schema.maxLength : (defaultLengths[kind] ?? 0);
}

/** Two sub-tables whose names Postgres would cut to the same. */
function checkTables(form: CompiledForm): Problem[] {
  const taken = new Set<string>();
  return form.fields
    .filter(({ kind }) => kind === 'table')
    .flatMap(({ name }) => {
      const table = childTable(form.table, name).slice(0, longestTable);
      if (!taken.has(table)) {
        taken.add(table);
        return [];
      }
      return [{ path: `/schema/properties/${name}`, code: 'field_name_taken', params: { field: name } }];
    });
}

/** The field an owner's right hangs on refers to what it says. */
function checkOwners(form: CompiledForm): Problem[] {
  const { unit, party, community } = form.owners;
  const refersTo = (key: string, field: string): boolean =>
    field === 'id' ? form.key === key : form.byName.get(field)?.ref?.form === key;
  return [
    ...(unit === undefined || refersTo('unit', unit) ? [] : [ownersKind('unit')]),
    ...(party === undefined || refersTo('party', party) ? [] : [ownersKind('party')]),
    ...(community === 'id' && form.local !== 'self' ? [ownersKind('community')] : []),
  ];
}

/** A field that refers to a community; of the parties, their units. */
function checkCommunities(form: CompiledForm): Problem[] {
  const { communities, local, kind } = form;
  if (communities === null) return [];
  const refers =
    communities === byUnits ? form.key === 'party' : form.byName.get(communities)?.ref?.form === 'community';
  return refers && local === false && kind === 'register'
    ? []
    : [{ path: '/schema/x-communities', code: 'communities_kind', params: { field: communities } }];
}

function ownersKind(what: string): Problem {
  return { path: `/schema/x-owners/${what}`, code: 'owners_kind', params: { form: what } };
}

function checkConstraint(form: CompiledForm, { name, constraint }: NamedConstraint, index: number): Problem[] {
  const path = `/schema/x-constraints/${index}`;
  const isTwice = form.constraints.findIndex((each) => each.name === name) < index;
  const wrong = unfitFields(form, constraint).map((field) => ({
    path,
    code: 'constraint_kind',
    params: { field, kind: form.byName.get(field)?.kind },
  }));
  return [...(isTwice ? [{ path, code: 'constraint_twice' }] : []), ...wrong, ...checkWidth(form, constraint, path)];
}

/** Long texts have no place in an index; shares are of one record each. */
function unfitFields(form: CompiledForm, constraint: Constraint): string[] {
  const kindOf = (field: string): string => form.byName.get(field)?.kind ?? '';
  switch (constraint.kind) {
    case 'unique':
      return constraint.fields.filter((field) => kindOf(field) === 'longText');
    case 'noOverlap':
      return constraint.same.filter((field) => kindOf(field) === 'longText');
    case 'sharesSumTo1':
      return form.byName.get(constraint.of)?.ref == null ? [constraint.of] : [];
    case 'compare':
      return [];
  }
}

/** Characters of all texts in a row of an index: Postgres takes 2704 bytes, a character has up to four. */
const widestIndex = 640;

function checkWidth(form: CompiledForm, constraint: Constraint, path: string): Problem[] {
  if (constraint.kind !== 'unique' && constraint.kind !== 'noOverlap') return [];
  const fields = constraint.kind === 'unique' ? constraint.fields : constraint.same;
  const texts = fields.flatMap((name) => form.byName.get(name) ?? []).filter(({ kind }) => kind === 'text');
  const width = texts.reduce((total, field) => total + longestText(field), 0);
  return width > widestIndex ? [{ path, code: 'constraint_too_wide', params: { limit: widestIndex } }] : [];
}

/** Everybody who may refer to a record reads its name. */
function checkLabel(form: CompiledForm): Problem[] {
  const masked = form.label.filter((part) => 'field' in part && form.byName.get(part.field)?.mask != null);
  return masked.map((part) => ({
    path: '/schema/x-label',
    code: 'label_masked',
    params: { field: 'field' in part ? part.field : '' },
  }));
}

function checkList({ layout, byName }: CompiledForm): Problem[] {
  const sort = (layout.sort ?? []).flatMap(({ field }, i) => {
    const found = byName.get(field);
    const path = `/layout/sort/${i}/field`;
    if (found?.columns.length !== 1) return [{ path, code: 'sort_kind', params: { field } }];
    return found.mask === null ? [] : [{ path, code: 'sort_masked', params: { field } }];
  });
  const search = (layout.search ?? []).flatMap((path, i) => {
    const [name = '', of] = path.split('.');
    const field = byName.get(name);
    const isFound = field?.columns.length === 1 && (of === undefined || field.ref?.form != null);
    return isFound ? [] : [{ path: `/layout/search/${i}`, code: 'search_kind', params: { field: name } }];
  });
  return [...sort, ...search];
}
