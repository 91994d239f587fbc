/** Labels, numbers, masks: the small pure parts. */
import { expect, it } from 'vitest';
import { decimalsOf, isDate, isDuration, isInstant } from './extra.ts';
import { toProblem, unique } from './findings.ts';
import { parseLabel, renderLabel } from './label.ts';
import { maskFields, maskValue, withoutMasks } from './mask.ts';
import { formatNumber, seriesOf } from './number.ts';
import { aField, aForm, aTable } from './testing.ts';

it('names a record by its template without loose separators', () => {
  const label = parseLabel('{building.code}-{entrance}-{number}');
  const render = (values: Record<string, string>) => renderLabel(label, ({ field }) => values[field] ?? '');

  expect(label).toEqual([
    { field: 'building', of: 'code' },
    { text: '-' },
    { field: 'entrance' },
    { text: '-' },
    { field: 'number' },
  ]);
  expect(render({ building: '3', entrance: '2', number: '1201' })).toBe('3-2-1201');
  expect(render({ number: '1201' })).toBe('1201');
  expect(() => parseLabel('{a.b.c}')).toThrow(RangeError);
});

it('numbers by day, month or year and grows beyond its digits', () => {
  const date = { year: '2026', month: '11', day: '03' };
  expect(formatNumber('WX-{yyyy}{MM}-{seq:4}', date, 42)).toBe('WX-202611-0042');
  expect(formatNumber('{yy}{MM}{dd}/{seq:2}', date, 100)).toBe('261103/100');
  expect(seriesOf('WX-{yyyy}-{seq:4}', date)).toBe('WX-2026-');
});

it('masks what is personal, in rows too', () => {
  expect(maskValue('phone', '13812348888')).toBe('138****8888');
  expect(maskValue('phone', '110')).toBe('****');
  expect(maskValue('idNumber', '330102199001011234')).toBe(`3${'*'.repeat(16)}4`);
  expect(maskValue('name', '𠮷野')).toBe('𠮷*');
  const phone = aField('text', { 'x-mask': 'phone' });
  const form = aForm({ name: aField('text'), phone, people: aTable({ phone }) });
  expect(maskFields(form, { name: '甲', phone: '10000001234', people: [{ phone: '10000005678' }] })).toEqual({
    name: '甲',
    phone: '100****1234',
    people: [{ phone: '100****5678' }],
  });
});

it('takes a mask that comes back for no change, in rows by their id', () => {
  const phone = aField('text', { 'x-mask': 'phone' });
  const form = aForm({ phone, people: aTable({ phone, name: aField('text') }) });
  const [a, b] = ['0190a0f0-1111-7111-8111-00000000000a', '0190a0f0-1111-7111-8111-00000000000b'];
  const current = {
    phone: '10000001234',
    people: [
      { id: a, phone: '10000005678', name: '甲' },
      { id: b, phone: '10000009999', name: '乙' },
    ],
  };
  const shown = maskFields(form, current);
  const rows = shown.people as object[];

  expect(withoutMasks(form, shown, current)).toEqual({ people: current.people });
  expect(withoutMasks(form, { people: [{ ...rows[1], id: b.toUpperCase() }] }, current)).toEqual({
    people: [{ ...current.people[1], id: b.toUpperCase() }],
  });
  const changed = { people: [{ ...rows[0], phone: '10000000000', name: '丙' }, { phone: '100****5678' }] };
  expect(withoutMasks(form, changed, current)).toEqual({
    people: [{ id: a, phone: '10000000000', name: '丙' }, { phone: '100****5678' }],
  });
  expect(withoutMasks(form, { phone: null, people: 'x' }, current)).toEqual({ phone: null, people: 'x' });
});

it('counts decimals of the shortest text', () => {
  expect([19.99, 1e-7, 1.5e-7, 1e21, 0.1 + 0.2, 3].map(decimalsOf)).toEqual([2, 7, 8, 0, 17, 0]);
});

it('knows days, instants and durations', () => {
  expect(['2024-02-29', '2026-02-29', '2026-13-01', '26-01-01'].map(isDate)).toEqual([true, false, false, false]);
  expect(
    ['2026-01-01T00:00:00Z', '2026-01-01T24:00:00Z', '2026-01-01', '9999-12-31T23:59:59-10:00'].map(isInstant),
  ).toEqual([true, false, false, false]);
  expect(['P1D', 'PT36H', 'P2W', 'P', 'PT', 'P1DT', '1D', 'P1W1D'].map(isDuration)).toEqual([
    true,
    true,
    true,
    false,
    false,
    false,
    false,
    false,
  ]);
});

it('tells what a validator found by pointer and code, a name with its strokes escaped', () => {
  const finding = (keyword: string, params: object) => ({ keyword, instancePath: '/lines/0', params: { ...params } });

  expect(toProblem(finding('required', { missingProperty: 'a/b' }), '/fields')).toEqual({
    path: '/fields/lines/0/a~1b',
    code: 'required',
  });
  expect(toProblem(finding('unevaluatedProperties', { unevaluatedProperty: 'x~y' }))).toEqual({
    path: '/lines/0/x~0y',
    code: 'field_unknown',
  });
  const long = toProblem(finding('maxLength', { limit: 3 }));
  expect(long).toEqual({ path: '/lines/0', code: 'too_long', params: { limit: 3 } });
  expect(toProblem(finding('contains', { minContains: 1 })).code).toBe('invalid');
  expect(unique([long, { ...long }])).toEqual([long]);
});
