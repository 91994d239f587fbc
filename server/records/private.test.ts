/** What a reader does not see in full, no filter, order, search or cursor tells either. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aField, aSchema } from '../../forms/testing.ts';
import { insertRecord, loadForm } from '../db/records/index.ts';
import { publishForm } from '../definitions/forms.ts';
import type { App } from '../http.ts';
import { asUser, buildTestApp, createPerson, type Ask } from '../testing/app.ts';
import { createTestDb, type TestDb } from '../testing/database.ts';

interface Item {
  id: string;
  label: string;
  fields: Record<string, unknown>;
}
interface Page {
  items: Item[];
  next: string | null;
}

let test: TestDb;
let app: App;
let admin: Ask;
let community = '';

beforeAll(async () => {
  test = await createTestDb();
  app = await buildTestApp(test);
  admin = await asUser(app, await createPerson(test, { roles: [{ role: 'admin' }] }));
  community = await add('community', { code: 'A', name: '甲小区', address: '一号路', timeZone: 'Asia/Shanghai' });
});
afterAll(async () => {
  await app.close();
  await test.drop();
});

async function add(form: string, fields: object): Promise<string> {
  const answer = await admin({ method: 'POST', url: `/api/forms/${form}/records`, payload: { fields } });
  expect(answer.statusCode, answer.payload).toBe(201);
  return answer.json<Item>().id;
}
const list = (who: Ask, form: string, query: Record<string, string>) =>
  who({ url: `/api/forms/${form}/records`, query });
const names = async (query: Record<string, string>) =>
  (await list(admin, 'party', query)).json<Page>().items.map(({ label }) => label);

describe('masked fields', () => {
  beforeAll(async () => {
    await add('party', { name: '甲', kind: 'person', phone: '100 0000-1234' });
    await add('party', { name: '乙', kind: 'person', phone: '10000005678' });
  });

  it.each<[Record<string, string>, string]>([
    [{ sort: 'phone' }, '/sort'],
    [{ sort: '-idNumber' }, '/sort'],
    [{ filter: '{"phone":{"contains":"123"}}' }, '/filter/phone'],
    [{ filter: '{"phone":{"gte":"1000000"}}' }, '/filter/phone'],
    [{ filter: '{"phone":{"ne":"x"}}' }, '/filter/phone'],
    [{ filter: '{"phone":["10000005678"]}' }, '/filter/phone'],
    [{ filter: '{"phone":"10000005678"}' }, '/filter/phone'],
  ])('neither sort nor filter: %j', async (query, path) => {
    const answer = await list(admin, 'party', query);
    expect(answer.json()).toMatchObject({ status: 422, errors: [{ path, code: 'field_masked' }] });
  });

  it('are found by their whole value, not by a part of it', async () => {
    expect(await names({ q: '10000001234' })).toEqual(['甲']);
    expect(await names({ q: '100-0000 1234' })).toEqual(['甲']);
    expect(await names({ q: '乙 10000005678' })).toEqual(['乙']);
    for (const part of ['1234', '1000000', '1000000567', '1000000567%']) expect(await names({ q: part })).toEqual([]);
    expect(await names({ filter: '{"phone":{"empty":false}}', sort: 'name' })).toHaveLength(2);
  });
});

it('masked fields are masked in names of records that refer to them, and found there by their whole value', async () => {
  const visit = aSchema(
    { what: aField('text'), who: aField('party') },
    { 'x-key': 'visit', 'x-label': '{what} {who.phone}' },
  );
  const layout = { sections: [{ fields: ['what', 'who'] }], search: ['what', 'who.phone'] };
  await publishForm(test.adminDb, { schema: visit, layout }, { note: null, by: null });
  const who = await add('party', { name: '丁', kind: 'person', phone: '10000007777' });
  await add('visit', { what: '看房', who });

  const found = async (q: string) => (await list(admin, 'visit', { q })).json<Page>().items.map(({ label }) => label);
  expect(await found('看房')).toEqual(['看房 100****7777']);
  expect(await found('10000007777')).toEqual(['看房 100****7777']);
  expect(await found('7777')).toEqual([]);
});

describe('a cursor', () => {
  const page = async (query: Record<string, string>) => list(admin, 'party', { sort: 'name', limit: '1', ...query });

  it('cannot be read, made up, or used by another person or in another order', async () => {
    const { next } = (await page({})).json<Page>();
    const cursor = next ?? '';
    expect(Buffer.from(cursor, 'base64url').toString()).not.toMatch(/[甲乙]/);
    expect((await page({ cursor })).json<Page>().items).toHaveLength(1);

    const other = await asUser(app, await createPerson(test, { roles: [{ role: 'director' }] }));
    const forged = Buffer.from(JSON.stringify(['甲', randomUUID()])).toString('base64url');
    const refusals = [
      await page({ cursor: forged }),
      await page({ cursor: `${cursor.slice(0, -2)}AA` }),
      await page({ cursor, sort: '-name' }),
      await list(other, 'party', { sort: 'name', limit: '1', cursor }),
    ];
    for (const answer of refusals) expect(answer.json()).toMatchObject({ status: 422, code: 'invalid_cursor' });
  });
});

it.each<Record<string, string>>([
  { filter: '{"number":{"constructor":1}}' },
  { filter: '{"number":{"eq":{"toString":1}}}' },
  { filter: '{"number":[{"toString":1}]}' },
  { filter: '{"number":[[1]]}' },
  { filter: '{"number":{"empty":"yes"}}' },
  { filter: '{"number":{"contains":1}}' },
  { filter: '{"__proto__":{"eq":1}}' },
  { filter: '{"constructor":1}' },
  { sort: 'constructor' },
  { sort: '__proto__' },
  { sort: '-toString' },
])('refuses a list that asks for what objects inherit: %j', async (query) => {
  const answer = await list(admin, 'unit', query);
  expect(answer.json()).toMatchObject({ status: 422, code: 'invalid_request', errors: [{}] });
});

describe('fields of a case that its flow hides', () => {
  const fields = {
    place: '大堂',
    area: 'public',
    category: 'water',
    urgency: 'normal',
    description: '漏水了',
    phone: '10000001111',
    dispatchNote: '秘密说明',
    technician: '',
  };
  let owner: Ask;
  let manager: Ask;
  let technician = '';
  let caseId = '';

  beforeAll(async () => {
    const person = await createPerson(test, { roles: [{ role: 'owner', communityId: community }] });
    technician = await createPerson(test, { name: '老陈', roles: [{ role: 'technician', communityId: community }] });
    owner = await asUser(app, person);
    manager = await asUser(app, await createPerson(test, { roles: [{ role: 'manager', communityId: community }] }));
    caseId = await report(person, { ...fields, technician });
  });

  async function report(by: string, given: object): Promise<string> {
    const form = await loadForm(test.db, 'repair');
    return test.adminDb.transaction().execute(async (tx) => {
      const record = await insertRecord(tx, form, { communityId: community, fields: { ...given }, by });
      await sql`
        insert into "case" (id, number, flow, flow_version, form, form_version, community_id, initiator, title, summary, status, started_at)
        values (${record.id}, ${record.fields.number}, 'repair', 1, 'repair', ${form.version}, ${community}, ${by}, '报修', '[]', 'running', now())`.execute(
        tx,
      );
      return record.id;
    });
  }

  it('are not sent with the record, one or many, nor is what they refer to named', async () => {
    const one = (await owner({ url: `/api/forms/repair/records/${caseId}` })).json<Item>();
    const many = (await list(owner, 'repair', {})).json<Page>().items;
    const staffView = (await manager({ url: `/api/forms/repair/records/${caseId}` })).json<Item>();

    for (const item of [one, ...many]) {
      expect(item.fields).toMatchObject({ place: '大堂', phone: '10000001111' });
      expect(item.fields).not.toHaveProperty('dispatchNote');
      expect(JSON.stringify(item)).not.toMatch(/秘密|老陈/);
      expect(item.label).not.toBe('');
    }
    expect(many).toHaveLength(1);
    expect(staffView.fields).toMatchObject({ dispatchNote: '秘密说明', phone: '100****1111' });
  });

  it.each<[Record<string, string>, string]>([
    [{ filter: '{"dispatchNote":{"contains":"秘"}}' }, '/filter/dispatchNote'],
    [{ filter: '{"technician":{"empty":false}}' }, '/filter/technician'],
    [{ sort: 'dispatchNote' }, '/sort'],
  ])('are refused in a list to who sees them in no case: %j', async (query, path) => {
    const answer = await list(owner, 'repair', query);
    expect(answer.json()).toMatchObject({ status: 422, errors: [{ path, code: 'field_hidden' }] });
    const allowed = await list(manager, 'repair', query);
    expect(allowed.json<Page>().items.map(({ id }) => id)).toEqual([caseId]);
  });

  it('match only in those cases in which the reader sees them', async () => {
    const elsewhere = await add('community', { code: 'B', name: '乙', address: '二号路', timeZone: 'Asia/Shanghai' });
    const person = await createPerson(test, {
      roles: [
        { role: 'manager', communityId: elsewhere },
        { role: 'staff', communityId: community },
      ],
    });
    const theirs = await report(person, { ...fields, technician });
    const ask = await asUser(app, person);

    const found = async (query: Record<string, string>) =>
      (await list(ask, 'repair', query)).json<Page>().items.map(({ id }) => id);
    expect(await found({ filter: '{"place":"大堂"}' })).toEqual([theirs]);
    expect(await found({ filter: '{"dispatchNote":{"contains":"秘"}}' })).toEqual([]);
    expect(await found({ sort: 'dispatchNote' })).toEqual([theirs]);
  });
});
