/** Computed fields: bounded as the engine's FEEL (protocol.md rule 18), refused at publishing where they could not be, told with their path. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aField, aForm, aSchema, aTable } from '../../../forms/testing.ts';
import type { FieldSchema, Values } from '../../../forms/types.ts';
import { publishForm } from '../../definitions/forms.ts';
import { createPerson } from '../../testing/app.ts';
import { createTestDb, type TestDb } from '../../testing/database.ts';
import { asPerson } from '../as.ts';
import { computeFields } from './compute.ts';
import { insertRecord, loadForm, patchRecord, readRecord } from './index.ts';

let test: TestDb;
let admin: string;
beforeAll(async () => {
  test = await createTestDb();
  admin = await createPerson(test, { roles: [{ role: 'admin' }] });
  await publishForm(test.adminDb, { schema: countingSchema, layout: { sections: [] } }, { note: 'test', by: admin });
});
afterAll(() => test.drop());

const computed = (formula: string, result = 'integer', type = 'integer'): FieldSchema =>
  aField('computed', { type, 'x-result': result, 'x-formula': formula });
const countingSchema = aSchema({
  name: aField('text'),
  size: aField('integer'),
  // Bounded by its text alone; how much it counts is up to who fills `size`.
  pairs: computed('count(for a in 1..size, b in 1..size return a)'),
  lines: aTable({
    amount: aField('money'),
    quantity: aField('integer'),
    price: computed('amount * quantity', 'money', 'number'),
  }),
  total: computed('sum(lines.price)', 'money', 'number'),
});
const one = (formula: string, more: Record<string, FieldSchema> = {}) =>
  aSchema({ name: aField('text'), size: aField('integer'), ...more, made: computed(formula) });
const publish = (schema: Record<string, unknown>) =>
  publishForm(test.adminDb, { schema, layout: { sections: [] } }, { note: 'test', by: admin });

describe('rule 18: a formula beyond the bounds', () => {
  it('rule 18: is 422 with its code and path for a record write, and the record stays', async () => {
    const form = await loadForm(test.db, 'thing');
    const write = (fields: Values) =>
      asPerson(test.db, admin, (tx) => insertRecord(tx, form, { communityId: null, fields, by: admin }));
    const started = performance.now();
    const refused = { status: 422, code: 'invalid_fields', errors: [{ path: '/fields/pairs', code: 'formula_limit' }] };

    await expect(write({ name: 'a', size: 100_000_000 })).rejects.toMatchObject(refused);
    await expect(write({ name: 'a', size: 900 })).rejects.toMatchObject(refused);
    const { id, fields } = await write({ name: 'a', size: 12 });
    expect(fields).toMatchObject({ pairs: 144 });
    const change = asPerson(test.db, admin, (tx) => patchRecord(tx, form, id, { fields: { size: 900 }, by: admin }));
    await expect(change).rejects.toMatchObject(refused);
    expect((await asPerson(test.db, admin, (tx) => readRecord(tx, form, id))).fields).toMatchObject({
      size: 12,
      pairs: 144,
    });
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it.each([
    ['some x in 1..2000 satisfies', 'expression_invalid'],
    ['{f: function(n) f(n)}.f(1)', 'expression_unbounded'],
    ['if (function(x) x)(name) = "a" then 1 else 2', 'expression_unbounded'],
    ['size + colour', 'unknown_name'],
    ['today().year', 'unknown_name'],
    ['made + 1', 'formula_cycle'],
    ['other + 1', 'formula_cycle'],
  ])('rule 18: is refused when it is published, where its text shows it: %s', async (formula, code) => {
    const other = { other: computed(formula.includes('other') ? 'made' : '1') };
    await expect(publish(one(formula, other))).rejects.toMatchObject({
      status: 422,
      code: 'invalid_form',
      errors: expect.arrayContaining([
        expect.objectContaining({ path: '/schema/properties/made/x-formula', code }),
      ]) as unknown,
    });
  });

  it('rule 18: is refused in the rows of a sub-table too', async () => {
    const rows = { lines: aTable({ made: computed('__v(1)') }) };
    await expect(publish(aSchema({ name: aField('text'), ...rows }))).rejects.toMatchObject({
      errors: [{ path: '/schema/properties/lines/items/properties/made/x-formula', code: 'expression_unbounded' }],
    });
  });
});

describe('computing', () => {
  it('rule 9: computes rows from their own row, whatever they came with, and the record from its rows', async () => {
    const form = await loadForm(test.db, 'thing');
    const lines = [
      { amount: 19.99, quantity: 3, price: 1 },
      { amount: 0.1, quantity: 3 },
    ];
    const { id } = await asPerson(test.db, admin, (tx) =>
      insertRecord(tx, form, { communityId: null, fields: { name: 'b', lines }, by: admin }),
    );
    const read = () => asPerson(test.db, admin, (tx) => readRecord(tx, form, id));
    expect((await read()).fields).toMatchObject({ lines: [{ price: 59.97 }, { price: 0.3 }], total: 60.27 });

    const changed = [{ amount: 2, quantity: 2, price: 99 }];
    await asPerson(test.db, admin, (tx) => patchRecord(tx, form, id, { fields: { lines: changed }, by: admin }));
    expect((await read()).fields).toMatchObject({ lines: [{ price: 4 }], total: 4 });
  });

  it('sees dates as dates and money as a number, and reads formulas in whatever order they stand', () => {
    const form = aForm({
      late: aField('computed', { type: 'boolean', 'x-result': 'boolean', 'x-formula': 'day > date("2026-01-31")' }),
      twice: computed('half * 2', 'money', 'number'),
      half: computed('amount * 10.05', 'money', 'number'),
      amount: aField('money'),
      day: aField('date'),
    });

    expect(computeFields(form.fields, { day: '2026-02-01', amount: 0.1 })).toEqual({
      late: true,
      half: 1.01,
      twice: 2.02,
    });
    expect(computeFields(form.fields, {})).toEqual({ late: null, half: null, twice: null });
  });
});
