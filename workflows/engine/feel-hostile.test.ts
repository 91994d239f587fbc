/**
 * Expressions that mean no good (feel-hostile.json): each gives a value or a failure within the counted bounds (protocol.md rule 18),
 * and never anything of the host. Every way expressions take: of flows before and after publishing, conditions, moments, mappings, and
 * the formulas of forms on the server and in the browser.
 */
import { readFileSync } from 'node:fs';
import { FeelDate, FeelDateTime, FeelDuration, FeelRange, FeelTime } from 'feelin';
import { describe, expect, it } from 'vitest';
import { Counter, EVALUATION_LIMITS } from './feel/counter.ts';
import { evaluateCondition, evaluateFeel, type Scope } from './feel.ts';
import { prepare, type Prepared } from './feel-syntax.ts';
import { computeFormulas } from './formulas.ts';
import { evaluateMapping } from './mapping.ts';
import { evaluateInstant } from './moment.ts';
import type { Json } from './types.ts';

/** Read as it is: a module would not take half a surrogate pair. */
const groups = JSON.parse(readFileSync(new URL('feel-hostile.json', import.meta.url), 'utf8')) as Record<
  string,
  string[]
>;

const long = 'x'.repeat(10_000);
/** Names of the host as data: JSON may hold them, and every one of them is an own entry. */
const hostile =
  '{"__proto__":{"polluted":1},"constructor":"c","toString":1,"hasOwnProperty":2,"length":3,"__v":5,"then":1}';
const vars: Record<string, Json> = {
  ...{ a: 5, n: 1, s: 'text', m: '12.50', b: true, empty: null, long, runaway: `${'a'.repeat(2000)}!` },
  ...{ day: '2026-11-27', at: '2026-11-27T04:00:00.000Z', span: 'P2DT3H' },
  list: Array.from({ length: 200 }, (_, index) => index),
  texts: Array.from({ length: 100 }, (_, index) => `${'abc'.repeat(30)}${index}`),
  rows: [{ n: 1 }, { n: 5, name: 'five' }],
  docs: JSON.parse('[{"__v":1,"n":1},{"__each":[1],"__items":2,"__path":"x","__c":3,"n":2}]') as Json,
  hostile: JSON.parse(hostile) as Json,
};
const scope: Scope = {
  vars,
  types: { m: 'money', day: 'date', at: 'dateTime', span: 'duration' },
  outcomes: { accept: 'declined' },
  times: { accept: 2 },
  initiator: 'p1',
  now: Date.UTC(2026, 10, 27, 4),
  zone: 'Europe/Paris',
};
const known = [...Object.keys(vars), 'initiator', 'outcomes', 'times', 'now', 'today'];
/** The most that one step adds before it is stopped: a list or a text of the longest kind. */
const OVERSHOOT = 1 + EVALUATION_LIMITS.list + EVALUATION_LIMITS.text / 8;

/** What expressions give besides JSON. */
const FEEL_TYPES = [FeelDate, FeelTime, FeelDateTime, FeelDuration, FeelRange];

/** Why a value is not one of FEEL; null when it is. */
function strange(value: unknown, path = 'value'): string | null {
  if (typeof value === 'number') return Number.isFinite(value) ? null : `${path} is ${value}`;
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return null;
  return typeof value === 'object' ? strangeObject(value, path) : `${path} is ${typeof value}`;
}

function strangeObject(value: object, path: string): string | null {
  if (value instanceof FeelRange) return strange(value.start, `${path}.start`) ?? strange(value.end, `${path}.end`);
  if (FEEL_TYPES.some((type) => value instanceof type)) return null;
  const home: unknown = Object.getPrototypeOf(value);
  if (home !== Object.prototype && home !== Array.prototype) return `${path} is of the host`;
  for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(value))) {
    if (!('value' in descriptor)) return `${path}.${name} is a getter`;
    const found = strange(descriptor.value, `${path}.${name}`);
    if (found !== null) return found;
  }
  return null;
}

/** Everything that the host's prototypes and the global object hold. */
function hostState(): Map<string, unknown> {
  const shared = [Object, Function, Array, String, Number, Boolean, Date, RegExp, Map, Set, Promise, Error, FeelDate];
  const objects = [globalThis, ...shared, ...shared.map((type) => type.prototype as object), FeelRange.prototype];
  const state = new Map<string, unknown>();
  for (const [index, object] of objects.entries()) {
    state.set(`${index} prototype`, Object.getPrototypeOf(object));
    for (const name of Reflect.ownKeys(object)) {
      const held = Object.entries(Object.getOwnPropertyDescriptor(object, name) ?? {});
      for (const [part, value] of held) state.set(`${index} ${String(name)} ${part}`, value);
    }
  }
  return state;
}

function freeze(value: unknown): void {
  if (value === null || typeof value !== 'object') return;
  Object.freeze(value);
  Object.values(value).forEach(freeze);
}

const FAILURES = ['expression_failed', 'expression_limit', 'expression_not_boolean', 'expression_not_moment'];
const REFUSALS = ['expression_invalid', 'expression_unbounded', 'unknown_name'];

/** What is wrong with a result; null for a value of FEEL or a failure that the engine knows. */
function unsound(result: { ok: true; value: unknown } | { ok: false; code: string }): string | null {
  if (result.ok) return strange(result.value);
  return FAILURES.includes(result.code) ? null : result.code;
}

/** By every way there is; what stops at a limit stops there by all of them. */
function problemsOf(text: string, prepared: Prepared): (string | null)[] {
  const counter = new Counter(scope.zone);
  const result = evaluateFeel(prepared, scope, counter);
  const isOver = counter.operations > EVALUATION_LIMITS.operations + OVERSHOOT;
  const problems = [unsound(result), isOver ? `${counter.operations} operations` : null];
  if (!result.ok && result.code === 'expression_limit') return problems;
  const condition = evaluateCondition(prepared, scope);
  const computed = { ...scope, vars: { ...vars } };
  const failed = computeFormulas(new Map([['computed', prepared]]), ['computed'], computed);
  return [
    ...problems,
    unsound(condition),
    condition.ok && typeof condition.value !== 'boolean' ? 'a condition that is none' : null,
    unsound(evaluateInstant(prepared, scope, 'end')),
    unsound(evaluateMapping(text, vars)),
    unsound(failed ?? { ok: true, value: computed.vars.computed }),
  ];
}

function problemsOfText(text: string): (string | null)[] {
  // As `check` reads it, and as a published flow is read.
  const [checked, published] = [prepare(text, known), prepare(text, null)];
  const refusals = [checked, published].map((each) => (each.ok || REFUSALS.includes(each.problem.code) ? null : text));
  return [...refusals, ...(published.ok ? problemsOf(text, published.prepared) : [])];
}

describe('hostile expressions', () => {
  freeze(scope);
  // Node loads some of its globals when they are first looked at.
  hostState();
  const before = JSON.stringify(scope);

  it('are many', () => {
    expect(new Set(Object.values(groups).flat()).size).toBeGreaterThan(1000);
  });

  it.each(Object.entries(groups))('%s', (_name, texts) => {
    const host = hostState();

    const wrong = texts.flatMap((text) =>
      problemsOfText(text).flatMap((problem) => (problem ? [{ text, problem }] : [])),
    );

    expect(wrong).toEqual([]);
    const after = hostState();
    const changed = [...new Set([...host.keys(), ...after.keys()])].filter(
      (key) => !host.has(key) || !after.has(key) || !Object.is(host.get(key), after.get(key)),
    );
    expect(changed).toEqual([]);
    expect(JSON.stringify(scope)).toBe(before);
  });
});
