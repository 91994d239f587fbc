/**
 * `npm run gen:types`: writes every *.gen.ts from its JSON Schema, so that one schema is the only source of a shape, and docs/roles.md.
 * `npm run check` runs it and fails when the checked-in files differ.
 */
import { compile, type Options } from 'json-schema-to-typescript';
import { readFile, writeFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import { apiSchema } from './gen-api.ts';
import { formSchemas } from './gen-forms.ts';
import { languageDoc } from './gen-language.ts';
import { rolesDoc } from './gen-roles.ts';

type JsonSchema = Parameters<typeof compile>[0];
const options: Partial<Options> = {
  additionalProperties: false,
  bannerComment: '',
  format: false,
  ignoreMinAndMaxItems: true,
  strictIndexSignatures: false,
};

/** Writes `target` from one schema; `source` is what the first line names. */
async function write(target: string, name: string, schema: JsonSchema, source: string): Promise<void> {
  const body = await compile(schema, name, options);
  const text = `// Generated from ${source} by \`npm run gen\`. Do not edit.\n\n${body}`;
  const config = await resolveConfig(target);
  await writeFile(target, await format(text, { ...config, parser: 'typescript' }));
}

const flow = JSON.parse(await readFile('workflows/engine/flow.schema.json', 'utf8')) as JsonSchema;
await write('workflows/engine/flow.gen.ts', 'Flow', flow, 'workflows/engine/flow.schema.json');
const calendarSource = 'workflows/engine/calendar/calendar.schema.json';
const calendar = JSON.parse(await readFile(calendarSource, 'utf8')) as JsonSchema;
await write('workflows/engine/calendar/calendar.gen.ts', 'Calendar', calendar, calendarSource);
await write('forms/forms.gen.ts', 'Forms', await formSchemas(), 'forms/**/*.schema.json');
await write('ui/src/lib/api/types.gen.ts', 'Api', apiSchema(), 'server/**/schemas.ts');
await writeFile('docs/roles.md', await rolesDoc());
await writeFile('docs/flow-language.md', await languageDoc());
