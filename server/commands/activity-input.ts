/** Between a record and an activity: what a service step maps in and out of it. The same for the worker and for a dry run. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Activity } from '../../activities/types.ts';
import type { CompiledForm, Values } from '../../forms/types.ts';
import { compile } from '../../workflows/engine/compile.ts';
import { evaluateMapping, itemsWithin } from '../../workflows/engine/mapping.ts';
import type { Json } from '../../workflows/engine/types.ts';
import { plain } from '../db/records/feel-values.ts';
import type { PublishedFlow } from '../definitions/published.ts';

const ajv = addFormats.default(
  new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true, allErrors: true }),
);
const validators = new WeakMap<object, ValidateFunction>();

/** What a step says of its call: how its input is mapped, and which fields take what the activity answers. */
export interface Call {
  input?: Record<string, string>;
  output?: Record<string, string>;
}

export interface MappedInput {
  /** What came to nothing is left out. */
  input: Record<string, unknown>;
  /** Which mappings failed, and how. */
  failed: string[];
}

/**
 * `values`: the record's fields, the number of the case, items around the step by their names and, of a compensation, the `effect` it undoes;
 * a field without a value is null.
 */
export function mapInput(call: Call, { fields }: CompiledForm, values: Values): MappedInput {
  const scope = { ...Object.fromEntries(fields.map(({ name }) => [name, null])), ...values };
  const input: MappedInput['input'] = {};
  const failed: string[] = [];
  for (const [name, text] of Object.entries(call.input ?? {})) {
    const result = evaluateMapping(text, scope);
    if (!result.ok) failed.push(`the mapping of ${name}: ${result.code}`);
    else if (result.value !== null && result.value !== undefined) input[name] = plain(result.value);
  }
  return { input, failed };
}

/** The items around a step by their names: rows as the record has them, others as the engine read them. */
export function itemsAround(
  flow: PublishedFlow,
  within: { step: string; item?: string | null; items?: Record<string, Json> },
  fields: Values,
): Values {
  return itemsWithin(compile(flow.loaded), within, fields);
}

/** What the activity's schema has against an input, as paths with the keyword that is broken. */
export function misfits({ input: schema }: Pick<Activity, 'input'>, input: Record<string, unknown>): string[] {
  const validate = validators.get(schema) ?? ajv.compile(schema);
  validators.set(schema, validate);
  if (validate(input)) return [];
  return (validate.errors ?? []).map(({ instancePath, keyword, message }) =>
    `${instancePath} ${message ?? keyword}`.trim(),
  );
}

/** The fields that an answer fills; a property that is not there empties its field. */
export function patchOf({ output: mapping = {} }: Call, output: Record<string, unknown>): Values {
  return Object.fromEntries(Object.entries(mapping).map(([field, property]) => [field, output[property] ?? null]));
}
