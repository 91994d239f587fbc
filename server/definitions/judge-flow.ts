/**
 * The schema of flows, judged in a time that grows with the flow. `oneOf` tries each kind of step with all that is within it, and so at
 * every level: a dozen would take minutes. Here the kind says which one is tried, which makes problems fewer and clearer too.
 */
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { readFileSync } from 'node:fs';
import type { Flow } from '../../workflows/engine/flow.gen.ts';
import type { FieldError } from '../errors.ts';

interface Schema {
  $ref?: string;
  oneOf?: Schema[];
  properties?: Record<string, { const?: string }>;
}
interface FlowSchema {
  $defs: Record<'step' | 'handler', Schema> & Record<string, Schema>;
}

const schema = JSON.parse(
  readFileSync(new URL('../../workflows/engine/flow.schema.json', import.meta.url), 'utf8'),
) as FlowSchema;
const judge = addFormats.default(new Ajv2020({ strict: true, allErrors: true })).compile<Flow>({
  ...schema,
  $defs: { ...schema.$defs, step: toldBy('kind', schema.$defs.step), handler: toldBy('catch', schema.$defs.handler) },
});

export function isFlow(definition: unknown): definition is Flow {
  return judge(definition);
}

/** Of what was judged last. */
export function languageProblems(): FieldError[] {
  return (judge.errors ?? [])
    .filter(({ keyword }) => keyword !== 'if')
    .map(({ instancePath, keyword, params }) => ({ path: instancePath, code: keyword, params }));
}

function toldBy(property: string, { oneOf = [] }: Schema): object {
  const told = oneOf.map((alternative) => ({ value: valueOf(property, alternative), alternative }));
  return {
    type: 'object',
    required: [property],
    properties: { [property]: { enum: told.map(({ value }) => value) } },
    allOf: told.map(({ value, alternative }) => ({
      if: { type: 'object', required: [property], properties: { [property]: { const: value } } },
      then: alternative,
    })),
  };
}

function valueOf(property: string, { $ref, oneOf, properties }: Schema): string {
  const known = properties?.[property]?.const;
  if (known !== undefined) return known;
  const [first] = oneOf ?? [];
  const next = $ref === undefined ? first : schema.$defs[$ref.slice('#/$defs/'.length)];
  if (next === undefined) throw new Error(`an alternative of the schema of flows says no ${property}`);
  return valueOf(property, next);
}
