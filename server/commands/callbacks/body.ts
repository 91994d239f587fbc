/** What is said by a call back: an object that fits the activity's output schema, with what the step expects by name. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { activities } from '../../../activities/index.ts';
import type { Expected } from '../../../activities/types.ts';
import { pointerPart } from '../../../forms/findings.ts';
import type { FieldError } from '../../errors.ts';
import { toFieldErrors } from '../../security/field-errors.ts';

const ajv = addFormats.default(
  new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true, allErrors: true }),
);
const validators = new WeakMap<object, ValidateFunction>();

export function bodyErrors(
  { activity, expect }: { activity: string; expect: Expected },
  body: Record<string, unknown>,
): FieldError[] {
  const schema = activities.get(activity)?.output ?? {};
  const validate = validators.get(schema) ?? ajv.compile(schema);
  validators.set(schema, validate);
  const own = validate(body) ? [] : toFieldErrors(validate.errors ?? []);
  return [...own, ...Object.entries(expect).flatMap(([name, kind]) => errorOf(name, kind, body[name]))];
}

function errorOf(name: string, kind: string, value: unknown): FieldError[] {
  const path = `/${pointerPart(name)}`;
  const type = kind.replace(/\?$/, '');
  if (value === undefined || value === null) return type === kind ? [{ path, code: 'required' }] : [];
  return isOf(type, value) ? [] : [{ path, code: 'wrong_type', params: { type } }];
}

function isOf(type: string, value: unknown): boolean {
  if (type === 'array') return Array.isArray(value);
  if (type === 'integer') return Number.isSafeInteger(value);
  return typeof value === type && !Array.isArray(value);
}

/** Only what the step expects is kept of it; without expectations all is. */
export function keptOf(expect: Expected, body: Record<string, unknown>): Record<string, unknown> {
  const names = Object.keys(expect);
  return names.length === 0 ? body : Object.fromEntries(names.map((name) => [name, body[name] ?? null]));
}
