/**
 * What a JSON Schema validator found wrong, as a JSON pointer and a code of ours. The one place for it: the server's verdict on records, its
 * verdict on requests (both Ajv's) and the browser's (cfworker's) say the same codes, so that screens need one text each.
 */
import type { Problem } from './types.ts';

/** Of Ajv's ErrorObject what is read here. */
export interface Finding {
  keyword: string;
  instancePath: string;
  params: Record<string, unknown>;
}

const codes: Partial<Record<string, string>> = {
  type: 'wrong_type',
  format: 'format',
  pattern: 'pattern',
  enum: 'not_a_choice',
  const: 'not_a_choice',
  oneOf: 'not_a_choice',
  uniqueItems: 'items_repeat',
  minLength: 'too_short',
  maxLength: 'too_long',
  minItems: 'too_few',
  maxItems: 'too_many',
  minimum: 'too_small',
  exclusiveMinimum: 'too_small',
  maximum: 'too_big',
  exclusiveMaximum: 'too_big',
};

/** Of a keyword that judges a value itself. The others say that something below is wrong, or speak of a property. */
export function codeOf(keyword: string): string | undefined {
  return codes[keyword];
}

/** Pointers start with `base`. A property that is missing or too many has the pointer where it is or would be. */
export function toProblem({ keyword, instancePath, params }: Finding, base = ''): Problem {
  const path = base + instancePath;
  const missing = params.missingProperty;
  if (typeof missing === 'string') return { path: `${path}/${pointerPart(missing)}`, code: 'required' };
  const surplus = params.additionalProperty ?? params.unevaluatedProperty;
  if (typeof surplus === 'string') return { path: `${path}/${pointerPart(surplus)}`, code: 'field_unknown' };
  const { limit, type, format } = params;
  const shown = Object.entries({ limit, type, format }).filter(([, value]) => value !== undefined);
  const code = codeOf(keyword) ?? 'invalid';
  return { path, code, ...(shown.length > 0 && { params: Object.fromEntries(shown) }) };
}

/** A name as a part of a JSON pointer (RFC 6901). */
export function pointerPart(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** One a place and code, the first. */
export function unique<P extends Pick<Problem, 'path' | 'code'>>(problems: readonly P[]): P[] {
  const seen = new Set<string>();
  return problems.filter(({ path, code }) => !seen.has(`${path} ${code}`) && seen.add(`${path} ${code}`));
}
