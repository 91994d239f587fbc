// Joins a form type, its layout and a step's permissions into what the screen shows. Pure; the renderer reads nothing else.
import { isWide, widgetOf } from './widget.ts';
import type { Access, Choice, FieldModel, FieldSchema, FormModel, FormSchema, Layout, SectionModel } from './types.ts';

interface Input {
  schema: FormSchema;
  layout: Layout;
  permissions: Partial<Record<string, Access>>;
  /** Everything is shown, nothing can be written. */
  readonly?: boolean;
}
interface Place {
  field: string;
  span?: 1 | 2;
  widget?: string;
  of?: string;
  showWhen?: string;
}

/** A field that no section names comes last; one that a step does not name is read (flow.schema.json). */
export function buildModel(input: Input): FormModel {
  const placed = input.layout.sections.map((section) => ({
    ...section,
    fields: section.fields.map((place) => (typeof place === 'string' ? { field: place } : place)),
  }));
  const named = new Set(placed.flatMap((section) => section.fields.map((place) => place.field)));
  const rest = Object.keys(input.schema.properties).filter((name) => !named.has(name) && !isFilled(input, name));
  const sections: SectionModel[] = [...placed, { fields: rest.map((field) => ({ field })), columns: 2 as const }]
    .map((section) => ({
      title: ('title' in section ? section.title : null) ?? null,
      columns: section.columns ?? 1,
      fields: section.fields.flatMap((place) => fieldOf(place, input)),
    }))
    .filter((section) => section.fields.length > 0);
  return { sections, fields: sections.flatMap((section) => section.fields) };
}

/** What the program fills is shown only where the layout puts it. */
function isFilled(input: Input, name: string): boolean {
  const kind = input.schema.properties[name]?.['x-field'];
  return kind !== undefined && isProgramFilled({ kind });
}

/** Nobody writes it, whatever it looks like. */
function isProgramFilled({ kind }: Pick<FieldModel, 'kind'>): boolean {
  return kind === 'autoNumber' || kind === 'computed';
}

function fieldOf(place: Place, input: Input): FieldModel[] {
  const schema = input.schema.properties[place.field];
  const access = input.permissions[place.field] ?? 'read';
  if (!schema || access === 'hidden') return [];
  const model = baseOf(place.field, schema, place.widget);
  const writable = !input.readonly && access !== 'read' && !isProgramFilled(model);
  return [
    {
      ...model,
      access: writable ? 'edit' : 'read',
      span: place.span ?? model.span,
      showWhen: place.showWhen ?? null,
      of: place.of ?? null,
      columns: columnsOf(schema, writable),
    },
  ];
}

function baseOf(name: string, schema: FieldSchema, wish?: string): FieldModel {
  const kind = schema['x-field'];
  const widget = widgetOf(kind, schema, wish);
  return {
    name,
    kind,
    widget,
    title: schema['x-title'],
    help: schema['x-help'] ?? null,
    access: 'edit',
    required: false,
    span: isWide(widget) ? 2 : 1,
    showWhen: null,
    of: null,
    schema,
    choices: choicesOf(schema),
    target: targetOf(schema),
    columns: [],
  };
}

/** Which records a picker searches. Parties and departments are registers of their own names. */
function targetOf(schema: FieldSchema): string | null {
  const kind = schema['x-field'];
  if (kind === 'party' || kind === 'department') return kind;
  return schema['x-ref'] ?? null;
}

function choicesOf(schema: FieldSchema): Choice[] {
  const items = schema.items as { oneOf?: Choice[] } | undefined;
  return schema.oneOf ?? items?.oneOf ?? [];
}

function columnsOf(schema: FieldSchema, writable: boolean): FieldModel[] {
  if (schema['x-field'] !== 'table') return [];
  const row = schema.items as { required?: string[]; properties: Record<string, FieldSchema> };
  // What is computed from the others comes after them: the database keeps no order of its own.
  const order = ([, column]: [string, FieldSchema]): number => Number(column['x-field'] === 'computed');
  const columns = Object.entries(row.properties).toSorted((one, other) => order(one) - order(other));
  return columns.map(([name, column]) => {
    const model = baseOf(name, column);
    const mayWrite = writable && !isProgramFilled(model);
    const widget = model.widget === 'segmented' ? 'select' : model.widget;
    return {
      ...model,
      widget,
      access: mayWrite ? 'edit' : 'read',
      required: mayWrite && (row.required ?? []).includes(name),
    };
  });
}
