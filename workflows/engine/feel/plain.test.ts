import { describe, expect, it } from 'vitest';
import { evaluateFeel, type Scope } from '../feel.ts';
import { prepare, type Prepared } from '../feel-syntax.ts';
import type { Json } from '../types.ts';

function ready(text: string): Prepared {
  const result = prepare(text, null);
  if (!result.ok) throw new Error(JSON.stringify(result.problem));
  return result.prepared;
}

const nothing: Scope = { vars: {}, types: {}, outcomes: {}, initiator: null, now: 0, zone: 'UTC' };
const values: Json[] = [
  ...['big', '', 'BIG', 'x'.repeat(10_000), 'x'.repeat(10_001)],
  ...[null, 1, true, ['big'], { entry: 'big' }, { entry: null }, { entry: ['big'] }, {}],
];

describe('a name compared with a text', () => {
  it.each(['kind = "big"', 'kind=""', ' kind = "big" ', 'kind.entry = "big"', 'kind . entry = "big"'])(
    'gives what the interpreter gives: %s',
    (text) => {
      const prepared = ready(text);
      expect(prepared.plain).not.toBeNull();
      for (const kind of values) {
        const scope = { ...nothing, vars: { kind } };
        expect(evaluateFeel(prepared, scope)).toEqual(evaluateFeel({ ...prepared, plain: null }, scope));
      }
    },
  );

  it.each(['money', 'date', 'dateTime', 'duration'] as const)('is no text where its field is a %s', (type) => {
    const scope: Scope = { ...nothing, vars: { kind: '1' }, types: { kind: type } };
    const prepared = ready('kind = "1"');
    expect(evaluateFeel(prepared, scope)).toEqual(evaluateFeel({ ...prepared, plain: null }, scope));
  });

  it('does not need the interpreter', () => {
    const scope = { ...nothing, outcomes: { decide: 'yes' } };
    const unreadable = { source: '(((' };
    const test = { ...ready('outcomes.decide = "yes"'), ...unreadable };
    expect(evaluateFeel(test, scope)).toEqual({ ok: true, value: true });
    expect(evaluateFeel({ ...test, plain: null }, scope)).toMatchObject({ ok: false });
  });

  it.each([
    'kind != "big"',
    'kind < "big"',
    'kind = other',
    'kind = 1',
    'kind = "a\\"b"',
    '"big" = kind',
    'kind = "big" or kind = "small"',
    'if kind = "big" then 1 else 2',
    'a.b.c = "big"',
    'rows[1].kind = "big"',
    'string(kind) = "big"',
    'kind in ("big")',
  ])('is nothing else: %s', (text) => {
    expect(ready(text).plain).toBeNull();
  });
});
