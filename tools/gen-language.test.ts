/** The page on the flow language says what the schema says, and its examples show every property and are accepted. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { examples, language, languageDoc, type Part } from './gen-language.ts';

const page = join(import.meta.dirname, '..', 'docs', 'flow-language.md');
const ajv = addFormats.default(new Ajv2020({ strict: true, allErrors: true }));
ajv.addSchema(language, 'language');
const defined = { flow: language as Part, ...language.$defs };
/** Small enough to be told where they are used. */
const small = [
  'key',
  'stepId',
  'field',
  'outcome',
  'text',
  'expression',
  'duration',
  'calendarKey',
  'party',
  'sequence',
  'step',
  'input',
  'output',
  'again',
  'handlers',
  'interrupting',
];

/** A part as the example shows it: one, or a list of its forms. Of a part that is a list itself the example is one. */
const shown = (name: string): Record<string, unknown>[] => {
  const isList = (defined as Record<string, Part>)[name]?.type === 'array';
  return (isList ? [examples[name]] : [examples[name]].flat()) as Record<string, unknown>[];
};
const propertiesOf = ({ properties = {}, oneOf = [] }: Part): string[] => [
  ...Object.keys(properties),
  ...oneOf.flatMap((form) => Object.keys(form.properties ?? {})),
];

it('docs/flow-language.md is what npm run gen writes', async () => {
  expect(readFileSync(page, 'utf8')).toBe(await languageDoc());
});

it('has an example for every part of the language', () => {
  expect(Object.keys(examples).sort()).toEqual(
    Object.keys(defined)
      .filter((name) => !small.includes(name))
      .sort(),
  );
});

describe.each(Object.keys(examples))('the example of %s', (name) => {
  it('is accepted by the schema', () => {
    const judge = ajv.compile({ $ref: name === 'flow' ? 'language' : `language#/$defs/${name}` });
    for (const example of shown(name)) expect([judge(example), judge.errors]).toEqual([true, null]);
  });

  it('shows every property', () => {
    const used = new Set(shown(name).flatMap((example) => Object.keys(example)));
    const properties = propertiesOf((defined as Record<string, Part>)[name] ?? {});

    expect(properties.filter((property) => !used.has(property))).toEqual([]);
  });
});
