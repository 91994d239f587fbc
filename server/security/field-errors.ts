/** What Ajv found wrong with a request, as paths and codes: the same codes as forms/validate.ts, so that screens need one text each. */
import type { FieldError } from '../errors.ts';

interface Finding {
  keyword: string;
  instancePath: string;
  params: Record<string, unknown>;
}

/** More than this helps nobody and only makes the answer long. */
const most = 50;

const codes: Record<string, string> = {
  additionalProperties: 'field_unknown',
  unevaluatedProperties: 'field_unknown',
  required: 'required',
  type: 'wrong_type',
  format: 'format',
  pattern: 'pattern',
  enum: 'not_a_choice',
  const: 'not_a_choice',
  minLength: 'too_short',
  maxLength: 'too_long',
  minItems: 'too_few',
  maxItems: 'too_many',
  minimum: 'too_small',
  exclusiveMinimum: 'too_small',
  maximum: 'too_big',
  exclusiveMaximum: 'too_big',
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
  const { limit, type, format } = params;
  const shown = Object.entries({ limit, type, format }).filter(([, value]) => value !== undefined);
  return { path: instancePath, code, ...(shown.length > 0 && { params: Object.fromEntries(shown) }) };
}

function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
