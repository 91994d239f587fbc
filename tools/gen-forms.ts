/** Gathers the built-in form types into one JSON Schema, so that forms/forms.gen.ts has a type for each. */
import { readForms } from '../server/content.ts';
import type { FieldSchema, FormSchema, RowSchema } from '../forms/types.ts';

/** One schema whose definitions are the form types, by their `title`. */
export async function formSchemas(): Promise<object> {
  const schemas = (await readForms())
    .map(({ schema }) => schema as FormSchema)
    .sort((a, b) => (a.title < b.title ? -1 : 1));
  return {
    title: 'Forms',
    description: 'Values of the built-in form types, as JSON has them. Empty fields are absent.',
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(schemas.map(({ title }) => [title, { $ref: `#/definitions/${title}` }])),
    definitions: Object.fromEntries(schemas.map((schema) => [schema.title, plainForm(schema)])),
  };
}

/** Only what a type needs; the field's English title is its doc comment. */
function plainForm(schema: FormSchema): object {
  return {
    title: schema.title,
    description: schema['description' as keyof FormSchema],
    type: 'object',
    additionalProperties: false,
    required: schema.required ?? [],
    properties: Object.fromEntries(Object.entries(schema.properties).map(([name, field]) => [name, plainField(field)])),
  };
}

function plainField(field: FieldSchema): object {
  const unit = typeof field['x-unit'] === 'object' ? field['x-unit'].en : field['x-unit'];
  const description = [field['x-title'].en, unit && `in ${unit}`].filter(Boolean).join(', ');
  return { ...plainValue(field), description };
}

function plainValue(field: FieldSchema): object {
  switch (field['x-field']) {
    case 'choice':
      return { enum: (field.oneOf ?? []).map((choice) => choice.const) };
    case 'manyChoice':
      return { type: 'array', items: plainValue({ ...(field.items as FieldSchema), 'x-field': 'choice' }) };
    case 'files':
      return { type: 'array', items: { type: 'string' } };
    case 'location':
      return {
        type: 'object',
        additionalProperties: false,
        required: ['lng', 'lat'],
        properties: { lng: { type: 'number' }, lat: { type: 'number' }, address: { type: 'string' } },
      };
    case 'table':
      return { type: 'array', items: plainRow(field.items as RowSchema) };
    default:
      return { type: field.type };
  }
}

function plainRow(row: RowSchema): object {
  return {
    type: 'object',
    additionalProperties: false,
    required: row.required ?? [],
    properties: {
      id: { type: 'string' },
      ...Object.fromEntries(Object.entries(row.properties).map(([name, field]) => [name, plainField(field)])),
    },
  };
}
