/** Every kind of field through real columns: what validation takes comes back as it went in. */
import fc from 'fast-check';
import { sql } from 'kysely';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { aField, aSchema, aTable } from '../../../forms/testing.ts';
import type { Values } from '../../../forms/types.ts';
import { validateAct } from '../../../forms/validate.ts';
import { publishForm } from '../../definitions/forms.ts';
import { createPerson } from '../../testing/app.ts';
import { createTestDb, type TestDb } from '../../testing/database.ts';
import { asPerson } from '../as.ts';
import { insertRecord, loadForm, patchRecord, readRecord, type LoadedForm } from './index.ts';

let test: TestDb;
let form: LoadedForm;
let admin: string;
const known = { person: '', file: '', post: '', party: '', department: '' };

const schema = aSchema({
  name: aField('text'),
  story: aField('longText'),
  count: aField('integer'),
  size: aField('number', { 'x-decimals': 6 }),
  amount: aField('money'),
  day: aField('date'),
  at: aField('dateTime'),
  takes: aField('duration'),
  isOpen: aField('boolean'),
  kind: aField('choice'),
  kinds: aField('manyChoice'),
  who: aField('person'),
  customer: aField('party'),
  team: aField('department'),
  post: aField('ref'),
  photos: aField('files'),
  signed: aField('signature'),
  place: aField('location'),
  parts: aTable({ label: aField('text'), price: aField('money'), post: aField('ref'), kinds: aField('manyChoice') }),
  number: aField('autoNumber'),
  double: aField('computed', { type: 'number', 'x-result': 'money', 'x-formula': 'amount * 2' }),
});

beforeAll(async () => {
  test = await createTestDb();
  admin = await createPerson(test, { roles: [{ role: 'admin' }] });
  await publishForm(test.adminDb, { schema, layout: { sections: [] } }, { note: 'test', by: admin });
  form = await loadForm(test.db, 'thing');
  const add = async (key: string, fields: Values) => {
    const of = await loadForm(test.db, key);
    return asPerson(
      test.db,
      admin,
      async (tx) => (await insertRecord(tx, of, { communityId: null, fields, by: admin })).id,
    );
  };
  known.person = admin;
  known.post = await add('post', { code: 'P', name: '岗位' });
  known.party = await add('party', { name: '客户', kind: 'person' });
  known.department = await add('department', { code: 'D', name: '部门' });
  known.file = await asPerson(test.db, admin, async (tx) => {
    const row = {
      sha256: 'x',
      media_type: 'image/png',
      bytes: 1,
      name: 'a.png',
      created_by: admin,
      width: null,
      height: null,
    };
    return (await tx.insertInto('file').values(row).returning('id').executeTakeFirstOrThrow()).id;
  });
});
afterAll(async () => {
  await test.drop();
});

async function roundTrip(fields: Values): Promise<Values> {
  return asPerson(test.db, admin, async (tx) => {
    const { id } = await insertRecord(tx, form, { communityId: null, fields, by: admin });
    const { number, ...read } = (await readRecord(tx, form, id)).fields;
    expect(number).toMatch(/^T-\d{6}-\d{3,}$/);
    return read;
  });
}

/** Rows without the ids they were given. */
function bare(values: Values): Values {
  const parts = values.parts as Values[] | undefined;
  return parts === undefined ? values : { ...values, parts: parts.map(({ id: _id, ...row }) => row) };
}

const whole = (): Values => ({
  name: '名',
  story: '一\n二',
  count: -3,
  size: 0.000001,
  amount: 19.99,
  day: '2024-02-29',
  at: '2026-11-23T13:00:00.250Z',
  takes: 'P1DT2H',
  isOpen: false,
  kind: 'a',
  kinds: ['b', 'a'],
  who: known.person,
  customer: known.party,
  team: known.department,
  post: known.post,
  photos: [known.file],
  signed: known.file,
  place: { lng: 119.123456, lat: -30.5, address: '湖畔路' },
  parts: [{ label: '阀门', price: 12.5, post: known.post, kinds: ['a'] }, { label: '接头' }],
});

it('keeps every kind of value', async () => {
  expect(validateAct(form, { patch: whole(), permissions: null })).toEqual([]);

  const read = await roundTrip(whole());

  expect(bare(read)).toEqual({ ...whole(), double: 39.98 });
  const { rows } = await sql`select field from file_use order by field`.execute(test.adminDb);
  expect(rows).toEqual([{ field: 'photos' }, { field: 'signed' }]);
});

it('empties every field, and keeps rows that stay with their ids', async () => {
  const states = await asPerson(test.db, admin, async (tx) => {
    const { id } = await insertRecord(tx, form, { communityId: null, fields: whole(), by: admin });
    const parts = (await readRecord(tx, form, id)).fields.parts as Values[];
    const moved = [{ label: '新' }, { ...parts[1], price: 3 }];
    await patchRecord(tx, form, id, { fields: { parts: moved }, by: admin });
    const after = (await readRecord(tx, form, id)).fields.parts as Values[];
    const nothing = Object.fromEntries(Object.keys(whole()).map((name) => [name, null]));
    await patchRecord(tx, form, id, { fields: nothing, by: admin });
    return { parts, after, emptied: (await readRecord(tx, form, id)).fields };
  });

  expect(states.after).toMatchObject([{ label: '新' }, { id: states.parts[1]?.id, label: '接头', price: 3 }]);
  expect(states.after[0]?.id).not.toBe(states.parts[0]?.id);
  expect(Object.keys(states.emptied)).toEqual(['number']);
});

it('keeps whatever validation takes', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
  );
  const cents = fc.integer({ min: -49_999_999_999_999, max: 49_999_999_999_999 }).map((value) => value / 100);
  const day = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
  const pick = (...values: string[]) => fc.uniqueArray(fc.constantFrom(...values), { minLength: 1 });
  const given = fc.record(
    {
      name: text,
      story: text,
      count: fc.integer({ min: -2_147_483_648, max: 2_147_483_647 }),
      size: fc.integer({ min: -999_999_999, max: 999_999_999 }).map((value) => value / 1_000_000),
      amount: cents,
      day: day.map((value) => value.toISOString().slice(0, 10)),
      at: day.map((value) => value.toISOString()),
      takes: fc
        .tuple(fc.integer({ min: 1, max: 999 }), fc.integer({ min: 1, max: 999 }))
        .map(([days, hours]) => `P${days}DT${hours}H`),
      isOpen: fc.boolean(),
      kind: fc.constantFrom('a', 'b'),
      kinds: pick('a', 'b'),
      place: fc.record({
        lng: fc.integer({ min: -18e7, max: 18e7 }).map((value) => value / 1e6),
        lat: fc.integer({ min: -9e7, max: 9e7 }).map((value) => value / 1e6),
      }),
      parts: fc.array(fc.record({ label: text, price: cents }, { requiredKeys: ['label'] }), {
        minLength: 1,
        maxLength: 3,
      }),
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(given, async (fields) => {
      fc.pre(validateAct(form, { patch: fields, permissions: null }).length === 0);
      const { double: _double, ...read } = bare(await roundTrip(fields));
      expect(read).toEqual(fields);
    }),
    { numRuns: 60 },
  );
}, 60_000);

it('tells a computed value that fits no column by its path', async () => {
  await expect(roundTrip({ name: '名', amount: 600_000_000_000 })).rejects.toMatchObject({
    status: 422,
    errors: [{ path: '/fields/double', code: 'formula_failed' }],
  });
});

it('gives numbers without a gap when a transaction fails', async () => {
  const make = () =>
    asPerson(
      test.db,
      admin,
      async (tx) =>
        (await insertRecord(tx, form, { communityId: null, fields: { name: '名' }, by: admin })).fields.number,
    );
  const first = String(await make());

  await expect(
    asPerson(test.db, admin, (tx) =>
      insertRecord(tx, form, { communityId: null, fields: { post: randomUUID() }, by: admin }),
    ),
  ).rejects.toMatchObject({ code: 'invalid_fields' });
  const many = await Promise.all(Array.from({ length: 5 }, make));

  const from = Number(first.split('-')[2]);
  expect(many.map((each) => Number(String(each).split('-')[2])).sort((a, b) => a - b)).toEqual(
    [1, 2, 3, 4, 5].map((n) => from + n),
  );
});
