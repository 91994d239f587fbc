import { describe, expect, it } from 'vitest';
import { aField, aForm, choices } from '#lib/form/model/testing.ts';
import { reportBefore, reportLayout } from './arrangement.ts';

const schema = aForm({
  description: aField('longText'),
  area: aField('choice', { oneOf: choices('private', 'public') }),
  unit: aField('ref', { 'x-ref': 'unit' }),
  photos: aField('files', { type: 'array' }),
  urgency: aField('choice', { oneOf: choices('low', 'high') }),
  extra: aField('text'),
});
const own = {
  sections: [
    { fields: ['description', 'area', { field: 'unit', showWhen: 'area != "public"' }, 'photos', 'urgency', 'extra'] },
  ],
};
const word = { 'zh-CN': '题', en: 'Title' };

describe('reportLayout', () => {
  const layout = reportLayout(schema, own, { what: word, where: word, when: word });
  const fields = layout.sections.flatMap((section) => section.fields);

  it('begins with the photos and loses no field', () => {
    expect(fields.map((field) => (typeof field === 'string' ? field : field.field))).toEqual([
      'photos',
      'description',
      'area',
      'unit',
      'urgency',
      'extra',
    ]);
  });

  it('keeps the form type’s conditions', () => {
    expect(fields).toContainEqual({ field: 'unit', showWhen: 'area != "public"', span: 2 });
  });
});

describe('reportBefore', () => {
  it('fills what is known and only what the form type has and offers', () => {
    expect(reportBefore(schema, { unit: 'u1', phone: '13800000000' })).toEqual({ area: 'private', unit: 'u1' });
  });
});
