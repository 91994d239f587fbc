import { describe, expect, it } from 'vitest';
import { buildModel } from './build.ts';
import { aField, aForm, choices } from './testing.ts';

const schema = aForm({
  number: aField('autoNumber'),
  title: aField('text'),
  kind: aField('choice', { oneOf: choices('a', 'b') }),
  cause: aField('choice', { oneOf: choices('a', 'b', 'c', 'd', 'e') }),
  photos: aField('files', { type: 'array' }),
  rating: aField('integer', { type: 'integer' }),
  phone: aField('text', { 'x-mask': 'phone' }),
  lines: aField('table', {
    type: 'array',
    items: {
      type: 'object',
      additionalProperties: false,
      required: ['name'],
      // As the database gives it back, in an order of its own.
      properties: { total: aField('computed', { 'x-result': 'money' }), name: aField('text') },
    },
  }),
});
const layout = {
  sections: [
    {
      title: { 'zh-CN': '甲', en: 'A' },
      columns: 2 as const,
      fields: ['number', { field: 'title', span: 2 as const }, 'kind', 'cause'],
    },
    { fields: ['photos', { field: 'rating', widget: 'stars', showWhen: 'kind = "a"' }, 'lines'] },
  ],
};
const edit = {
  title: 'required',
  kind: 'edit',
  cause: 'edit',
  photos: 'edit',
  rating: 'edit',
  phone: 'edit',
  lines: 'edit',
} as const;

describe('buildModel', () => {
  it('keeps the layout’s sections and order, and puts fields that no section names last', () => {
    const model = buildModel({ schema, layout, permissions: edit });

    expect(model.sections.map((section) => section.fields.map((field) => field.name))).toEqual([
      ['number', 'title', 'kind', 'cause'],
      ['photos', 'rating', 'lines'],
      ['phone'],
    ]);
    expect(model.sections.map((section) => section.columns)).toEqual([2, 1, 2]);
  });

  it('leaves hidden fields out and drops a section that is left empty', () => {
    const model = buildModel({
      schema,
      layout,
      permissions: { ...edit, photos: 'hidden', rating: 'hidden', lines: 'hidden' },
    });

    expect(model.sections).toHaveLength(2);
    expect(model.fields.map((field) => field.name)).not.toContain('photos');
  });

  it('shows a field that a step does not name, and never lets it be written', () => {
    const model = buildModel({ schema, layout, permissions: {} });

    expect(new Set(model.fields.map((field) => field.access))).toEqual(new Set(['read']));
  });

  it('never lets anyone write what the program fills, and puts what is computed from a row last', () => {
    const model = buildModel({ schema, layout, permissions: { ...edit, number: 'required' } });

    expect(model.fields.find((field) => field.name === 'number')?.access).toBe('read');
    expect(
      model.fields
        .find((field) => field.name === 'lines')
        ?.columns.map(({ name, access, required }) => [name, access, required]),
    ).toEqual([
      ['name', 'edit', true],
      ['total', 'read', false],
    ]);
  });

  it('reads only, whatever the permissions, when told so', () => {
    const model = buildModel({ schema, layout, permissions: edit, readonly: true });

    expect(model.fields.every((field) => field.access === 'read')).toBe(true);
  });

  it('shows few choices at once and many in a list; a masked phone gets the phone’s keyboard; the layout may wish stars', () => {
    const model = buildModel({ schema, layout, permissions: edit });
    const widgets = Object.fromEntries(model.fields.map((field) => [field.name, field.widget]));

    expect(widgets).toMatchObject({
      kind: 'segmented',
      cause: 'select',
      phone: 'phone',
      rating: 'stars',
      photos: 'photos',
      number: 'none',
    });
  });

  it('ignores a widget that the kind does not know', () => {
    const model = buildModel({
      schema,
      layout: { sections: [{ fields: [{ field: 'title', widget: 'stars' }] }] },
      permissions: edit,
    });

    expect(model.fields.find((field) => field.name === 'title')?.widget).toBe('line');
  });
});
