/** What Ajv found wrong, as paths and codes that screens have texts for. */
import type { FieldError } from '../errors.ts';

interface Finding {
  keyword: string;
  instancePath: string;
  params: Record<string, unknown>;
}

/** More than this helps nobody and only makes the answer long. */
const most = 50;

const codes: Record<string, string> = {
  additionalProperties: 'unknown_field',
  unevaluatedProperties: 'unknown_field',
  required: 'required',
  type: 'wrong_type',
  format: 'wrong_format',
  pattern: 'wrong_format',
  enum: 'not_a_choice',
  const: 'not_a_choice',
  minLength: 'too_short',
  maxLength: 'too_long',
  minItems: 'too_few',
  maxItems: 'too_many',
  minimum: 'too_small',
  exclusiveMinimum: 'too_small',
  maximum: 'too_large',
  exclusiveMaximum: 'too_large',
};

/** One a place and code. `anyOf` itself says nothing that its branches do not. */
export function toFieldErrors(findings: readonly Finding[]): FieldError[] {
  const found = new Map<string, FieldError>();
  for (const finding of findings.filter(({ keyword }) => keyword !== 'anyOf').slice(0, most)) {
    const error = toFieldError(finding);
    found.set(`${error.path} ${error.code}`, error);
  }
  return [...found.values()];
}

function toFieldError({ keyword, instancePath, params }: Finding): FieldError {
  const code = codes[keyword] ?? 'invalid';
  const property = params.missingProperty ?? params.additionalProperty ?? params.unevaluatedProperty;
  if (typeof property === 'string') return { path: `${instancePath}/${escapePointer(property)}`, code };
  const { limit, type, format, allowedValues } = params;
  const shown = Object.entries({ limit, type, format, allowedValues }).filter(([, value]) => value !== undefined);
  return { path: instancePath, code, ...(shown.length > 0 && { params: Object.fromEntries(shown) }) };
}

function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
