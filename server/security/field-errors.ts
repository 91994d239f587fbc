/** What Ajv found wrong with a request, as paths and codes (forms/findings.ts). */
import { toProblem, unique, type Finding } from '../../forms/findings.ts';
import type { FieldError } from '../errors.ts';

/** More than this helps nobody and only makes the answer long. */
const most = 50;

/** `anyOf` itself says nothing that its branches do not. */
export function toFieldErrors(findings: readonly Finding[]): FieldError[] {
  const telling = findings.filter(({ keyword }) => keyword !== 'anyOf').slice(0, most);
  return unique(telling.map((finding) => toProblem(finding)));
}
