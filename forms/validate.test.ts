import { Validator, type Schema } from '@cfworker/json-schema';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toBrowserSchema } from './effective.ts';
import { withoutEmpty } from './empty.ts';
import { extraProblems } from './extra.ts';
import { aField, aForm, aTable, someChoices } from './testing.ts';
import type { Permissions, Values } from './types.ts';
import { mayMiss, validateAct } from './validate.ts';

const form = aForm(
  {
    name: aField('text', { maxLength: 5 }),
    amount: aField('money', { minimum: 0 }),
    size: aField('number', { 'x-decimals': 1 }),
    count: aField('integer', { maximum: 9 }),
    day: aField('date'),
    at: aField('dateTime'),
    takes: aField('duration'),
    isOpen: aField('boolean'),
    kind: aField('choice', {
      oneOf: [...someChoices, { const: 'old', 'x-title': { 'zh-CN': '旧', en: 'Old' }, 'x-retired': true }],
    }),
    kinds: aField('manyChoice'),
    who: aField('person'),
    photos: aField('files', { maxItems: 2 }),
    place: aField('location'),
    parts: aTable({ label: aField('text'), price: aField('money') }, ['label']),
    number: aField('autoNumber'),
    total: aField('computed', { type: 'number', 'x-result': 'money', 'x-formula': 'amount * 2' }),
  },
  {
    required: ['name'],
    allOf: [
      { if: { properties: { kind: { const: 'a' } } }, then: { required: ['day'] }, else: { required: ['count'] } },
    ],
  },
);
const id = '01890000-0000-7000-8000-000000000001';
const good: Values = { name: '名', kind: 'b', count: 1 };
const problems = (patch: Values, permissions: Permissions | null = null, current: Values = {}): string[] =>
  validateAct(form, { patch, permissions, current }).map(({ path, code }) => `${path.replace('/fields/', '')} ${code}`);

describe('values', () => {
  it.each<[Values, string]>([
    [{ name: '六个字的名称' }, 'name too_long'],
    [{ name: 'a\u0000b' }, 'name text_invalid'],
    [{ name: '\ud800' }, 'name text_invalid'],
    [{ amount: 19.999 }, 'amount too_many_decimals'],
    [{ amount: -0.01 }, 'amount too_small'],
    [{ amount: 1e12 }, 'amount too_big'],
    [{ amount: '19.99' }, 'amount wrong_type'],
    [{ size: 1.25 }, 'size too_many_decimals'],
    [{ count: 10 }, 'count too_big'],
    [{ count: 1.5 }, 'count wrong_type'],
    [{ day: '2026-02-29' }, 'day format'],
    [{ day: '0000-01-01' }, 'day format'],
    [{ at: '2026-02-28T10:00:00' }, 'at format'],
    [{ takes: 'P1Y2W' }, 'takes format'],
    [{ kind: 'c' }, 'kind not_a_choice'],
    [{ kind: 'old' }, 'kind not_a_choice'],
    [{ kinds: ['a', 'a'] }, 'kinds items_repeat'],
    [{ kinds: ['x'] }, 'kinds/0 not_a_choice'],
    [{ who: `urn:uuid:${id}` }, 'who pattern'],
    [{ photos: [id, id.replace('1', '2'), id.replace('1', '3')] }, 'photos too_many'],
    [{ place: { lng: 181, lat: 0 } }, 'place/lng too_big'],
    [{ place: { lng: 1.1234567, lat: 0 } }, 'place/lng too_many_decimals'],
    [{ parts: [{ price: 1 }] }, 'parts/0/label required'],
    [{ parts: [{ label: 'x', price: 0.001 }] }, 'parts/0/price too_many_decimals'],
    [{ parts: [{ label: 'x', colour: 1 }] }, 'parts/0/colour field_unknown'],
    [{ number: 'T-1' }, 'number field_not_writable'],
    [{ total: 3 }, 'total field_not_writable'],
    [{ constructor: 1 }, 'constructor field_unknown'],
    [{ name: '' }, 'name required'],
    [{ name: null }, 'name required'],
  ])('refuses %j', (patch, expected) => {
    expect(problems({ ...good, ...patch })).toEqual([expected]);
  });

  it('takes 19.99, large amounts and everything well formed', () => {
    expect(problems({ ...good, amount: 19.99 })).toEqual([]);
    expect(
      problems({
        ...good,
        amount: 999_999_999_999.99,
        size: 0.1,
        at: '2026-02-28T10:00:00.5+08:00',
        takes: 'P1DT2H',
        place: { lng: 119.123456, lat: -30.5 },
      }),
    ).toEqual([]);
  });

  it('asks for what other values make necessary', () => {
    expect(problems({ name: '名', kind: 'a' })).toEqual(['day required']);
    expect(problems({ name: '名', kind: 'b' })).toEqual(['count required']);
    expect(problems({ name: '名', kind: 'a', day: '2026-01-01' })).toEqual([]);
  });

  it('leaves alone what an older version took and this act does not touch', () => {
    expect(problems({ count: 2 }, null, { ...good, kind: 'old' })).toEqual([]);
  });
});

describe('an act that changes nothing', () => {
  const access = fc.constantFrom('hidden', 'read', 'edit', 'required');
  const permissions = fc.record(Object.fromEntries(Object.keys(form.schema.properties).map((name) => [name, access])), {
    requiredKeys: [],
  }) as fc.Arbitrary<Permissions>;

  it.each<[Permissions, boolean]>([
    [{}, false],
    [{ amount: 'edit' }, false],
    [{ amount: 'required' }, true],
    // Which the form requires.
    [{ name: 'edit' }, true],
    // Which a condition of the form may require.
    [{ day: 'edit' }, true],
    [{ number: 'required' }, false],
  ])('with %j may miss something: %s', (given, expected) => {
    expect(mayMiss(form, given)).toBe(expected);
  });

  it('is refused of no record where nothing may be missing', () => {
    fc.assert(
      fc.property(
        permissions,
        fc.record(Object.fromEntries(Object.keys(good).map((name) => [name, odd])), { requiredKeys: [] }),
        (given, current) => {
          fc.pre(!mayMiss(form, given));
          expect(problems({}, given, current)).toEqual([]);
        },
      ),
    );
  });
});

describe('permissions of a step', () => {
  const step: Permissions = { name: 'read', amount: 'required', count: 'edit', day: 'hidden' };

  it('refuse fields the step may not write, named or not, and tell which are none', () => {
    expect(problems({ name: 'x' }, step)).toEqual(['name field_not_writable']);
    expect(problems({ day: '2026-01-01' }, step)).toEqual(['day field_not_writable']);
    expect(problems({ kind: 'a' }, step)).toEqual(['kind field_not_writable']);
    expect(problems({ nope: 1 }, step)).toEqual(['nope field_unknown']);
  });

  it('require what the step requires and no field it cannot write', () => {
    expect(problems({ count: 1 }, step)).toEqual(['amount required']);
    expect(problems({ amount: 1, count: 2 }, step)).toEqual([]);
    expect(problems({ count: 1 }, step, { amount: 5 })).toEqual([]);
  });

  it('require nothing of a draft', () => {
    expect(validateAct(form, { patch: {}, permissions: step, draft: true })).toEqual([]);
  });
});

/** What the browser decides: the same schema through another validator, then the same extra rules. */
function browserAccepts(values: Values, permissions: Permissions | null): boolean {
  const filled = withoutEmpty(values);
  const judged = new Validator(toBrowserSchema(form.schema, permissions, 'en') as Schema, '2020-12', false).validate(
    filled,
  );
  return judged.valid && extraProblems(form.schema, filled).length === 0;
}

const odd = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 7 }),
  // Values come as JSON, which has no others.
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -12, max: 12 }),
  fc.integer({ min: -2000, max: 2000 }).map((cents) => cents / 100),
  fc.boolean(),
  fc.constantFrom(
    null,
    '',
    [],
    {},
    'a',
    'b',
    'old',
    ['a'],
    ['a', 'b'],
    id,
    [id],
    '2026-02-28',
    '2026-02-30',
    '0000-01-01',
    '2026-02-28T10:00:00Z',
  ),
  fc.constantFrom(
    '2026-02-28t10:00:00z',
    '2026-02-28 10:00:00Z',
    '2026-12-31T23:59:60Z',
    '2026-02-28T10:00:00+25:00',
    'P1D',
    'P',
    'PT',
    'P1W',
    'P1.5D',
    'PT1H1S',
  ),
  fc.constantFrom(
    { lng: 1, lat: 2 },
    { lng: 1 },
    { lng: 200, lat: 1 },
    [{ label: 'x' }],
    [{}],
    [{ label: 'x', price: 1.005 }],
    [{ id: 'x', label: 'y' }],
    1e12,
    1e-7,
  ),
);
const fields = form.fields.filter(({ writable }) => writable).map(({ name }) => name);

it('judges any values as the browser does', () => {
  const values = fc.record(Object.fromEntries(fields.map((name) => [name, odd])), { requiredKeys: [] });
  const likely = values.map((some) => ({ ...good, ...some }));
  fc.assert(
    fc.property(fc.oneof(values, likely), (patch) => {
      expect(problems(patch).length === 0).toBe(browserAccepts(patch, null));
    }),
    { numRuns: 1500 },
  );
});

it('judges one field at a time as the browser does', () => {
  fc.assert(
    fc.property(fc.constantFrom(...fields), odd, (name, value) => {
      const patch = { ...good, [name]: value };
      expect(problems(patch).length === 0, JSON.stringify(patch)).toBe(browserAccepts(patch, null));
    }),
    { numRuns: 3000 },
  );
});

it('refuses two rows of one id in a sub-table, however the id is written', () => {
  const other = '01890000-0000-7000-8000-0000000000ab';
  const rows = (...ids: (string | undefined)[]): Values => ({
    ...good,
    parts: ids.map((each) => ({ label: 'a', ...(each !== undefined && { id: each }) })),
  });
  const problemsOf = (patch: Values) => validateAct(form, { patch, permissions: null });

  expect(problemsOf(rows(other, id, other.toUpperCase()))).toEqual([
    { path: '/fields/parts/2/id', code: 'items_repeat' },
  ]);
  expect(problemsOf(rows(other, id, undefined, undefined))).toEqual([]);
});
