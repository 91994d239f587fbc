import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../http.ts';
import { asUser, buildTestApp, createPerson, type Ask } from '../testing/app.ts';
import { createTestDb, type TestDb } from '../testing/database.ts';

let test: TestDb;
let app: App;
let admin: Ask;
const at = { community: '', building: '', entrance: '' };

interface Item {
  id: string;
  label: string;
  version: number;
  fields: Record<string, unknown>;
  labels: Record<string, string>;
}

beforeAll(async () => {
  test = await createTestDb();
  app = await buildTestApp(test);
  admin = await asUser(app, await createPerson(test, { roles: [{ role: 'admin' }] }));
  at.community = await add('community', { code: 'A', name: '甲小区', address: '一号路', timeZone: 'Asia/Shanghai' });
  at.building = await add('building', { code: '3', name: '3 号楼' }, at.community);
  at.entrance = await add('entrance', { building: at.building, code: '2' });
});
afterAll(async () => {
  await app.close();
  await test.drop();
});

async function add(form: string, fields: object, communityId?: string): Promise<string> {
  const answer = await admin({ method: 'POST', url: `/api/forms/${form}/records`, payload: { fields, communityId } });
  expect(answer.json()).toHaveProperty('id');
  return answer.json<Item>().id;
}

const aUnit = (number: string, more: object = {}) => ({
  building: at.building,
  entrance: at.entrance,
  number,
  usage: 'residence',
  status: 'occupied',
  ...more,
});
async function find(query: Record<string, string>, form = 'unit'): Promise<{ items: Item[]; next: string | null }> {
  const answer = await admin({ url: `/api/forms/${form}/records`, query });
  expect(answer.statusCode).toBe(200);
  return answer.json();
}
const labels = (page: { items: Item[] }): string[] => page.items.map(({ label }) => label);

describe('registers', () => {
  it('adds, reads, changes and deletes a unit', async () => {
    const made = await admin({
      method: 'POST',
      url: '/api/forms/unit/records',
      payload: { fields: aUnit('0101', { builtArea: 89.37 }) },
    });
    expect(made.statusCode).toBe(201);
    const unit = made.json<Item>();
    expect(unit).toMatchObject({
      label: '3-2-0101',
      version: 1,
      fields: { builtArea: 89.37 },
      labels: { [at.building]: '3 号楼', [at.entrance]: '3-2' },
    });
    const url = `/api/forms/unit/records/${unit.id}`;

    const changed = await admin({
      method: 'PATCH',
      url,
      payload: { version: 1, fields: { status: 'vacant', builtArea: null } },
    });
    expect(changed.json()).toMatchObject({ version: 2, fields: { status: 'vacant' } });
    expect(changed.json<Item>().fields).not.toHaveProperty('builtArea');
    const late = await admin({ method: 'PATCH', url, payload: { version: 1, fields: { status: 'let' } } });
    expect(late.json()).toMatchObject({ status: 409, code: 'version_changed', params: { version: 2 } });

    expect((await admin({ method: 'DELETE', url })).statusCode).toBe(204);
    expect((await admin({ url })).statusCode).toBe(404);
  });

  it('says every bad field at once', async () => {
    const fields = { ...aUnit('0102'), usage: 'palace', builtArea: 19.999, floor: 'x', colour: 'red' };
    const unknown = await admin({ method: 'POST', url: '/api/forms/unit/records', payload: { fields } });
    expect(unknown.json()).toMatchObject({
      status: 422,
      code: 'invalid_fields',
      errors: [{ path: '/fields/colour', code: 'field_unknown' }],
    });

    const { colour: _colour, number: _number, ...rest } = fields;
    const bad = await admin({ method: 'POST', url: '/api/forms/unit/records', payload: { fields: rest } });
    expect(
      bad
        .json<{ errors: { path: string; code: string }[] }>()
        .errors.map(({ path, code }) => `${path} ${code}`)
        .sort(),
    ).toEqual([
      '/fields/builtArea too_many_decimals',
      '/fields/floor wrong_type',
      '/fields/number required',
      '/fields/usage not_a_choice',
    ]);
  });

  it('does not delete what others refer to', async () => {
    await add('unit', aUnit('0103'));

    const answer = await admin({ method: 'DELETE', url: `/api/forms/entrance/records/${at.entrance}` });

    expect(answer.json()).toMatchObject({ status: 409, code: 'record_in_use', params: { forms: ['unit'] } });
  });

  it('changes shares together in one batch', async () => {
    const unit = await add('unit', aUnit('0104'));
    const [one, two] = [
      await add('party', { name: '甲', kind: 'person' }),
      await add('party', { name: '乙', kind: 'person' }),
    ];
    const share = (party: string, of: number) => ({ fields: { unit, party, share: of, fromDate: '2020-01-01' } });
    const batch = (payload: object) => admin({ method: 'POST', url: '/api/forms/ownership/records/batch', payload });

    const wrong = await batch({ create: [share(one, 0.5), share(two, 0.4)] });
    expect(wrong.json()).toMatchObject({ status: 422, errors: [{ path: '/fields/share', code: 'shares_not_one' }] });
    const right = await batch({ create: [share(one, 0.5), share(two, 0.5)] });
    expect(right.json<{ created: string[] }>().created).toHaveLength(2);
    const bad = await batch({ create: [share(one, 0.5), { fields: { unit } }] });
    expect(bad.json<{ errors: { path: string }[] }>().errors.map(({ path }) => path)).toContain(
      '/create/1/fields/party',
    );
  });
});

describe('lists', () => {
  beforeAll(async () => {
    for (const [number, floor] of [
      ['2001', 20],
      ['2002', 20],
      ['2101', 21],
      ['2102', 21],
      ['2201', undefined],
    ] as const) {
      await add('unit', aUnit(number, { ...(floor !== undefined && { floor }), layout: '观景' }));
    }
  });

  it('finds a unit by the words of its name', async () => {
    expect(labels(await find({ q: '3-2-2101' }))).toEqual(['3-2-2101']);
    expect(labels(await find({ q: '3号' }))).toEqual([]);
    expect((await find({ q: '号楼 210' })).items).toHaveLength(2);
    expect(labels(await find({ q: '100%' }))).toEqual([]);
  });

  it('pages without a gap or a double, empty values last', async () => {
    for (const sort of ['floor', '-floor', 'number', 'createdAt']) {
      const all: string[] = [];
      let cursor: string | null = null;
      do {
        const page = await find({ sort, limit: '2', filter: '{"layout":"观景"}', ...(cursor !== null && { cursor }) });
        all.push(...labels(page));
        cursor = page.next;
      } while (cursor !== null);
      expect([...all].sort()).toEqual(['3-2-2001', '3-2-2002', '3-2-2101', '3-2-2102', '3-2-2201']);
      if (sort.endsWith('floor')) expect(all.at(-1)).toBe('3-2-2201');
    }
  });

  it('filters by value, list, range and emptiness', async () => {
    const of = (filter: object) => find({ filter: JSON.stringify({ layout: '观景', ...filter }) }).then(labels);

    expect(await of({ floor: 20 })).toEqual(['3-2-2001', '3-2-2002']);
    expect(await of({ number: ['2001', '2201'] })).toEqual(['3-2-2001', '3-2-2201']);
    expect(await of({ floor: { gt: 20, lte: 21 } })).toEqual(['3-2-2101', '3-2-2102']);
    expect(await of({ floor: { empty: true } })).toEqual(['3-2-2201']);
    expect(await of({ entrance: randomUUID() })).toEqual([]);
  });

  it('refuses filters, sorts and cursors that are none', async () => {
    const ask = (query: Record<string, string>) => admin({ url: '/api/forms/unit/records', query });
    const bad = [
      { filter: '{"floor":"x"}' },
      { filter: '{"nope":1}' },
      { filter: '{"floor":{"drop":1}}' },
      { filter: '[' },
      { filter: '{"floor":null}' },
      { sort: 'deletedAt' },
      { cursor: 'x' },
      { cursor: Buffer.from('["x","y"]').toString('base64url') },
    ];
    for (const query of bad) expect((await ask(query)).statusCode, JSON.stringify(query)).toBe(422);
  });
});

describe('personal data', () => {
  it('comes masked, in full only for a reason on record, and is not overwritten by its mask', async () => {
    const id = await add('party', { name: '林晓梅', kind: 'person', phone: '10000001234' });
    const url = `/api/forms/party/records/${id}`;

    expect((await admin({ url })).json()).toMatchObject({ fields: { phone: '100****1234' } });
    await admin({ method: 'PATCH', url, payload: { fields: { phone: '100****1234', note: '二次联系' } } });
    const full = await admin({ method: 'POST', url: `${url}/unmask`, payload: { field: 'phone', reason: '联系业主' } });
    expect(full.json()).toEqual({ value: '10000001234' });
    const log = await test.adminDb
      .selectFrom('audit')
      .select(['act', 'detail'])
      .where('subject', '=', `party/${id}`)
      .execute();
    expect(log).toEqual([{ act: 'record.unmask', detail: { field: 'phone', reason: '联系业主' } }]);
  });

  it('stays masked for who lacks the right', async () => {
    const id = await add('party', { name: '王丽华', kind: 'person', phone: '10000005678' });
    const director = await asUser(app, await createPerson(test, { roles: [{ role: 'director' }] }));

    const answer = await director({
      method: 'POST',
      url: `/api/forms/party/records/${id}/unmask`,
      payload: { field: 'phone', reason: '看看' },
    });

    expect(answer.json()).toMatchObject({ status: 403, code: 'forbidden' });
  });
});

describe('case forms', () => {
  it('are not written here', async () => {
    const answer = await admin({ method: 'POST', url: '/api/forms/repair/records', payload: { fields: {} } });

    expect(answer.json()).toMatchObject({ status: 409, code: 'use_case' });
  });
});

describe('who may what', () => {
  it('shows an owner only their own unit and lets them write nothing', async () => {
    const [mine, other] = [await add('unit', aUnit('0301')), await add('unit', aUnit('0302'))];
    const party = await add('party', { name: '业主', kind: 'person' });
    await add('ownership', { unit: mine, party, share: 1, fromDate: '2020-01-01' });
    const owner = await asUser(
      app,
      await createPerson(test, { partyId: party, roles: [{ role: 'owner', communityId: at.community }] }),
    );

    const page = (await owner({ url: '/api/forms/unit/records' })).json<{ items: Item[] }>();
    expect(labels(page)).toEqual(['3-2-0301']);
    expect((await owner({ url: `/api/forms/unit/records/${other}` })).statusCode).toBe(404);
    expect(
      (await owner({ method: 'PATCH', url: `/api/forms/unit/records/${mine}`, payload: { fields: { floor: 1 } } }))
        .statusCode,
    ).toBe(403);
    expect(
      (await owner({ method: 'PATCH', url: `/api/forms/unit/records/${other}`, payload: { fields: { floor: 1 } } }))
        .statusCode,
    ).toBe(404);
    expect(
      (await owner({ method: 'POST', url: '/api/forms/unit/records', payload: { fields: aUnit('0303') } })).statusCode,
    ).toBe(403);
    // What refers to the unit is none of their business.
    expect((await owner({ method: 'DELETE', url: `/api/forms/unit/records/${mine}` })).json()).toMatchObject({
      code: 'forbidden',
      status: 403,
    });
    expect((await admin({ method: 'DELETE', url: `/api/forms/unit/records/${mine}` })).json()).toMatchObject({
      code: 'record_in_use',
    });
  });

  it('answers 404 for a form type that is none', async () => {
    expect((await admin({ url: '/api/forms/nope/records' })).statusCode).toBe(404);
    expect((await admin({ url: `/api/forms/${encodeURIComponent("unit'--")}/records` })).statusCode).toBe(404);
  });
});
