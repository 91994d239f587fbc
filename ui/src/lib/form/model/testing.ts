// Small form types for the tests of the renderer.
import type { Choice, FieldKind, FieldSchema, FormSchema } from './types.ts';

const text = (word: string): { 'zh-CN': string; en: string } => ({ 'zh-CN': word, en: word });

export function aField(kind: FieldKind, more: Partial<FieldSchema> = {}): FieldSchema {
  return { type: 'string', 'x-field': kind, 'x-title': text(kind), ...more };
}

export function aForm(properties: Record<string, FieldSchema>, more: Partial<FormSchema> = {}): FormSchema {
  return {
    title: 'Sample',
    type: 'object',
    additionalProperties: false,
    'x-key': 'sample',
    'x-kind': 'case',
    'x-title': text('sample'),
    'x-local': true,
    'x-label': '{title}',
    properties,
    ...more,
  };
}

export function choices(...codes: string[]): Choice[] {
  return codes.map((code) => ({ const: code, 'x-title': text(code) }));
}
