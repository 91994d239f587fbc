import { describe, expect, it } from 'vitest';
import { checkForm, checkLayout } from './check.ts';
import { toColumn, quote, shortName } from './names.ts';
import { aField, aSchema, aTable } from './testing.ts';
import type { FormSchema } from './types.ts';

const codes = (schema: unknown): string[] => checkForm(schema).map(({ path, code }) => `${path} ${code}`);
const name = aField('text');

describe('names', () => {
  const hostile = [
    'na me',
    'drop"table',
    "x'; drop table person; --",
    'Name',
    '1st',
    'a_b',
    'name\u0000',
    '名称',
    '__proto__',
    '',
    'x'.repeat(31),
  ];

  it.each(hostile)('refuses the field %j', (field) => {
    const schema = aSchema({ name });
    Object.defineProperty(schema.properties, field, { value: name, enumerable: true });
    expect(checkForm(schema)).not.toEqual([]);
  });

  it.each(hostile)('refuses the key %j', (key) => {
    expect(checkForm(aSchema({ name }, { 'x-key': key }))).not.toEqual([]);
  });

  it('refuses what would be a column of ours', () => {
    expect(codes(aSchema({ name, createdAt: aField('dateTime') }))).toEqual([
      '/schema/properties/createdAt field_name_taken',
    ]);
    expect(codes(aSchema({ name, place: aField('location'), placeLng: aField('number') }))).toEqual([
      '/schema/properties/placeLng field_name_taken',
    ]);
    expect(codes(aSchema({ name, rows: aTable({ recordId: name }) }))).toEqual([
      '/schema/properties/rows/items/properties/recordId field_name_taken',
    ]);
  });

  it('are one to one, quoted, and never longer than Postgres keeps', () => {
    expect(toColumn('builtAreaM2')).toBe('built_area_m2');
    expect(() => quote('a"b')).toThrow(RangeError);
    expect(() => toColumn('a_b')).toThrow(RangeError);
    const [one, two] = ['a', 'b'].map((end) => shortName('x'.repeat(40), 'y'.repeat(40) + end));
    expect(one).toHaveLength(63);
    expect(one).not.toBe(two);
  });
});

describe('the language', () => {
  it.each<[object, string]>([
    [{ 'x-field': 'money', type: 'string' }, 'a type that is not the kind’s'],
    [{ 'x-field': 'date' }, 'a date without its format'],
    [{ 'x-field': 'ref', format: 'uuid' }, 'a reference to nothing'],
    [{ 'x-field': 'choice' }, 'a choice without choices'],
    [{ 'x-field': 'text', pattern: '(' }, 'a pattern that is none'],
    [{ 'x-field': 'text', default: 'x' }, 'a keyword it does not have'],
    [
      { 'x-field': 'autoNumber', 'x-number': { pattern: 'WX-{seq:4}-{yyyy}' } },
      'a number that does not end in its counter',
    ],
    [{ 'x-field': 'computed', 'x-result': 'money', 'x-formula': '1' }, 'a computed type that does not fit'],
    [{ 'x-field': 'spell' }, 'a kind it does not have'],
  ])('refuses %j: %s', (more) => {
    expect(checkForm(aSchema({ name: { ...name, ...more } }))).not.toEqual([]);
  });

  it('refuses labels, constraints and conditions that mention no field', () => {
    expect(codes(aSchema({ name }, { 'x-label': '{nome}' }))).toEqual(['/schema/x-label field_unknown']);
    expect(codes(aSchema({ name }, { 'x-label': '{name' }))).toEqual(['/schema/x-label label_invalid']);
    expect(codes(aSchema({ name }, { 'x-label': 'thing' }))).toEqual(['/schema/x-label label_names_no_field']);
    expect(codes(aSchema({ name }, { 'x-constraints': [{ kind: 'unique', fields: ['code'] }] }))).toEqual([
      '/schema/x-constraints/0 field_unknown',
    ]);
    expect(
      codes(
        aSchema(
          { name, size: aField('integer') },
          { 'x-constraints': [{ kind: 'compare', left: 'size', op: '<', right: 'name' }] },
        ),
      ),
    ).toEqual(['/schema/x-constraints/0 constraint_kind']);
    expect(
      codes(
        aSchema({ name }, { allOf: [{ if: { properties: { kind: { const: 'a' } } }, then: { required: ['name'] } }] }),
      ),
    ).toEqual(['/schema/allOf/0/if field_unknown']);
  });

  it('lets only registers have owners', () => {
    expect(
      codes(aSchema({ name, party: aField('party') }, { 'x-kind': 'case', 'x-owners': { party: 'party' } })),
    ).toEqual(['/schema/x-owners owners_of_case_form']);
  });
});

it('refuses a layout that places a field twice or one that is none', () => {
  const form = aSchema({ name }) as unknown as FormSchema;
  const layout = { sections: [{ fields: ['name', { field: 'name' }, 'age'] }], search: ['age.name'] };
  expect(checkLayout(layout, form).map(({ path, code }) => `${path} ${code}`)).toEqual([
    '/layout/sections/0/fields/2 field_unknown',
    '/layout/search/0 field_unknown',
    '/layout/sections/0/fields/1 field_twice',
  ]);
});
