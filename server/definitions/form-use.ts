/** A field that a current flow, another form type's label or search mentions cannot be taken away: who would do it is told by whom. */
import type { CompiledForm, Problem } from '../../forms/types.ts';
import type { Tx } from '../db/as.ts';

/** One problem a use of a field that `next` no longer has. */
export async function whatUses(tx: Tx, last: CompiledForm, next: CompiledForm): Promise<Problem[]> {
  const gone = last.fields.filter(({ name }) => !next.byName.has(name)).map(({ name }) => name);
  if (gone.length === 0) return [];
  const flows = await tx
    .selectFrom('flow')
    .innerJoin('flow_version', (join) =>
      join.onRef('flow_version.flow', '=', 'flow.key').onRef('flow_version.version', '=', 'flow.current_version'),
    )
    .select(['flow.key', 'flow_version.definition'])
    .where('flow.form', '=', last.key)
    .execute();
  const inFlows = flows.flatMap(({ key, definition }) =>
    gone.filter((field) => mentions(definition, field)).map((field): Problem => problem(field, { flow: key })),
  );
  const others = await tx
    .selectFrom('form_type')
    .innerJoin('form_version', (join) =>
      join
        .onRef('form_version.form', '=', 'form_type.key')
        .onRef('form_version.version', '=', 'form_type.current_version'),
    )
    .select(['form_type.key', 'form_version.schema', 'form_version.layout'])
    .where('form_type.key', '!=', last.key)
    .execute();
  const inForms = others.flatMap(({ key, schema, layout }) =>
    gone
      .filter((field) => looksInto(schema, layout, { form: last.key, field }))
      .map((field) => problem(field, { form: key })),
  );
  return [...inFlows, ...inForms];
}

function problem(field: string, by: object): Problem {
  return { path: `/schema/properties/${field}`, code: 'field_in_use', params: { field, ...by } };
}

/** As the name of a permission, a whole text, or a word of an expression. */
function mentions(value: unknown, field: string): boolean {
  if (typeof value === 'string') return new RegExp(`\\b${field}\\b`).test(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, item]) => key === field || mentions(item, field));
}

/** Whether `{ref.field}` stands in a label or `ref.field` in a search, where ref is of the form type. */
function looksInto(
  schema: Record<string, unknown>,
  layout: Record<string, unknown>,
  of: { form: string; field: string },
): boolean {
  const properties = schema.properties as Record<string, Record<string, unknown>>;
  const paths = Object.entries(properties)
    .filter(([, field]) => field['x-ref'] === of.form || field['x-field'] === of.form)
    .map(([name]) => `${name}.${of.field}`);
  const search = (layout.search ?? []) as string[];
  return paths.some((path) => String(schema['x-label']).includes(`{${path}}`) || search.includes(path));
}
