/**
 * Refuses a form type or layout that does not fit its language, then what a JSON Schema cannot say: names that clash, labels
 * and constraints that mention no field, formulas' types. Every problem has the pointer into the definition.
 */
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import formMeta from './form.schema.json' with { type: 'json' };
import layoutMeta from './layout.schema.json' with { type: 'json' };
import { columnsOf, rowFields } from './columns.ts';
import { checkBounds, checkLayoutBounds, mostProblems } from './bounds.ts';
import { constraintFields } from './constraint-fields.ts';
import { pointerPart } from './findings.ts';
import { parseLabel } from './label.ts';
import { systemColumns, toColumn } from './names.ts';
import type { Constraint, FieldSchema, FormSchema, Layout, Problem } from './types.ts';

const ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false, formats: { regex: isRegex } });
/** All but the fields: those are looked at one by one, until there are problems enough. */
const fitsFrame: ValidateFunction = ajv.compile({
  ...formMeta,
  properties: { ...formMeta.properties, properties: { ...formMeta.properties.properties, additionalProperties: true } },
});
const fitsField: ValidateFunction = ajv.compile({ $defs: formMeta.$defs, $ref: '#/$defs/field' });
const fitsLayout: ValidateFunction = ajv.compile(layoutMeta);

/** Problems of a form type; none means it compiles. Pointers start with /schema. */
export function checkForm(schema: unknown): Problem[] {
  const bounds = checkBounds(schema);
  if (bounds.length > 0) return bounds;
  const misfits = checkLanguage(schema);
  if (misfits.length > 0) return misfits;
  const form = schema as FormSchema;
  const fields = form.properties;
  return [
    ...checkNames(fields),
    ...checkMentions(form),
    ...checkLabel(form),
    ...(form['x-constraints'] ?? []).flatMap((each, i) => checkConstraint(each, fields, `/schema/x-constraints/${i}`)),
    ...checkKinds(form),
  ].slice(0, mostProblems);
}

/** What form.schema.json has against it. */
function checkLanguage(schema: unknown): Problem[] {
  const problems = misfit(fitsFrame, schema, '/schema');
  const fields: unknown = (schema as Partial<FormSchema> | null)?.properties;
  if (typeof fields !== 'object' || fields === null) return problems;
  for (const [name, field] of Object.entries(fields)) {
    if (problems.length >= mostProblems) break;
    problems.push(...misfit(fitsField, field, `/schema/properties/${pointerPart(name)}`));
  }
  return problems.slice(0, mostProblems);
}

function misfit(fits: ValidateFunction, value: unknown, base: string): Problem[] {
  if (fits(value)) return [];
  return (fits.errors ?? [])
    .filter(isTelling)
    .slice(0, mostProblems)
    .map((error) => toProblem(base, error));
}

/** Problems of a layout for a form type that passed `checkForm`. Pointers start with /layout. */
export function checkLayout(layout: unknown, form: FormSchema): Problem[] {
  const bounds = checkLayoutBounds(layout);
  if (bounds.length > 0) return bounds;
  const misfits = misfit(fitsLayout, layout, '/layout');
  if (misfits.length > 0) return misfits;
  const { sections, list = [], search = [], sort = [] } = layout as Layout;
  const named = sections.flatMap((section, i) =>
    section.fields.map((each, k) => ({
      field: typeof each === 'string' ? each : each.field,
      path: `/layout/sections/${i}/fields/${k}`,
    })),
  );
  const taken = sections.flatMap((section, i) =>
    section.fields.flatMap((each, k) =>
      typeof each === 'string' || each.of === undefined
        ? []
        : [{ field: each.of, path: `/layout/sections/${i}/fields/${k}/of` }],
    ),
  );
  const placed = new Set<string>();
  const twice = named.filter(({ field }) => placed.has(field) || !placed.add(field));
  const mentions = [
    ...named,
    ...taken,
    ...list.map((field, i) => ({ field, path: `/layout/list/${i}` })),
    ...search.map((path, i) => ({ field: path.split('.')[0] ?? '', path: `/layout/search/${i}` })),
    ...sort.map(({ field }, i) => ({ field, path: `/layout/sort/${i}/field` })),
  ];
  return [
    ...mentions.filter(({ field }) => !has(form, field)).map(({ field, path }) => unknownField(path, field)),
    ...twice.map(({ field, path }) => ({ path, code: 'field_twice', params: { field } })),
  ].slice(0, mostProblems);
}

function checkNames(fields: Record<string, FieldSchema>): Problem[] {
  const taken = new Set<string>(systemColumns);
  const problems: Problem[] = [];
  for (const [name, schema] of Object.entries(fields)) {
    const path = `/schema/properties/${name}`;
    const columns =
      schema['x-field'] === 'table' ? [toColumn(name)] : columnsOf(name, schema).map((column) => column.name);
    for (const column of columns) {
      if (taken.has(column)) problems.push({ path, code: 'field_name_taken', params: { field: name } });
      taken.add(column);
    }
    const rows = rowFields(schema);
    const clash = Object.keys(rows).filter((row) => systemColumns.some((column) => column === toColumn(row)));
    problems.push(
      ...clash.map((row) => ({
        path: `${path}/items/properties/${row}`,
        code: 'field_name_taken',
        params: { field: row },
      })),
    );
  }
  return problems;
}

function checkMentions(form: FormSchema): Problem[] {
  const owners = form['x-owners'] ?? {};
  const mentions: [string, string | undefined][] = [
    ...(form.required ?? []).map((field, i): [string, string] => [`/schema/required/${i}`, field]),
    ['/schema/x-community-from', form['x-community-from']],
    ['/schema/x-owners/unit', owners.unit === 'id' ? undefined : owners.unit],
    ['/schema/x-owners/party', owners.party === 'id' ? undefined : owners.party],
    ...(form.allOf ?? []).flatMap((each, i) => conditionMentions(each, `/schema/allOf/${i}`)),
  ];
  const missing = mentions.filter(([, field]) => field !== undefined && !has(form, field));
  return missing.map(([path, field]) => unknownField(path, field ?? ''));
}

function conditionMentions(each: NonNullable<FormSchema['allOf']>[number], path: string): [string, string][] {
  const fields = [...Object.keys(each.if.properties), ...(each.if.required ?? [])].map((field): [string, string] => [
    `${path}/if`,
    field,
  ]);
  const more = [...(each.then?.required ?? []), ...(each.else?.required ?? [])].map((field): [string, string] => [
    path,
    field,
  ]);
  return [...fields, ...more];
}

function checkLabel(form: FormSchema): Problem[] {
  const path = '/schema/x-label';
  try {
    const parts = parseLabel(form['x-label']).filter((part) => 'field' in part);
    if (parts.length === 0) return [{ path, code: 'label_names_no_field' }];
    return parts
      .filter((part) => !has(form, part.field) || (part.of !== undefined && !isReference(form.properties[part.field])))
      .map((part) => unknownField(path, part.field));
  } catch (error) {
    if (error instanceof RangeError) return [{ path, code: 'label_invalid' }];
    throw error;
  }
}

function checkConstraint(constraint: Constraint, fields: Record<string, FieldSchema>, path: string): Problem[] {
  const kindOf = (name: string): string | undefined =>
    Object.hasOwn(fields, name) ? fields[name]?.['x-field'] : undefined;
  const missing = constraintFields(constraint).filter((field) => kindOf(field) === undefined);
  if (missing.length > 0) return missing.map((field) => unknownField(path, field));
  const wrong = wrongFields(constraint, kindOf);
  return wrong.map((field) => ({ path, code: 'constraint_kind', params: { field, kind: kindOf(field) } }));
}

/** The fields of a constraint whose kind cannot be constrained so. */
function wrongFields(constraint: Constraint, kindOf: (name: string) => string | undefined): string[] {
  const compound = ['table', 'files', 'location', 'manyChoice'];
  const isCompound = (field: string): boolean => compound.includes(kindOf(field) ?? '');
  switch (constraint.kind) {
    case 'unique':
      return constraint.fields.filter(isCompound);
    case 'noOverlap':
      return [
        ...constraint.same.filter(isCompound),
        ...[constraint.from, constraint.to].filter((each) => kindOf(each) !== 'date'),
      ];
    case 'sharesSumTo1':
      return [
        ...[constraint.from, constraint.to].filter((each) => kindOf(each) !== 'date'),
        ...(kindOf(constraint.share) === 'number' ? [] : [constraint.share]),
        ...(isCompound(constraint.of) ? [constraint.of] : []),
      ];
    case 'compare':
      return isCompound(constraint.left) || comparable(kindOf(constraint.left)) !== comparable(kindOf(constraint.right))
        ? [constraint.right]
        : [];
  }
}

/** Numbers of all kinds compare with each other. */
function comparable(kind: string | undefined): string | undefined {
  return kind === 'integer' || kind === 'money' ? 'number' : kind;
}

function checkKinds(form: FormSchema): Problem[] {
  const from = form['x-community-from'];
  const wrong: [boolean, Problem][] = [
    [
      form['x-kind'] === 'case' && form['x-owners'] !== undefined,
      { path: '/schema/x-owners', code: 'owners_of_case_form' },
    ],
    [
      form['x-write'] !== undefined && form['x-local'] !== false,
      { path: '/schema/x-write', code: 'write_of_local_form' },
    ],
    [
      from !== undefined && !isReference(form.properties[from]),
      { path: '/schema/x-community-from', code: 'not_a_reference' },
    ],
    [
      form['x-owners']?.community === 'community' && form['x-local'] !== true,
      { path: '/schema/x-owners', code: 'owners_of_no_community' },
    ],
  ];
  return [
    ...wrong.filter(([is]) => is).map(([, problem]) => problem),
    ...Object.entries(form.properties).flatMap(checkComputed),
  ];
}

function checkComputed([name, schema]: [string, FieldSchema]): Problem[] {
  if (schema['x-field'] !== 'computed') return [];
  const type = resultTypes[schema['x-result'] ?? 'text'];
  return schema.type === type
    ? []
    : [{ path: `/schema/properties/${name}/type`, code: 'computed_type', params: { type } }];
}

const resultTypes = {
  text: 'string',
  integer: 'integer',
  number: 'number',
  money: 'number',
  date: 'string',
  boolean: 'boolean',
};

/** Own fields only: every object has a `constructor`. */
function has({ properties }: FormSchema, field: string): boolean {
  return Object.hasOwn(properties, field);
}

function isReference(schema: FieldSchema | undefined): boolean {
  return schema !== undefined && ['ref', 'party', 'department'].includes(schema['x-field']);
}

function unknownField(path: string, field: string): Problem {
  return { path, code: 'field_unknown', params: { field } };
}

/** Errors of the branches say what is wrong; "if" and "allOf" only that something was. */
function isTelling(error: ErrorObject): boolean {
  return !['if', 'allOf', 'oneOf'].includes(error.keyword);
}

function toProblem(base: string, error: ErrorObject): Problem {
  return {
    path: `${base}${error.instancePath}`,
    code: `schema_${toSnake(error.keyword)}`,
    params: { ...error.params },
  };
}

function toSnake(keyword: string): string {
  return keyword.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function isRegex(text: string): boolean {
  try {
    return new RegExp(text, 'u').source !== '';
  } catch {
    return false;
  }
}
