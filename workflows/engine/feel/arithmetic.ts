/**
 * What `+ - * / **` give in FEEL (DMN 1.5, 10.3.2.3 and tables 57 to 62). Numbers are reckoned as decimals with 34 digits, as FEEL
 * wants it: 0.1 + 0.2 is 0.3, and an amount times days has no stray cents.
 */
import { Decimal } from 'decimal.js';
import { FeelDuration } from 'feelin';
import { between, durationOf, isPoint, shift, sizeOf } from './dates.ts';

export type Operator = '+' | '-' | '*' | '/' | '**';

/** IEEE 754 decimal128, half to even (DMN 1.5, 10.3.2.3.1). */
export const Exact = Decimal.clone({ precision: 34, rounding: Decimal.ROUND_HALF_EVEN });
/** Powers of larger exponents are not exact: a decimal would grow with them. */
const MOST_EXACT_POWER = 1000;

/** The value; null for a division by zero, or beyond what can be told; undefined when the operator does not know these types. */
export function arithmetic(operator: Operator, a: unknown, b: unknown, zone: string): unknown {
  if (typeof a === 'number' && typeof b === 'number') return ofNumbers(operator, a, b);
  if (typeof a === 'string' && typeof b === 'string') return operator === '+' ? a + b : undefined;
  if (operator === '+') return sum(a, b, zone);
  if (operator === '-') return difference(a, b, zone);
  if (operator === '*') return product(a, b);
  return operator === '/' ? quotient(a, b) : undefined;
}

export function negative(value: unknown): unknown {
  if (typeof value === 'number') return 0 - value;
  return value instanceof FeelDuration ? new FeelDuration(value.unwrap().negated(), value.yearsMonths) : undefined;
}

function ofNumbers(operator: Operator, a: number, b: number): number | null {
  if (!Number.isFinite(a) || !Number.isFinite(b)) return Number.NaN;
  if (operator === '+') return new Exact(a).plus(b).toNumber();
  if (operator === '-') return new Exact(a).minus(b).toNumber();
  if (operator === '*') return new Exact(a).times(b).toNumber();
  if (operator === '/') return b === 0 ? null : new Exact(a).div(b).toNumber();
  const isExact = Number.isInteger(b) && Math.abs(b) <= MOST_EXACT_POWER;
  return isExact ? new Exact(a).pow(b).toNumber() : a ** b;
}

function sum(a: unknown, b: unknown, zone: string): unknown {
  if (isPoint(a) && b instanceof FeelDuration) return shift(a, b, zone);
  if (a instanceof FeelDuration && isPoint(b)) return shift(b, a, zone);
  return a instanceof FeelDuration && b instanceof FeelDuration ? added(a, b) : undefined;
}

function difference(a: unknown, b: unknown, zone: string): unknown {
  if (isPoint(a) && isPoint(b)) return between(a, b, zone);
  if (!(b instanceof FeelDuration)) return undefined;
  return sum(a, new FeelDuration(b.unwrap().negated(), b.yearsMonths), zone);
}

function added(a: FeelDuration, b: FeelDuration): FeelDuration | null | undefined {
  if (a.yearsMonths !== b.yearsMonths) return undefined;
  return a.yearsMonths ? durationOf(sizeOf(a) + sizeOf(b), a) : new FeelDuration(a.unwrap().add(b.unwrap()), false);
}

function product(a: unknown, b: unknown): unknown {
  if (typeof a === 'number') return typeof b === 'number' ? undefined : product(b, a);
  if (!(a instanceof FeelDuration) || typeof b !== 'number') return undefined;
  return durationOf(new Exact(sizeOf(a)).times(b).toNumber(), a);
}

function quotient(a: unknown, b: unknown): unknown {
  if (!(a instanceof FeelDuration)) return undefined;
  if (typeof b === 'number') return b === 0 ? null : durationOf(new Exact(sizeOf(a)).div(b).toNumber(), a);
  if (!(b instanceof FeelDuration) || a.yearsMonths !== b.yearsMonths) return undefined;
  return sizeOf(b) === 0 ? null : new Exact(sizeOf(a)).div(sizeOf(b)).toNumber();
}
