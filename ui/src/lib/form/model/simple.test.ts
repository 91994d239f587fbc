import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildModel } from './build.ts';
import { conditionsOf } from './feel.ts';
import { simpleConditions } from './simple.ts';
import { aField, aForm, choices } from './testing.ts';
import type { FieldSchema, FormModel } from './types.ts';

const fields: Record<string, FieldSchema> = {
  area: aField('choice', { oneOf: choices('public', 'private') }),
  place: aField('text'),
  days: aField('number', { type: 'number' }),
  rating: aField('integer', { type: 'integer' }),
  price: aField('money', { type: 'number' }),
  urgent: aField('boolean', { type: 'boolean' }),
  from: aField('date'),
};
function modelOf(showWhen: string): FormModel {
  const schema = aForm({ ...fields, told: aField('text') });
  const layout = { sections: [{ fields: [...Object.keys(fields), { field: 'told', showWhen }] }] };
  return buildModel({ schema, layout, permissions: {}, readonly: true });
}

const texts = fc.constantFrom('public', 'private', '', 'a b');
const numbers = fc.constantFrom(-1, 0, 0.5, 2, 3, 100);
const literal = {
  string: texts.map((text) => JSON.stringify(text)),
  number: numbers.map(String),
  boolean: fc.constantFrom('true', 'false'),
};
const equality = fc.constantFrom('=', '!=');
const order = fc.constantFrom('=', '!=', '<', '<=', '>', '>=');
const orNull = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(values, { nil: null });
const compared = fc.oneof(
  fc.record({
    field: fc.constantFrom('area', 'place'),
    operator: equality,
    literal: literal.string,
    value: orNull(texts),
  }),
  fc.record({
    field: fc.constantFrom('days', 'rating', 'price'),
    operator: order,
    literal: literal.number,
    value: orNull(numbers),
  }),
  fc.record({
    field: fc.constant('urgent'),
    operator: equality,
    literal: literal.boolean,
    value: orNull(fc.boolean()),
  }),
  fc.record({ field: fc.constant('place'), operator: equality, literal: fc.constant('null'), value: orNull(texts) }),
);

describe('simple conditions', () => {
  it('answer as FEEL does', () => {
    fc.assert(
      fc.property(compared, ({ field, operator, literal: written, value }) => {
        const expression = `${field} ${operator} ${written}`;
        const model = modelOf(expression);
        const simple = simpleConditions(model);

        expect(simple).not.toBeNull();
        expect(simple?.(expression, { [field]: value })).toBe(
          conditionsOf(model, 'Asia/Shanghai')(expression, { [field]: value }),
        );
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    'area = place',
    'days > "2"',
    'from > null',
    'count(place) > 1',
    'area = "public" and urgent = true',
    'gone = 1',
    'urgent > true',
  ])('leave %s to the evaluator', (expression) => {
    expect(simpleConditions(modelOf(expression))).toBeNull();
  });
});
