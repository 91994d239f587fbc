/**
 * Evaluates FEEL for the engine. Never throws: an error, a limit or a wrong type of answer comes back as a failure that the
 * engine turns into an incident. `now` and the zone come with the event, never from a clock (rules 18 and 19).
 */
import { dateAndTime, duration, evaluate, FeelDate, FeelDateTime, date as feelDate, isRange } from 'feelin';
import { COUNTERS, FEEL_LIMITS, type Prepared } from './feel-syntax.ts';
import { isoOf } from './instant.ts';
import type { Json, ValueType } from './types.ts';
import { must } from './unreachable.ts';

/** What an expression sees. */
export interface Scope {
  vars: Record<string, Json>;
  types: Record<string, ValueType>;
  outcomes: Record<string, Json>;
  /** How often each human step was decided; only the engine knows. */
  times?: Record<string, number>;
  initiator: string | null;
  /** Epoch ms of the event. */
  now: number;
  /** IANA zone of the community. */
  zone: string;
}
export type Evaluation =
  | { ok: true; value: unknown }
  | { ok: false; code: 'expression_failed' | 'expression_limit' | 'expression_not_boolean'; message: string };

/** Builtins evaluate to null and warn on a wrong type: an error, unless a value that is simply not filled in yet explains it. */
const HARMLESS = new Set(['NO_CONTEXT_ENTRY_FOUND', 'NO_PROPERTY_FOUND']);

/** Value of an expression. */
export function evaluateFeel(prepared: Prepared, scope: Scope): Evaluation {
  const counter = new Counter();
  try {
    const context = { ...contextOf(prepared, scope), ...counter.functions() };
    const { value, warnings } = evaluate(prepared.source, context);
    if (counter.tripped) return { ok: false, code: 'expression_limit', message: counter.tripped };
    if (counter.unfilled) return { ok: true, value: null };
    const unfilled = prepared.names.some((name) => context[name] === null);
    const bad = warnings.find((warning) => !HARMLESS.has(warning.type));
    if (bad && !unfilled) return { ok: false, code: 'expression_failed', message: bad.type };
    return { ok: true, value };
  } catch (error) {
    if (counter.tripped) return { ok: false, code: 'expression_limit', message: counter.tripped };
    if (counter.unfilled) return { ok: true, value: null };
    return { ok: false, code: 'expression_failed', message: error instanceof Error ? error.name : 'error' };
  }
}

/** A condition: null, FEEL's "unknown", is not true. */
export function evaluateCondition(prepared: Prepared, scope: Scope): Evaluation {
  const result = evaluateFeel(prepared, scope);
  if (!result.ok || typeof result.value === 'boolean') return result;
  if (result.value === null) return { ok: true, value: false };
  return { ok: false, code: 'expression_not_boolean', message: typeof result.value };
}

function contextOf(prepared: Prepared, scope: Scope): Record<string, unknown> {
  const context: Record<string, unknown> = {};
  for (const name of prepared.names) context[name] = valueOf(name, scope);
  return context;
}

function valueOf(name: string, scope: Scope): unknown {
  if (name === 'initiator') return scope.initiator;
  if (name === 'outcomes') return scope.outcomes;
  if (name === 'times' && scope.times) return scope.times;
  if (name === 'now') return zoned(scope);
  if (name === 'today') return new FeelDate(zoned(scope).unwrap().toPlainDate());
  return convert(scope.vars[name] ?? null, scope.types[name]);
}

function convert(value: Json, type: ValueType | undefined): unknown {
  if (value === null || type === undefined) return value;
  if (type === 'money') return Number(value);
  if (typeof value !== 'string') return null;
  if (type === 'date') return feelDate(value);
  return type === 'dateTime' ? dateAndTime(value) : duration(value);
}

/** `now` as a date and time in the community's zone. */
function zoned(scope: Scope): FeelDateTime {
  const utc = must(dateAndTime(isoOf(scope.now)), 'instant')
    .unwrap()
    .toZonedDateTime('UTC');
  return new FeelDateTime(utc.withTimeZone(scope.zone).toPlainDateTime(), scope.zone);
}

/** Counts while the expression runs; the rewritten expression calls it at every loop, list and value. */
class Counter {
  operations = 0;
  tripped: string | null = null;
  /** A range had an end that is not filled in yet: the whole is not known. */
  unfilled = false;

  functions(): Record<string, unknown> {
    return {
      [COUNTERS.value]: named(['value'], (value) => this.value(value)),
      [COUNTERS.each]: named(['list'], (list) => this.each(list)),
      [COUNTERS.range]: named(['from', 'to'], (from, to) => this.range(from, to)),
    };
  }

  value(value: unknown): unknown {
    this.count(value, 0);
    return value;
  }

  /** A list that a loop runs over; a range of numbers becomes one. */
  each(list: unknown): unknown {
    const range =
      list !== null && typeof list === 'object' && isRange(list) ? (list as { start: unknown; end: unknown }) : null;
    if (range && typeof range.start === 'number') return this.range(range.start, range.end);
    return this.value(list);
  }

  range(from: unknown, to: unknown): number[] {
    if (from === null || to === null) {
      this.unfilled = true;
      return [];
    }
    if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to)) this.trip('range');
    const [start, end] = [from as number, to as number];
    const length = Math.abs(end - start) + 1;
    if (length > FEEL_LIMITS.list) this.trip('range');
    this.add(length);
    const step = start > end ? -1 : 1;
    return Array.from({ length }, (_, index) => start + index * step);
  }

  private count(value: unknown, depth: number): void {
    this.add(1);
    if (depth > FEEL_LIMITS.depth) this.trip('depth');
    if (typeof value === 'string' && value.length > FEEL_LIMITS.text) this.trip('text');
    if (Array.isArray(value)) {
      if (value.length > FEEL_LIMITS.list) this.trip('list');
      for (const item of value) this.count(item, depth + 1);
    } else if (isPlain(value)) {
      for (const item of Object.values(value)) this.count(item, depth + 1);
    }
  }

  private add(operations: number): void {
    this.operations += operations;
    if (this.operations > FEEL_LIMITS.operations) this.trip('operations');
  }

  private trip(limit: string): never {
    this.tripped = limit;
    throw new Error(`limit of ${limit}`);
  }
}

/** feelin reads parameter names from the source text of a function unless told. */
function named(names: string[], fn: (...args: unknown[]) => unknown): unknown {
  return Object.assign(fn, { $args: names });
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype;
}
