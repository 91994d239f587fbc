/** When two values of FEEL are one (DMN 1.5, tables 53 and 54), and which comes first. */
import { FeelDate, FeelDuration, FeelRange, FeelTime } from 'feelin';
import { epochMsOf, isPoint, sizeOf, type Point } from './dates.ts';
import type { Within } from './builtin.ts';

/** Kind and place in its order: values of one kind can be compared. Null for what has no order. */
export function placeOf(value: unknown, zone: string): { kind: string; at: number | string } | null {
  if (typeof value === 'number' || typeof value === 'string') return { kind: typeof value, at: value };
  if (isPoint(value)) return { kind: kindOf(value), at: epochMsOf(value, zone) };
  if (value instanceof FeelDuration) return { kind: value.yearsMonths ? 'months' : 'days', at: sizeOf(value) };
  return null;
}

function kindOf(value: Point): string {
  if (value instanceof FeelDate) return 'date';
  return value instanceof FeelTime ? 'time' : 'date and time';
}

/** Below, at or above 0 as `a` comes before, with or after `b`; null when they cannot be compared. */
export function orderOf(a: unknown, b: unknown, zone: string): number | null {
  const [left, right] = [placeOf(a, zone), placeOf(b, zone)];
  if (left?.kind !== right?.kind || left === null || right === null) return null;
  if (left.at === right.at) return 0;
  return left.at < right.at ? -1 : 1;
}

/** Equal values have equal keys. Counts every value within. */
export function keyOf(value: unknown, within: Within): string {
  within.spend(1);
  const place = placeOf(value, within.zone);
  if (place) return JSON.stringify([place.kind, place.at]);
  if (Array.isArray(value)) return `[${value.map((item) => keyOf(item, within)).join()}]`;
  if (value === null || typeof value !== 'object') return String(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  const kind = value instanceof FeelRange ? 'range' : '';
  return `${kind}{${entries.map(([name, inner]) => JSON.stringify(name) + keyOf(inner, within)).join()}}`;
}
