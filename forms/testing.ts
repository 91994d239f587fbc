/** Form types for tests: as small as the language allows, changed where a test says so. */
import { compileForm } from './compile.ts';
import type { CompiledForm, FieldSchema } from './types.ts';

export function aField(kind: string, more: object = {}): FieldSchema {
  return {
    type: 'string',
    'x-title': { 'zh-CN': kind, en: kind },
    ...shapes[kind],
    'x-field': kind,
    ...more,
  } as FieldSchema;
}

export const someChoices = [
  { const: 'a', 'x-title': { 'zh-CN': '甲', en: 'A' } },
  { const: 'b', 'x-title': { 'zh-CN': '乙', en: 'B' } },
];

const uuids = { type: 'array', uniqueItems: true, items: { type: 'string', format: 'uuid' } };
const shapes: Record<string, object> = {
  integer: { type: 'integer' },
  number: { type: 'number' },
  money: { type: 'number' },
  date: { format: 'date' },
  dateTime: { format: 'date-time' },
  duration: { format: 'duration' },
  boolean: { type: 'boolean' },
  choice: { oneOf: someChoices },
  manyChoice: { type: 'array', uniqueItems: true, items: { type: 'string', oneOf: someChoices } },
  person: { format: 'uuid' },
  party: { format: 'uuid' },
  department: { format: 'uuid' },
  ref: { format: 'uuid', 'x-ref': 'post' },
  signature: { format: 'uuid' },
  files: uuids,
  location: { type: 'object' },
  autoNumber: { 'x-number': { pattern: 'T-{yyyy}{MM}-{seq:3}' } },
};

export function aTable(properties: Record<string, FieldSchema>, required: string[] = []): FieldSchema {
  return aField('table', {
    type: 'array',
    items: { type: 'object', additionalProperties: false, required, properties },
  });
}

export function aSchema(properties: Record<string, FieldSchema>, more: object = {}): Record<string, unknown> {
  const [first = 'name'] = Object.keys(properties);
  return {
    title: 'Thing',
    type: 'object',
    additionalProperties: false,
    'x-key': 'thing',
    'x-kind': 'register',
    'x-title': { 'zh-CN': '东西', en: 'Thing' },
    'x-local': false,
    'x-label': `{${first}}`,
    properties,
    ...more,
  };
}

export function aForm(properties: Record<string, FieldSchema>, more: object = {}): CompiledForm {
  return compileForm(aSchema(properties, more), { sections: [] });
}
