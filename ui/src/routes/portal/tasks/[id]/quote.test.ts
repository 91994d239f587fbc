import { expect, it } from 'vitest';
import { buildModel } from '#lib/form/model/build.ts';
import { aField, aForm, choices } from '#lib/form/model/testing.ts';
import { newestFirst, quoteOf } from './quote.ts';

const row = {
  name: aField('text'),
  quantity: aField('number', { type: 'number' }),
  amount: aField('computed', { 'x-formula': 'quantity * 2', 'x-result': 'money' }),
};
const table = (properties: object) =>
  aField('table', { type: 'array', items: { type: 'object', additionalProperties: false, properties } });
const schema = aForm({
  place: aField('text'),
  rooms: table({ name: aField('text') }),
  materials: table(row),
  labour: table(row),
  total: aField('computed', { 'x-formula': '1', 'x-result': 'money' }),
});
const layout = { sections: [{ fields: ['place', 'rooms'] }, { fields: ['materials', 'labour', 'total'] }] };
const model = buildModel({ schema, layout, permissions: {}, readonly: true });
const lines = {
  materials: [{ name: '角阀', quantity: 2, amount: 70.1 }],
  labour: [{ name: '上门', quantity: 1, amount: 50.2 }, { name: '清理' }],
};

it('gathers the priced lines of a section and the total the form type computes', () => {
  const quote = quoteOf(model, { place: '主卫', rooms: [{ name: '卫生间' }], ...lines, total: 120.3 });

  expect(quote?.total).toBe(120.3);
  expect(quote?.fields).toEqual(['materials', 'labour', 'total']);
  expect(
    quote?.parts.map((part) => part.lines.map(({ title, parts, amount }) => [title?.value, parts.length, amount])),
  ).toEqual([
    [['角阀', 1, 70.1]],
    [
      ['上门', 1, 50.2],
      ['清理', 0, undefined],
    ],
  ]);
});

it('names a line by its first words, not by its kind', () => {
  const kinds = table({ kind: aField('choice', { oneOf: choices('labour') }), ...row });
  const priced = buildModel({
    schema: aForm({ items: kinds }),
    layout: { sections: [{ fields: ['items'] }] },
    permissions: {},
    readonly: true,
  });

  const quote = quoteOf(priced, { items: [{ kind: 'labour', name: '上门', quantity: 1, amount: 50 }] });

  const [line] = quote?.parts[0]?.lines ?? [];
  expect(line?.title?.value).toBe('上门');
  expect(line?.parts.map(({ column }) => column.name)).toEqual(['kind', 'quantity']);
});

it('adds up where there is no total', () => {
  expect(quoteOf(model, lines)?.total).toBe(120.3);
});

it('is none without priced lines', () => {
  expect(quoteOf(model, { rooms: [{ name: '卫生间' }], materials: [], total: 5 })).toBeUndefined();
});

it('is one no longer once the work after it is recorded', () => {
  const record = { record: aField('text') };
  const done = buildModel({
    schema: aForm({ ...schema.properties, ...record }),
    layout: { sections: [...layout.sections, { fields: ['record'] }] },
    permissions: {},
    readonly: true,
  });

  expect(quoteOf(done, lines)?.total).toBe(120.3);
  expect(quoteOf(done, { ...lines, record: '换了角阀' })).toBeUndefined();
});

it('is none where the lines only say what a repair took', () => {
  const work = buildModel({
    schema,
    layout: { sections: [{ fields: ['place', 'materials', 'total'] }] },
    permissions: {},
    readonly: true,
  });

  expect(quoteOf(work, { place: '换了角阀', materials: lines.materials, total: 70.1 })).toBeUndefined();
});

it('reads the record from its newest section back', () => {
  expect(newestFirst({ ...layout, list: ['place'] })).toEqual({
    sections: [{ fields: ['materials', 'labour', 'total'] }, { fields: ['place', 'rooms'] }],
    list: ['place'],
  });
});
