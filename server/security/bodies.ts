/**
 * What no route takes in a JSON body, looked for before anything reads it: levels that a recursive reader would fall over, and text that
 * Postgres cannot keep as it came (half of a surrogate pair, NUL).
 */
import { pointerPart } from '../../forms/findings.ts';
import { AppError, type FieldError } from '../errors.ts';
import type { App } from '../http.ts';

const deepest = 32;
/** Problems told at once. */
const most = 50;

export function checkBodies(app: App): void {
  app.addHook('preValidation', (request, _reply, done) => {
    const errors = bodyErrors(request.body);
    done(errors.length > 0 ? new AppError('invalid_request', 422, {}, errors) : undefined);
  });
}

interface Place {
  value: unknown;
  path: string;
  depth: number;
}

/** Walks with a list of its own, whatever the depth. */
function bodyErrors(body: unknown): FieldError[] {
  const errors: FieldError[] = [];
  const open: Place[] = [{ value: body, path: '', depth: 0 }];
  for (let place = open.pop(); place !== undefined && errors.length < most; place = open.pop()) {
    const { value, path, depth } = place;
    if (typeof value === 'string' && !isStorable(value)) errors.push({ path, code: 'text_invalid' });
    if (!isNest(value)) continue;
    if (depth >= deepest) return [{ path, code: 'too_deep', params: { limit: deepest } }];
    const inside = Object.entries(value);
    if (!inside.every(([name]) => isStorable(name))) errors.push({ path, code: 'text_invalid' });
    for (const [name, item] of inside)
      open.push({ value: item, path: `${path}/${pointerPart(name)}`, depth: depth + 1 });
  }
  return errors;
}

/** Buffers and streams are no JSON. */
function isNest(value: unknown): value is object {
  return typeof value === 'object' && value !== null && (Array.isArray(value) || isPlain(value));
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}
