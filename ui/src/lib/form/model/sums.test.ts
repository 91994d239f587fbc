import { describe, expect, it } from 'vitest';
import { meterOf } from '../read/meter.ts';
import { buildModel } from './build.ts';
import { computeOf, hasFormulas } from './compute.ts';
import { sumOf, summedColumns } from './sums.ts';
import { aField, aForm } from './testing.ts';
import type { FieldModel } from './types.ts';

const line = {
  name: aField('text'),
  quantity: aField('number', { type: 'number' }),
  price: aField('money', { type: 'number' }),
  amount: aField('computed', { 'x-formula': 'quantity * price', 'x-result': 'money' }),
};
const table = (properties: typeof line | Omit<typeof line, 'amount'>) =>
  aField('table', { type: 'array', items: { type: 'object', additionalProperties: false, properties } });
const schema = aForm({
  lines: table(line),
  labour: aField('money', { type: 'number' }),
  total: aField('computed', { 'x-formula': 'sum(lines.amount) + labour', 'x-result': 'money' }),
  secretDouble: aField('computed', { 'x-formula': 'secret * 2', 'x-result': 'number' }),
});
const permissions = { lines: 'edit', labour: 'edit' } as const;

function columnsOf(of: Parameters<typeof table>[0]): FieldModel[] {
  const form = aForm({ lines: table(of) });
  return buildModel({ schema: form, layout: { sections: [] }, permissions }).fields[0]?.columns ?? [];
}

describe('formulas while writing', () => {
  const compute = computeOf(schema);

  it('computes rows, then what reads them', () => {
    expect(hasFormulas(schema.properties)).toBe(true);
    const values = compute({
      lines: [
        { quantity: 3, price: 0.1 },
        { quantity: 1, price: 19.99 },
      ],
      labour: 80,
    });

    expect(values).toMatchObject({ lines: [{ amount: 0.3 }, { amount: 19.99 }], total: 100.29 });
  });

  it('empties what is no longer known, and leaves what others compute from what is hidden here', () => {
    const values = compute({ lines: [{ quantity: null, price: 2, amount: 4 }], labour: null, secretDouble: 8 });

    expect(values.lines).toEqual([{ quantity: null, price: 2, amount: null }]);
    expect(values.secretDouble).toBe(8);
  });
});

describe('the foot of a sub-table', () => {
  it('adds what rows come to, not prices and quantities', () => {
    expect(summedColumns(columnsOf(line)).map(({ name }) => name)).toEqual(['amount']);
    const { amount: _, ...plain } = line;
    expect(summedColumns(columnsOf(plain)).map(({ name }) => name)).toEqual(['price']);
  });

  it('keeps cents, and takes an empty amount for nothing', () => {
    expect(sumOf([{ amount: 0.1 }, { amount: 0.2 }, {}, { amount: null }, { amount: '1.05' }], 'amount')).toBe(1.35);
  });
});

describe('a balance', () => {
  it('is what there is less what is taken', () => {
    expect(meterOf(8, 3)).toEqual({ has: 8, uses: 3, left: 5, over: 0, leftShare: 0.625, usesShare: 0.375 });
    expect(meterOf('2.5', 0.5)).toMatchObject({ left: 2, usesShare: 0.2 });
  });

  it('shows a full bar and how much is too much', () => {
    expect(meterOf(2, 3)).toMatchObject({ left: 0, over: 1, leftShare: 0, usesShare: 1 });
    expect(meterOf(0, 1)).toMatchObject({ over: 1, usesShare: 1 });
    expect(meterOf(5, null)).toMatchObject({ left: 5, leftShare: 1, usesShare: 0 });
  });
});
