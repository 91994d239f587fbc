import { describe, expect, it } from 'vitest';
import { checkForm, checkLayout } from './check.ts';
import { checkNew } from './check-new.ts';
import { compileForm } from './compile.ts';
import { aField, aForm, aSchema, aTable } from './testing.ts';
import type { FormSchema, Problem } from './types.ts';

const name = aField('text');
const told = (problems: Problem[]): string[] => problems.map(({ path, code }) => `${path} ${code}`);
const ofForm = (properties: Parameters<typeof aForm>[0], more: object = {}) => told(checkNew(aForm(properties, more)));

describe('before it is published, a form type may have no', () => {
  it('pattern that can hold up who runs it, in rows neither', () => {
    const unsafe = aField('text', { pattern: '^(a+)+$' });
    expect(ofForm({ name, code: unsafe, rows: aTable({ code: unsafe }) })).toEqual([
      '/schema/properties/code/pattern pattern_unsafe',
      '/schema/properties/rows/items/properties/code/pattern pattern_unsafe',
    ]);
    expect(ofForm({ name, note: aField('longText', { pattern: '^a+$' }) })).toEqual([
      '/schema/properties/note/maxLength pattern_of_long_text',
    ]);
    expect(ofForm({ name, note: aField('longText', { pattern: '^a+$', maxLength: 1000 }) })).toEqual([]);
  });

  it('name that every object has, or that Postgres would cut', () => {
    expect(ofForm({ name, ['constructor']: name })).toEqual(['/schema/properties/constructor field_name_taken']);
    const long = `a${'B'.repeat(29)}`;
    expect(ofForm({ name, [long]: aField('location') })).toEqual([`/schema/properties/${long} field_name_too_long`]);
  });

  it('two sub-tables that are one to Postgres', () => {
    const [one, two] = ['B', 'C'].map((end) => `${'aB'.repeat(14)}${end}`);
    const rows = aTable({ name });
    const key = { 'x-key': `thing${'Xy'.repeat(9)}` };
    expect(ofForm({ name, [String(one)]: rows, [String(two)]: rows }, key)).toEqual([
      `/schema/properties/${two} field_name_taken`,
    ]);
    expect(ofForm({ name, lines: rows, lots: rows }, key)).toEqual([]);
  });

  it('owners whose field refers to something else', () => {
    const owners = (more: object) => ({ 'x-owners': more });
    const unit = aField('ref', { 'x-ref': 'unit' });
    expect(ofForm({ name, unit }, owners({ unit: 'name' }))).toEqual(['/schema/x-owners/unit owners_kind']);
    expect(ofForm({ name, unit }, owners({ party: 'unit' }))).toEqual(['/schema/x-owners/party owners_kind']);
    expect(ofForm({ name }, owners({ party: 'id' }))).toEqual(['/schema/x-owners/party owners_kind']);
    expect(ofForm({ name }, owners({ community: 'id' }))).toEqual(['/schema/x-owners/community owners_kind']);
    expect(ofForm({ name, unit, who: aField('party') }, owners({ unit: 'unit', party: 'who' }))).toEqual([]);
  });

  it('communities that are none', () => {
    const place = aField('ref', { 'x-ref': 'community' });
    const of = (communities: string, more: object = {}) =>
      ofForm({ name, place, post: aField('ref') }, { 'x-communities': communities, ...more });
    const refused = ['/schema/x-communities communities_kind'];
    expect(of('place')).toEqual([]);
    for (const communities of ['post', 'name', 'units', 'nothing']) expect(of(communities)).toEqual(refused);
    expect(of('place', { 'x-local': true })).toEqual(refused);
    expect(of('place', { 'x-kind': 'case' })).toEqual(refused);
    expect(of('units', { 'x-key': 'party' })).toEqual([]);
  });

  it('constraint twice, over long texts, or of shares of a text', () => {
    const unique = { kind: 'unique', fields: ['name'] };
    const of = (constraint: object, properties = {}) =>
      ofForm({ name, ...properties }, { 'x-constraints': [constraint].flat() });
    expect(of([unique, unique])).toEqual(['/schema/x-constraints/1 constraint_twice']);
    expect(of({ kind: 'unique', fields: ['note'] }, { note: aField('longText') })).toEqual([
      '/schema/x-constraints/0 constraint_kind',
    ]);
    expect(of(unique, { name: aField('text', { maxLength: 2000 }) })).toEqual([
      '/schema/x-constraints/0 constraint_too_wide',
    ]);
    const shares = { kind: 'sharesSumTo1', of: 'name', share: 'share', from: 'from', to: 'to' };
    const period = { share: aField('number'), from: aField('date'), to: aField('date') };
    expect(of(shares, period)).toEqual(['/schema/x-constraints/0 constraint_kind']);
    expect(of({ ...shares, of: 'post' }, { ...period, post: aField('ref') })).toEqual([]);
  });

  it('masked field in its label or order, nor a search where none can be', () => {
    const phone = aField('text', { 'x-mask': 'phone' });
    expect(ofForm({ name, phone }, { 'x-label': '{name} {phone}' })).toEqual(['/schema/x-label label_masked']);
    const schema = aSchema({ name, phone, rows: aTable({ name }), place: aField('location') });
    const layout = (more: object) => told(checkNew(compileForm(schema, { sections: [], ...more })));
    expect(layout({ sort: [{ field: 'phone' }] })).toEqual(['/layout/sort/0/field sort_masked']);
    expect(layout({ sort: [{ field: 'rows' }] })).toEqual(['/layout/sort/0/field sort_kind']);
    expect(layout({ search: ['rows', 'name.code', 'place', 'phone'] })).toEqual([
      '/layout/search/0 search_kind',
      '/layout/search/1 search_kind',
      '/layout/search/2 search_kind',
    ]);
  });
});

it('knows the fields of a form type from what every object inherits', () => {
  const schema = aSchema({ name });
  const more = {
    'x-constraints': [{ kind: 'unique', fields: ['constructor'] }],
    'x-label': '{name}{valueOf}',
    required: ['toString'],
  };
  expect(told(checkForm({ ...schema, ...more }))).toEqual([
    '/schema/required/0 field_unknown',
    '/schema/x-label field_unknown',
    '/schema/x-constraints/0 field_unknown',
  ]);
  const layout = { sections: [{ fields: ['toString'] }], search: ['valueOf'], sort: [{ field: 'constructor' }] };
  expect(told(checkLayout(layout, schema as unknown as FormSchema))).toEqual([
    '/layout/sections/0/fields/0 field_unknown',
    '/layout/search/0 field_unknown',
    '/layout/sort/0/field field_unknown',
  ]);
});

describe('a definition that is too big or wrong all over', () => {
  const many = <T>(count: number, value: T): Record<string, T> =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i}`, value]));
  const bad = { type: 'nothing', 'x-field': 'spell', 'x-title': 'x', a: 1, b: 2 } as never;
  const withFields = (properties: object) => aSchema(properties as never, { 'x-label': '{f0}' });

  it('is told by its limits before anything else', () => {
    expect(checkForm(withFields(many(2000, bad)))).toEqual([
      { path: '/schema/properties', code: 'schema_max_properties', params: { limit: 200 } },
    ]);
    expect(told(checkForm(withFields({ f0: aTable(many(51, name)) })))).toEqual([
      '/schema/properties/f0/items/properties schema_max_properties',
    ]);
    expect(told(checkForm(withFields(many(30, aTable(many(40, name))))))).toEqual([
      '/schema/properties schema_max_properties',
    ]);
    expect(told(checkForm({ ...aSchema({ name }), description: 'x'.repeat(400_000) }))).toEqual([
      '/schema schema_too_long',
    ]);
    expect(told(checkForm({ ...aSchema({ name }), allOf: Array(60).fill(1) }))).toEqual([
      '/schema/allOf schema_max_items',
    ]);
    expect(told(checkLayout({ sections: 'x'.repeat(400_000) }, aSchema({ name }) as unknown as FormSchema))).toEqual([
      '/layout schema_too_long',
    ]);
  });

  it('gives at most 50 problems, and soon', () => {
    const started = performance.now();
    const rows = aTable(many(45, bad));
    const schemas = [withFields(many(200, bad)), withFields(many(20, rows)), withFields({ f0: aTable(many(50, bad)) })];
    for (const schema of schemas) expect(checkForm(schema)).toHaveLength(50);
    expect(checkForm({ ...aSchema({ name }), required: Array(60_000).fill(1) })).toHaveLength(50);
    const choices = Array(10_000).fill({ a: 1 });
    const choice = aField('choice', { oneOf: choices });
    expect(checkForm(withFields({ f0: choice, f1: aField('manyChoice', { items: { oneOf: choices } }) }))).toHaveLength(
      50,
    );
    const fields = Array(60_000).fill({});
    expect(checkLayout({ sections: [{ fields }] }, aSchema({ name }) as unknown as FormSchema)).toHaveLength(50);
    expect(performance.now() - started).toBeLessThan(3000);
  });
});
