import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileForm } from '../../../../../forms/compile.ts';
import { validateAct } from '../../../../../forms/validate.ts';
import { buildModel } from './build.ts';
import { fromServer } from './problems.ts';
import { aField, aForm, choices } from './testing.ts';
import type { FormSchema, Layout, Permissions, Values } from './types.ts';
import { judgeOf } from './validate.ts';

const id = '01890a5d-ac96-774b-bcce-b302099a8057';
const uuid = { format: 'uuid' };
const schema = aForm(
  {
    title: aField('text', { minLength: 2, maxLength: 10 }),
    code: aField('text', { pattern: '^[A-Z]{3}$' }),
    note: aField('longText'),
    count: aField('integer', { type: 'integer', minimum: 1, maximum: 9 }),
    area: aField('number', { type: 'number', 'x-decimals': 2, exclusiveMinimum: 0 }),
    price: aField('money', { type: 'number', minimum: 0 }),
    day: aField('date', { format: 'date' }),
    moment: aField('dateTime', { format: 'date-time' }),
    takes: aField('duration', { format: 'duration' }),
    yes: aField('boolean', { type: 'boolean' }),
    kind: aField('choice', { oneOf: [...choices('a', 'b'), { ...choices('old')[0]!, 'x-retired': true }] }),
    tags: aField('manyChoice', {
      type: 'array',
      uniqueItems: true,
      maxItems: 2,
      items: { type: 'string', oneOf: choices('x', 'y', 'z') },
    }),
    who: aField('person', uuid),
    owner: aField('party', uuid),
    team: aField('department', uuid),
    unit: aField('ref', { ...uuid, 'x-ref': 'unit' }),
    photos: aField('files', {
      type: 'array',
      uniqueItems: true,
      maxItems: 2,
      items: { type: 'string', format: 'uuid' },
    }),
    sign: aField('signature', uuid),
    spot: aField('location', { type: 'object' }),
    lines: aField('table', {
      type: 'array',
      maxItems: 2,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name'],
        properties: { name: aField('text', { maxLength: 5 }), price: aField('money', { type: 'number' }) },
      },
    }),
  },
  { required: ['title'], allOf: [{ if: { properties: { kind: { const: 'a' } } }, then: { required: ['note'] } }] },
);
const layout: Layout = { sections: [{ fields: Object.keys(schema.properties) }] };
const permissions = Object.fromEntries(Object.keys(schema.properties).map((name) => [name, 'edit'])) as Permissions;

/** Values by field: some right, some wrong in every way the kind can be. */
const corpus: Record<string, unknown[]> = {
  title: ['门锁', '一', '一二三四五六七八九十十一', '👍👍', 5, null, '', true],
  code: ['ABC', 'abc', 'ABCD', ''],
  note: ['好', 'x'.repeat(4000), 'x'.repeat(4001), 'a\u0000b', '\ud800'],
  count: [1, 9, 0, 10, 1.5, '3', null],
  area: [89.5, 89.55, 89.555, 0, -1, 1e-7, '89'],
  price: [19.99, 0.1, 0.105, -0.01, 1e12, 0, '1', 1_000_000.01],
  day: ['2026-11-23', '2026-02-29', '2024-02-29', '26-11-23', '2026-11-23T00:00:00Z', 20261123],
  moment: [
    '2026-11-23T09:00:00Z',
    '2026-11-23T09:00:00+08:00',
    '2026-11-23T09:00',
    '2026-13-01T00:00:00Z',
    '2026-11-23',
    0,
  ],
  takes: ['PT2H', 'P1DT30M', 'P2W', 'P', 'PT', '2h', 'P1.5D'],
  yes: [true, false, 'true', 0],
  kind: ['b', 'a', 'old', 'c', '', 1],
  tags: [['x'], ['x', 'y'], ['x', 'y', 'z'], ['x', 'x'], ['q'], 'x', []],
  who: [id, id.toUpperCase(), 'x', `urn:uuid:${id}`, 1],
  owner: [id, 'nobody'],
  team: [id, 'nobody'],
  unit: [id, 'nobody'],
  photos: [[id], [id, id], ['x'], id, []],
  sign: [id, 'drawn'],
  spot: [
    { lng: 120.1, lat: 30.2 },
    { lng: 120.1 },
    { lng: 181, lat: 0 },
    { lng: 120.1234567, lat: 30 },
    { lng: 1, lat: 1, address: '门口' },
    'here',
  ],
  lines: [
    [{ name: '管' }],
    [{ price: 1 }],
    [{ name: '一二三四五六' }],
    [{ name: 'a', price: 1.005 }],
    [{ name: 'a' }, { name: 'b' }, { name: 'c' }],
    [{ name: 'a', other: 1 }],
    [{}],
  ],
};

function ours(form: FormSchema, place: Layout, may: Permissions, values: Values): string[] {
  const model = buildModel({ schema: form, layout: place, permissions: may });
  const shown = new Set(model.fields.map((field) => field.name));
  return judgeOf(form, may, model)
    .problems(values, shown)
    .map(({ path, code }) => `${path} ${code}`)
    .sort();
}
function theirs(form: FormSchema, place: Layout, may: Permissions, values: Values): string[] {
  const problems = validateAct(compileForm(form, place), { patch: values, permissions: may });
  return fromServer(problems)
    .map(({ path, code }) => `${path} ${code}`)
    .sort();
}

describe('the browser’s verdict', () => {
  for (const [name, values] of Object.entries(corpus)) {
    it(`is the server's for ${name}`, () => {
      for (const value of values) {
        const all = { title: '门锁', note: '好', [name]: value };
        expect({ value, found: ours(schema, layout, permissions, all) }).toEqual({
          value,
          found: theirs(schema, layout, permissions, all),
        });
      }
    });
  }

  it('is the server’s for the repair that owners report', () => {
    const read = (path: string): unknown =>
      JSON.parse(readFileSync(new URL(`../../../../../forms/service/${path}`, import.meta.url), 'utf8'));
    const repair = read('repair.schema.json') as FormSchema;
    const place = read('repair.layout.json') as Layout;
    const may = {
      area: 'required',
      category: 'required',
      urgency: 'required',
      description: 'required',
      unit: 'edit',
      place: 'edit',
      phone: 'edit',
    } as Permissions;
    for (const values of [
      {},
      { area: 'private' },
      { area: 'public', phone: 'abc' },
      { area: 'private', unit: id, category: 'water', urgency: 'normal', description: '漏水' },
    ]) {
      expect(ours(repair, place, may, values)).toEqual(theirs(repair, place, may, values));
    }
  });
});

describe('judgeOf', () => {
  it('asks for what a condition of the form type adds', () => {
    const judge = judgeOf(schema, permissions, buildModel({ schema, layout, permissions }));

    expect([...judge.required({ kind: 'b' })]).toEqual(['title']);
    expect([...judge.required({ kind: 'a' })]).toEqual(['title', 'note']);
  });

  it('never asks for a field that is not shown', () => {
    const judge = judgeOf(schema, permissions, buildModel({ schema, layout, permissions }));

    expect(judge.problems({}, new Set(['note']))).toEqual([]);
  });

  it('says the limit that was passed', () => {
    const judge = judgeOf(schema, permissions, buildModel({ schema, layout, permissions }));

    expect(judge.problems({ title: '门锁', count: 10 }, new Set(['count']))).toEqual([
      { path: '/count', code: 'too_big', params: { limit: 9 } },
    ]);
  });
});
