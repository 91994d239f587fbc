/** What ships built in: every form type compiles, is laid out whole and speaks both languages; nothing else lies in the folders. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileForm } from './compile.ts';
import { createForm } from './ddl.ts';
import { changeForm } from './diff.ts';
import type { CompiledForm } from './types.ts';

const folder = import.meta.dirname;
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.includes('/'))
  .sort();
const paths = files.filter((path) => path.endsWith('.schema.json'));

function load(path: string): CompiledForm {
  const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'));
  return compileForm(read(path), read(path.replace('.schema.json', '.layout.json')));
}

it('has a schema and a layout each', () => {
  expect(paths.length).toBeGreaterThan(10);
  expect(files).toEqual(paths.flatMap((path) => [path.replace('.schema.json', '.layout.json'), path]).sort());
});

describe.each(paths)('%s', (path) => {
  const form = load(path);

  it('is named by its key', () => {
    expect(path.endsWith(`/${form.key}.schema.json`)).toBe(true);
    expect(form.schema.title.toLowerCase()).toBe(form.key.toLowerCase());
  });

  it('places every field that people fill', () => {
    const placed = form.layout.sections.flatMap(({ fields }) =>
      fields.map((each) => (typeof each === 'string' ? each : each.field)),
    );
    expect(placed.sort()).toEqual(
      form.fields
        .filter(({ kind }) => kind !== 'autoNumber')
        .map(({ name }) => name)
        .sort(),
    );
  });

  it('makes its table and changes nothing when published again', () => {
    expect(createForm(form).tables[0]).toMatch(/^create table record\./);
    expect(changeForm([form], form).tables).toEqual([]);
  });
});

it('refers only to form types that exist', () => {
  const forms = paths.map(load);
  const keys = new Set(forms.map(({ key }) => key));
  const referred = forms.flatMap(({ fields }) => fields.flatMap(({ ref }) => (ref?.form == null ? [] : [ref.form])));
  expect(referred.filter((key) => !keys.has(key))).toEqual([]);
});
