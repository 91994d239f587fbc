/**
 * Evaluates FEEL for the engine. Never throws: an error, a limit or a wrong type of answer comes back as a failure that the
 * engine turns into an incident. `now` and the zone come with the event, never from a clock (rules 18 and 19).
 */
import { dateAndTime, duration, evaluate, FeelDate, date as feelDate } from 'feelin';
import { Counter } from './feel/counter.ts';
import { momentOf } from './feel/dates.ts';
import { plainTextAt } from './feel/plain.ts';
import type { Prepared } from './feel-syntax.ts';
import { isRow, type Locals } from './items.ts';
import type { Json, ValueType } from './types.ts';

/** What an expression sees. */
export interface Scope {
  vars: Record<string, Json>;
  /** Of fields; of columns as `<field>.<column>`. */
  types: Record<string, ValueType>;
  /** Names that stand for something else than a field, and come before it. */
  locals?: Locals;
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
  | {
      ok: false;
      code: 'expression_failed' | 'expression_limit' | 'expression_not_boolean';
      message: string;
    };

/** feelin's builtins evaluate to null and warn on a wrong type: an error, unless a value that is simply not filled in yet explains it. */
const HARMLESS = new Set(['NO_CONTEXT_ENTRY_FOUND', 'NO_PROPERTY_FOUND']);

/** Value of an expression: a value of FEEL, nothing of the host. `counter` tells afterwards what it took. */
export function evaluateFeel(prepared: Prepared, scope: Scope, counter = new Counter(scope.zone)): Evaluation {
  try {
    const named = contextOf(prepared, scope);
    const plain = plainValue(prepared, named, counter);
    if (plain !== undefined) return { ok: true, value: plain };
    const context = { ...named, ...counter.functions(prepared.calls) };
    const { value, warnings } = evaluate(prepared.source, context);
    const result = counter.value(value);
    if (counter.unfilled) return { ok: true, value: null };
    const unfilled = prepared.names.some((name) => context[name] === null);
    const bad = [...warnings.map(({ type }) => type), ...counter.warnings].find((type) => !HARMLESS.has(type));
    if (bad !== undefined && !unfilled) return { ok: false, code: 'expression_failed', message: bad };
    return { ok: true, value: result };
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

type Failed = Extract<Evaluation, { ok: false }>;

/** One text or a list of texts; null is none. */
export function evaluateStrings(
  prepared: Prepared,
  scope: Scope,
): { ok: true; value: string[] } | { ok: false; code: Failed['code'] | 'expression_not_people'; message: string } {
  const result = evaluateFeel(prepared, scope);
  if (!result.ok) return result;
  const list = Array.isArray(result.value) ? (result.value as unknown[]) : [result.value];
  const given = list.filter((each) => each !== null);
  if (given.every((each) => typeof each === 'string')) return { ok: true, value: given };
  return { ok: false, code: 'expression_not_people', message: typeof given.find((each) => typeof each !== 'string') };
}

/** Only a name, of a text or of nothing, or whether a name is a text: what titles, mappings and conditions mostly are. */
function plainValue({ text, plain }: Prepared, named: Record<string, unknown>, counter: Counter): unknown {
  const own = Object.hasOwn(named, text) ? named[text] : undefined;
  if (own === null || typeof own === 'string') return counter.value(own);
  if (plain === null) return undefined;
  const found = plainTextAt(named, plain.path);
  return found === undefined ? undefined : counter.value(found) === plain.text;
}

function contextOf(prepared: Prepared, scope: Scope): Record<string, unknown> {
  const context: Record<string, unknown> = {};
  for (const name of prepared.names) context[name] = valueOf(name, scope);
  return context;
}

function valueOf(name: string, scope: Scope): unknown {
  const local = own(scope.locals ?? {}, name);
  if (local) return local.of === null ? local.value : convertRow(local.value, local.of, scope.types);
  return builtIn(name, scope) ?? fieldOf(name, scope);
}

/** Undefined: no name of ours. */
function builtIn(name: string, scope: Scope): unknown {
  if (name === 'initiator') return scope.initiator;
  if (name === 'outcomes') return scope.outcomes;
  if (name === 'times' && scope.times) return scope.times;
  if (name === 'now') return momentOf(scope.now, scope.zone);
  if (name === 'today') return new FeelDate(momentOf(scope.now, scope.zone).unwrap().toPlainDate());
  return undefined;
}

function fieldOf(name: string, scope: Scope): unknown {
  const value = own(scope.vars, name) ?? null;
  return Array.isArray(value)
    ? value.map((row) => convertRow(row, name, scope.types))
    : convert(value, own(scope.types, name));
}

/** A row of a sub-table, its columns as FEEL compares them. */
function convertRow(row: Json, field: string, types: Scope['types']): unknown {
  if (!isRow(row)) return row;
  const columns = Object.entries(row).map(([name, value]) => [name, convert(value, own(types, `${field}.${name}`))]);
  return Object.fromEntries(columns);
}

/** A field may be called `constructor`, and the host's must not stand in for it. */
function own<T>(values: Record<string, T>, name: string): T | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

function convert(value: Json, type: ValueType | undefined): unknown {
  if (value === null || type === undefined) return value;
  if (type === 'money') return Number(value);
  if (typeof value !== 'string') return null;
  if (type === 'date') return feelDate(value);
  return type === 'dateTime' ? dateAndTime(value) : duration(value);
}
