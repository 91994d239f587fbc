// Conditions that compare a field with a value, such as `area != "public"`, answered without the evaluator of FEEL, which is 60 kB.
// Their meaning is FEEL's: simple.test.ts holds both to the same answers.
import type { Evaluate } from './visible.ts';
import { isEmpty } from './values.ts';
import type { FieldKind, FormModel } from './types.ts';

const comparison = /^([a-z][A-Za-z0-9]*) *(=|!=|<=|>=|<|>) *("[^"\\]*"|-?\d{1,9}(?:\.\d{1,4})?|true|false|null)$/;

type Plain = string | number | boolean | null;
interface Comparison {
  field: string;
  operator: string;
  literal: Plain;
}

/** Kinds whose values FEEL compares with a literal of this type. */
const kinds: Record<string, readonly FieldKind[]> = {
  string: ['text', 'longText', 'choice'],
  number: ['integer', 'number', 'money'],
  boolean: ['boolean'],
};

/** Answers the conditions of a form if all of them are that simple; null: it takes the evaluator. */
export function simpleConditions(model: FormModel): Evaluate | null {
  const texts = model.fields.flatMap(({ showWhen }) => (showWhen === null ? [] : [showWhen]));
  const read = new Map(texts.map((text) => [text, readComparison(text, model)]));
  if ([...read.values()].includes(null)) return null;
  return (expression, values) => {
    const found = read.get(expression);
    return found ? holds(found, values[found.field]) : true;
  };
}

function readComparison(text: string, model: FormModel): Comparison | null {
  const found = comparison.exec(text.trim());
  if (found === null) return null;
  const [, field = '', operator = '', written = ''] = found;
  const literal = JSON.parse(written) as Plain;
  const kind = model.fields.find(({ name }) => name === field)?.kind;
  return kind !== undefined && isComparable(kind, operator, literal) ? { field, operator, literal } : null;
}

/** Of other types FEEL's answer is neither true nor false. */
function isComparable(kind: FieldKind, operator: string, literal: Plain): boolean {
  const isEquality = operator === '=' || operator === '!=';
  if (literal === null) return isEquality;
  return kinds[typeof literal]?.includes(kind) === true && (isEquality || typeof literal === 'number');
}

function holds({ operator, literal }: Comparison, given: unknown): boolean {
  const value = isEmpty(given) ? null : typeof literal === 'number' ? Number(given) : given;
  switch (operator) {
    case '=':
      return value === literal;
    case '!=':
      return value !== literal;
    default:
      return typeof value === 'number' && typeof literal === 'number' && isInOrder(operator, value, literal);
  }
}

function isInOrder(operator: string, a: number, b: number): boolean {
  if (operator === '<') return a < b;
  if (operator === '>') return a > b;
  return operator === '<=' ? a <= b : a >= b;
}
