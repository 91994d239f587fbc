/**
 * A form type as the program uses it: fields in order with their columns and references, the parsed label, named constraints.
 * Publishing, storing, validating and rendering all read this and never the schema's own text.
 */
import { checkForm, checkLayout } from './check.ts';
import { choicesOf, columnsOf, rowFields } from './columns.ts';
import { parseLabel } from './label.ts';
import { shortName, toColumn } from './names.ts';
import {
  FormError,
  type CompiledForm,
  type FieldInfo,
  type FieldSchema,
  type FormSchema,
  type Layout,
  type RefTarget,
} from './types.ts';

/** @throws FormError with every problem and its pointer. */
export function compileForm(schema: unknown, layout: unknown): CompiledForm {
  const problems = checkForm(schema);
  if (problems.length > 0) throw new FormError(problems);
  const form = schema as FormSchema;
  const layoutProblems = checkLayout(layout, form);
  if (layoutProblems.length > 0) throw new FormError(layoutProblems);
  return build(form, layout as Layout);
}

function build(form: FormSchema, layout: Layout): CompiledForm {
  const table = toColumn(form['x-key']);
  const fields = Object.entries(form.properties).map(([name, schema]) => fieldInfo(name, schema));
  const constraints = (form['x-constraints'] ?? []).map((constraint) => ({
    name: shortName(table, constraint.kind.toLowerCase(), ...columnsNamed(constraint)),
    constraint,
  }));
  return {
    key: form['x-key'],
    kind: form['x-kind'],
    title: form['x-title'],
    schema: form,
    layout,
    table,
    local: form['x-local'],
    communityFrom: form['x-community-from'] ?? null,
    communities: form['x-communities'] ?? null,
    label: parseLabel(form['x-label']),
    owners: form['x-owners'] ?? {},
    fields,
    byName: new Map(fields.map((field) => [field.name, field])),
    constraints,
    search: layout.search ?? [],
  };
}

function columnsNamed(constraint: CompiledForm['constraints'][number]['constraint']): string[] {
  switch (constraint.kind) {
    case 'unique':
      return constraint.fields.map(toColumn);
    case 'noOverlap':
      return constraint.same.map(toColumn);
    case 'sharesSumTo1':
      return [toColumn(constraint.of)];
    case 'compare':
      return [toColumn(constraint.left), toColumn(constraint.right)];
  }
}

function fieldInfo(name: string, schema: FieldSchema): FieldInfo {
  const kind = schema['x-field'];
  return {
    name,
    kind,
    title: schema['x-title'],
    schema,
    columns: columnsOf(name, schema),
    ref: refOf(schema),
    personal: schema['x-personal'] ?? false,
    mask: schema['x-mask'] ?? null,
    choices: choicesOf(schema),
    writable: kind !== 'autoNumber' && kind !== 'computed',
    rows: Object.entries(rowFields(schema)).map(([row, each]) => fieldInfo(row, each)),
  };
}

function refOf(schema: FieldSchema): RefTarget | null {
  switch (schema['x-field']) {
    case 'ref':
      return recordTarget(schema['x-ref'] ?? '');
    case 'party':
      return recordTarget('party');
    case 'department':
      return recordTarget('department');
    case 'person':
      return { schema: 'public', table: 'person', form: null };
    case 'signature':
      return { schema: 'public', table: 'file', form: null };
    default:
      return null;
  }
}

function recordTarget(key: string): RefTarget {
  return { schema: 'record', table: toColumn(key), form: key };
}
