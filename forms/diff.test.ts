import { describe, expect, it } from 'vitest';
import { changeForm } from './diff.ts';
import { FormError, type FieldSchema } from './types.ts';
import { aField, aForm, aTable, someChoices } from './testing.ts';

const name = aField('text');
const tables = (before: Record<string, FieldSchema>, next: Record<string, FieldSchema>): string[] =>
  changeForm([aForm(before)], aForm(next)).tables;

function refusal(run: () => unknown): string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof FormError) return error.problems.map(({ path, code }) => `${path} ${code}`);
    throw error;
  }
  return [];
}

describe('compatible changes', () => {
  it('add a nullable column for a new field, and a child table for a new sub-table', () => {
    expect(tables({ name }, { name, size: aField('money') })).toEqual([
      'alter table record."thing" add column "size" numeric(14,2)',
    ]);
    expect(tables({ name }, { name, parts: aTable({ name }) })[0]).toMatch(/^create table record\."thing__parts"/);
    expect(
      tables({ name, parts: aTable({ name }) }, { name, parts: aTable({ name, count: aField('integer') }) }),
    ).toEqual(['alter table record."thing__parts" add column "count" integer']);
  });

  it('hide a removed field and take it back later', () => {
    const [one, two] = [aForm({ name, size: aField('integer') }), aForm({ name })];
    expect(changeForm([one], two).tables).toEqual([]);
    expect(changeForm([one, two], one).tables).toEqual([]);
  });

  it('widen what a column holds', () => {
    expect(tables({ name, size: aField('integer') }, { name, size: aField('number') })).toEqual([
      'alter table record."thing" alter column "size" type numeric(15,4)',
    ]);
    expect(
      tables(
        { name, kind: aField('choice') },
        { name, kind: aField('choice', { oneOf: [...someChoices, { ...someChoices[0], const: 'c' }] }) },
      ),
    ).toEqual([
      'alter table record."thing" drop constraint "thing__kind__choice"',
      `alter table record."thing" add constraint "thing__kind__choice" check ("kind" in ('a', 'b', 'c'))`,
    ]);
    expect(tables({ name }, { name: aField('longText') })).toEqual([]);
  });
});

describe('incompatible changes are refused', () => {
  it.each([
    ['a kind', { name, size: aField('money') }, { name, size: aField('text') }, 'field_kind_changed'],
    [
      'fewer digits',
      { name, size: aField('number') },
      { name, size: aField('number', { 'x-decimals': 2 }) },
      'field_kind_changed',
    ],
    [
      'a reference',
      { name, size: aField('ref') },
      { name, size: aField('ref', { 'x-ref': 'unit' }) },
      'field_reference_changed',
    ],
    [
      'a choice',
      { name, size: aField('choice') },
      { name, size: aField('choice', { oneOf: someChoices.slice(1) }) },
      'choice_removed',
    ],
    [
      'a text that becomes a choice',
      { name, size: aField('text') },
      { name, size: aField('choice') },
      'field_kind_changed',
    ],
  ])('%s', (_what, before, next, code) => {
    expect(refusal(() => tables(before, next))).toEqual([`/schema/properties/size ${code}`]);
  });

  it('the key, the kind, the place', () => {
    const next = aForm({ name }, { 'x-key': 'other', 'x-kind': 'case', 'x-local': true });
    expect(refusal(() => changeForm([aForm({ name })], next))).toEqual(
      ['x-key', 'x-kind', 'x-local'].map((each) => `/schema/${each} change_incompatible`),
    );
  });

  it('the name of a removed field of another kind', () => {
    const before = [aForm({ name, size: aField('integer') }), aForm({ name })];
    expect(refusal(() => changeForm(before, aForm({ name, size: aField('date') })))).toEqual([
      '/schema/properties/size field_kind_changed',
    ]);
  });
});
