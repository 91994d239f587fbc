import { compileForm } from '../../forms/compile.ts';
import { validateAct } from '../../forms/validate.ts';
import { readForms } from '../content.ts';
import { describe, expect, it } from 'vitest';
import { generateCommunity } from './community.ts';
import { demoId } from './random.ts';
import { readDemoAccounts, readDemoSources } from './sources.ts';
import type { Row } from './rows.ts';

const today = '2026-11-24';
const sources = readDemoSources();
const demo = generateCommunity(sources, today);

function rowsOf(form: string): Row[] {
  return demo.registers.find((register) => register.form === form)!.rows;
}

describe('the generated community', () => {
  it('is the same for everybody on the same day', () => {
    expect(generateCommunity(readDemoSources(), today)).toEqual(demo);
  });

  it('has 6 buildings with 2 entrances, 18 floors and 4 units a floor', () => {
    expect(rowsOf('building')).toHaveLength(6);
    expect(rowsOf('entrance')).toHaveLength(12);
    expect(rowsOf('unit')).toHaveLength(6 * 2 * 18 * 4);
    expect(
      new Set(rowsOf('unit').map(({ fields }) => `${String(fields.entrance)}/${String(fields.number)}`)).size,
    ).toBe(864);
  });

  it('gives every unit a status and owners whose shares sum to one', () => {
    const shares = new Map<unknown, number>();
    for (const { fields } of rowsOf('ownership')) {
      shares.set(fields.unit, (shares.get(fields.unit) ?? 0) + Number(fields.share));
    }

    expect(shares.size).toBe(864);
    expect(new Set(shares.values())).toEqual(new Set([1]));
    expect(rowsOf('unit').every(({ fields }) => typeof fields.status === 'string')).toBe(true);
  });

  it('has owners of several units, co-owners, tenants, shops and unsold flats', () => {
    const unitsOf = new Map<unknown, number>();
    for (const { fields } of rowsOf('ownership')) unitsOf.set(fields.party, (unitsOf.get(fields.party) ?? 0) + 1);
    const statuses = new Set(rowsOf('unit').map(({ fields }) => fields.status));

    expect([...unitsOf.values()].filter((count) => count >= 2).length).toBeGreaterThan(20);
    expect(rowsOf('ownership').filter(({ fields }) => fields.share === 0.5).length).toBeGreaterThan(100);
    expect(rowsOf('tenancy').length).toBeGreaterThan(80);
    expect(rowsOf('unit').filter(({ fields }) => fields.usage === 'shop')).toHaveLength(8);
    expect(statuses).toEqual(new Set(['unsold', 'occupied', 'vacant', 'renovating', 'delivered', 'let']));
  });

  it('gives no tenancy that is over or not yet begun', () => {
    for (const { fields } of rowsOf('tenancy')) {
      expect(String(fields.fromDate) < today).toBe(true);
      expect(String(fields.toDate) > today).toBe(true);
    }
  });

  it('uses only phone numbers that no operator hands out, each once', () => {
    const phones = [
      ...rowsOf('party').map(({ fields }) => fields.phone as string),
      ...rowsOf('employee').map(({ fields }) => fields.phone as string),
    ];

    expect(phones.every((phone) => /^1000000\d{4}$/.test(phone))).toBe(true);
    expect(new Set(phones).size).toBe(phones.length);
  });

  it('points only at rows that come before, but for the heads of departments', () => {
    const seen = new Set<unknown>(demo.accounts.map(({ personId }) => personId));
    for (const { rows } of demo.registers) {
      for (const { id, fields } of rows) {
        const { head: _head, ...others } = fields;
        const references = Object.values(others).filter((value) => /^[0-9a-f]{8}-/.test(String(value)));
        expect(references.filter((reference) => !seen.has(reference))).toEqual([]);
        seen.add(id);
      }
    }
  });
});

describe('leave and duty', () => {
  it('grant annual leave by full years of service, for this year and the next', () => {
    const of = (number: string): Row[] =>
      rowsOf('leaveLedger').filter(({ id }) => id === demoId('leaveLedger', number, 'NJ', 2026));

    // Hired 2014-03-03, 2018-05-02 and 2016-11-21.
    expect(of('YG-0001')[0]!.fields.days).toBe(10);
    expect(of('YG-0003')[0]!.fields.days).toBe(5);
    expect(of('YG-0004')[0]!.fields.days).toBe(5);
    expect(new Set(rowsOf('leaveLedger').map(({ fields }) => fields.employee)).size).toBe(30);
    expect(new Set(rowsOf('leaveLedger').map(({ fields }) => fields.year))).toEqual(new Set([2026, 2027]));
  });

  it('know the holidays of 2026 and the days worked instead', () => {
    const kinds = rowsOf('holiday').map(({ fields }) => fields.kind);

    expect(kinds.filter((kind) => kind === 'holiday')).toHaveLength(3 + 9 + 3 + 5 + 3 + 3 + 7);
    expect(kinds.filter((kind) => kind === 'workday')).toHaveLength(6);
  });

  it.each(['technician', 'dispatcher'])('have a %s on duty at every moment of two weeks', (role) => {
    const turns = rowsOf('duty').filter(({ fields }) => fields.role === role);
    for (let hour = 0; hour < 14 * 24; hour += 1) {
      const at = new Date(Date.parse(`${today}T00:00:00+08:00`) + hour * 3_600_000).toISOString();
      const on = turns.filter(({ fields }) => String(fields.from) <= at && at < String(fields.to));
      expect(on, at).toHaveLength(1);
    }
  });
});

describe('every generated row', () => {
  it('is what its form type accepts', async () => {
    const forms = (await readForms()).map(({ schema, layout }) => compileForm(schema, layout));
    for (const { form, rows } of demo.registers) {
      const compiled = forms.find(({ key }) => key === form)!;
      const wrong = rows.flatMap(({ fields }) => validateAct(compiled, { patch: fields, permissions: null }));
      expect(wrong, form).toEqual([]);
    }
  });
});

describe('the people who can sign in', () => {
  it('are thirty employees and twelve residents', () => {
    expect(demo.accounts.filter(({ employeeId }) => employeeId !== null)).toHaveLength(30);
    expect(demo.accounts.filter(({ partyId }) => partyId !== null)).toHaveLength(12);
  });

  it('include the eight demo accounts, each with the name and the role the sign-in page shows', () => {
    for (const { username, role, name } of readDemoAccounts().items) {
      const account = demo.accounts.find((each) => each.username === username);
      expect(account, username).toBeDefined();
      expect(account!.name).toBe(name);
      expect(account!.roles.map((held) => held.role)).toContain(role);
    }
  });

  it('give the demo owner two homes, so that there is one to choose', () => {
    const party = demo.accounts.find(({ username }) => username === 'owner')!.partyId;

    expect(rowsOf('ownership').filter(({ fields }) => fields.party === party)).toHaveLength(2);
  });

  it('leave enough technicians for a pool', () => {
    expect(demo.accounts.filter(({ roles }) => roles.some(({ role }) => role === 'technician')).length).toBeGreaterThan(
      4,
    );
  });
});
