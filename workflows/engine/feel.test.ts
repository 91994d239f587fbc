import { describe, expect, it } from 'vitest';
import { evaluateCondition, evaluateFeel, type Scope } from './feel.ts';
import { prepare, type Prepared } from './feel-syntax.ts';

const now = Date.UTC(2026, 10, 23, 21, 0, 0);
const vars = {
  urgency: 'urgent',
  amount: '5000.50',
  day: '2026-11-24',
  empty: null,
  long: 'x'.repeat(10_001),
  list: Array.from({ length: 200 }, (_, index) => index),
  rows: [{ n: 1 }, { n: 5 }],
};
const scope: Scope = {
  vars,
  types: { amount: 'money', day: 'date' },
  outcomes: { accept: 'declined' },
  initiator: 'p1',
  now,
  zone: 'Asia/Shanghai',
};
const known = [...Object.keys(vars), 'initiator', 'outcomes', 'now', 'today'];

function ready(text: string): Prepared {
  const result = prepare(text, known);
  if (!result.ok) throw new Error(JSON.stringify(result.problem));
  return result.prepared;
}
const value = (text: string) => {
  const result = evaluateFeel(ready(text), scope);
  return result.ok ? result.value : result.code;
};

describe('evaluateFeel', () => {
  it.each([
    ['urgency', 'urgent'],
    ['long', 'expression_limit'],
    ['amount', 5000.5],
    ['empty', null],
    ['urgency = "urgent"', true],
    ['amount > 5000', true],
    ['amount + 0.5', 5001],
    ['outcomes.accept = "declined"', true],
    ['initiator = "p1"', true],
    ['day = date("2026-11-24")', true],
    ['today = day', true],
    ['today() = day', true],
    ['now > date and time("2026-11-24T04:59:00@Asia/Shanghai")', true],
    ['now().hour', 5],
    ['count(list)', 200],
    ['count(for x in 1..empty return x)', null],
    ['sum(list) > 100', true],
    ['some x in list satisfies x > 198', true],
    ['every x in 1..3 satisfies x > 0', true],
    ['count(for x in [1..10] return x * 2)', 10],
    ['rows[item.n > 3].n', [5]],
    ['list[3]', 2],
    ['amount in [-1..6000]', true],
    ['urgency in ("normal", "urgent")', true],
    ['if empty = null then "none" else "some"', 'none'],
    ['{a: 1, b: a + 1}.b', 2],
    ['not(urgency = "normal")', true],
    ['amount between 1 and 6000', true],
    ['day < today + duration("P1D")', true],
  ])('%s', (text, expected) => {
    expect(value(text)).toEqual(expected);
  });

  it.each([
    ['(some amount in [1] satisfies amount > 5) or amount > 5', ['amount']],
    ['some amount in amount satisfies amount > 5', ['amount']],
    ['{ amount: amount }.amount > 5', ['amount']],
    ['for x in list, y in 1..x return y', ['list']],
    ['list[item > 1]', ['list']],
  ])('a local name hides a field only where it stands: %s', (text, names) => {
    expect(ready(text).names).toEqual(names);
  });

  it.each(['(some x in [1] satisfies x > 5) or x > 5', 'item > 5 or count(list[item > 2]) > 1', '{ a: 1 }.a > a'])(
    'a local name is unknown elsewhere: %s',
    (text) => {
      expect(prepare(text, known)).toMatchObject({ ok: false, problem: { code: 'unknown_name' } });
    },
  );

  it('takes an unfilled field as not true, and a wrong type as a failure', () => {
    expect(evaluateCondition(ready('empty > 5'), scope)).toEqual({ ok: true, value: false });
    expect(evaluateCondition(ready('urgency + 1 > 5'), scope)).toMatchObject({ ok: false, code: 'expression_failed' });
    expect(evaluateCondition(ready('amount'), scope)).toMatchObject({ ok: false, code: 'expression_not_boolean' });
  });
});

describe('rule 18: FEEL is bounded by what it counts', () => {
  const nested = Array.from({ length: 60 }, () => '(').join('') + '1' + Array.from({ length: 60 }, () => ')').join('');
  const doubling = Array.from(
    { length: 40 },
    (_, i) => `a${String(i + 1)}: concatenate(a${String(i)}, a${String(i)})`,
  ).join(', ');
  const words = Array.from({ length: 60 }, (_, i) => `b${String(i + 1)}: b${String(i)} + b${String(i)}`).join(', ');
  const refused = [
    'function(x) x',
    '{f: function(n) if n < 2 then n else f(n - 1) + f(n - 2)}.f(50)',
    'for i in 1..50 return concatenate(partial[-1], partial[-1])',
    'sort(list, function(a, b) a < b)',
    '__v(1)',
    '{__each: 1}.__each',
    'unknown = 1',
    'urgency.constructor.constructor("return this")()',
    'amount // comment',
    nested,
    '1 +',
    '',
    'x'.repeat(2001),
    Array.from({ length: 500 }, () => '1').join('+'),
  ];
  it.each(refused.map((text) => [text.slice(0, 60), text]))('refuses before running: %s', (_title, text) => {
    expect(prepare(text, known).ok).toBe(false);
  });

  const limited = [
    'some x in [1..2000] satisfies some y in [1..2000] satisfies x + y = 0',
    'some x in 1..1000 satisfies some y in 1..1000 satisfies x + y = 0',
    'count(for x in list, y in list return x) > 0',
    'count(for x in 1..100000000 return x) > 0',
    'count(for x in 1..2.5 return x) > 0',
    'count(for x in [1.5..3] return x) > 0',
    `{a0: list, ${doubling}}.a40 = 1`,
    `{b0: "xxxxxxxxxx", ${words}}.b60 = "x"`,
    'some x in list satisfies some y in list satisfies list != list',
    'count(concatenate(list, list, list, list, list, list)) > 0',
  ];
  it.each(limited.map((text) => [text.slice(0, 60), text]))('stops while running: %s', (_title, text) => {
    const started = performance.now();

    const result = prepare(text, known);
    const evaluation = result.ok ? evaluateCondition(result.prepared, scope) : result.problem;

    expect(JSON.stringify(evaluation)).toMatch(/expression_limit|expression_unbounded/);
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it('does not reach into the prototype', () => {
    expect(value('urgency.constructor')).toBeNull();
    expect(value('outcomes.__proto__')).toBeNull();
    expect(value('outcomes.accept.constructor')).toBeNull();
    expect(prepare('outcomes.accept = __proto__', null).ok).toBe(false);
  });

  it('shows nothing of an object that is no data, not even what it would show itself', () => {
    class Host {
      secret = 'own';
      get shown() {
        return this.secret;
      }
    }
    const vars = { host: new Host() as never, list: [new Host()] as never };
    const give = (text: string) => {
      const ready = prepare(text, Object.keys(vars));
      return ready.ok && evaluateFeel(ready.prepared, { ...scope, vars });
    };

    for (const text of ['host', 'host.secret', 'host.shown', 'list.shown', 'list[1].secret', '[list]', 'string(host)'])
      expect(give(text)).toMatchObject({ ok: false, code: 'expression_failed' });
  });
});
