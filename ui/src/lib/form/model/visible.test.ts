import { describe, expect, it } from 'vitest';
import { buildModel } from './build.ts';
import { conditionsOf } from './feel.ts';
import { aField, aForm, choices } from './testing.ts';
import { hasConditions, shownFields } from './visible.ts';
import { valuesToSend } from './values.ts';

const schema = aForm({
  area: aField('choice', { oneOf: choices('private', 'public') }),
  price: aField('money', { type: 'number' }),
  day: aField('date', { format: 'date' }),
  unit: aField('text'),
  reason: aField('text'),
  late: aField('text'),
  broken: aField('text'),
});
const layout = {
  sections: [
    {
      fields: [
        'area',
        'price',
        'day',
        { field: 'unit', showWhen: 'area != "public"' },
        { field: 'reason', showWhen: 'price > 5000' },
        { field: 'late', showWhen: 'day < date("2026-01-01")' },
        { field: 'broken', showWhen: 'area +* 2' },
      ],
    },
  ],
};
const permissions = Object.fromEntries(Object.keys(schema.properties).map((name) => [name, 'edit' as const]));
const model = buildModel({ schema, layout, permissions });
const evaluate = conditionsOf(model, 'Asia/Shanghai');

describe('shownFields', () => {
  it('follows the engine’s own FEEL over choices, amounts and dates', () => {
    expect([...shownFields(model, { area: 'private', price: 5000.01, day: '2025-12-31' }, evaluate)]).toEqual([
      'area',
      'price',
      'day',
      'unit',
      'reason',
      'late',
      'broken',
    ]);
    expect([...shownFields(model, { area: 'public', price: 5000, day: '2026-01-01' }, evaluate)]).toEqual([
      'area',
      'price',
      'day',
      'broken',
    ]);
  });

  it('keeps a field whose condition cannot be read: asking too much is better than losing it', () => {
    expect(shownFields(model, {}, evaluate).has('broken')).toBe(true);
  });

  it('shows only filled conditional fields until the evaluator is there', () => {
    expect(hasConditions(model)).toBe(true);
    expect([...shownFields(model, { unit: '1201' }, null)]).toEqual(['area', 'price', 'day', 'unit']);
  });
});

describe('valuesToSend', () => {
  it('sends what is shown and may be written, an emptied field as null, and nothing that was never touched', () => {
    const values = { area: 'public', unit: '1201', price: '', day: '2026-01-01' };

    expect(valuesToSend(model, values, shownFields(model, values, evaluate))).toEqual({
      area: 'public',
      price: null,
      day: '2026-01-01',
    });
  });
});
