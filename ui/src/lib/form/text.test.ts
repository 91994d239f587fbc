import { expect, it } from 'vitest';
import { buildModel } from './model/build.ts';
import { aField, aForm } from './model/testing.ts';
import { valueText } from './text.ts';

const schema = aForm({
  area: aField('integer', { type: 'integer', 'x-unit': 'm²' }),
  year: aField('integer', { type: 'integer', 'x-grouping': false }),
  price: aField('money', { type: 'number' }),
});
const { fields } = buildModel({
  schema,
  layout: { sections: [{ fields: ['area', 'year', 'price'] }] },
  permissions: {},
  readonly: true,
});

it('separates thousands of amounts, not of numbers that name something', () => {
  expect(fields.map((field) => valueText(field, 2026, {}))).toEqual(['2,026 m²', '2026', '¥ 2,026.00']);
});
