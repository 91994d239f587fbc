/** Registers of the company, and rights that are held in one community of it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../http.ts';
import { asUser, buildTestApp, createPerson, type Ask } from '../testing/app.ts';
import { createTestDb, type TestDb } from '../testing/database.ts';

let test: TestDb;
let app: App;
let admin: Ask;
let manager: Ask;
const at = { here: '', there: '', unitHere: '', unitThere: '' };

beforeAll(async () => {
  test = await createTestDb();
  app = await buildTestApp(test);
  admin = await asUser(app, await createPerson(test, { roles: [{ role: 'admin' }] }));
  [at.here, at.unitHere] = await addCommunity('A');
  [at.there, at.unitThere] = await addCommunity('B');
  // Who sees every community, so that what they may not write is refused for that alone.
  const roles = [{ role: 'manager', communityId: at.here }, { role: 'director' }];
  manager = await asUser(app, await createPerson(test, { roles }));
});
afterAll(async () => {
  await app.close();
  await test.drop();
});

const post = (who: Ask, form: string, fields: object, communityId?: string) =>
  who({ method: 'POST', url: `/api/forms/${form}/records`, payload: { fields, communityId } });
const patch = async (who: Ask, form: string, id: string, fields: object) =>
  (await who({ method: 'PATCH', url: `/api/forms/${form}/records/${id}`, payload: { fields } })).statusCode;
const unmask = async (who: Ask, form: string, id: string) => {
  const payload = { field: 'phone', reason: '联系本人' };
  return (await who({ method: 'POST', url: `/api/forms/${form}/records/${id}/unmask`, payload })).statusCode;
};
async function add(form: string, fields: object, communityId?: string): Promise<string> {
  const answer = await post(admin, form, fields, communityId);
  expect(answer.statusCode, answer.payload).toBe(201);
  return answer.json<{ id: string }>().id;
}
async function addCommunity(code: string): Promise<[string, string]> {
  const id = await add('community', { code, name: code, address: '一号路', timeZone: 'Asia/Shanghai' });
  const building = await add('building', { code: '1', name: '1 号楼' }, id);
  const entrance = await add('entrance', { building, code: '1' });
  return [id, await add('unit', { building, entrance, number: '101', usage: 'residence', status: 'occupied' })];
}
const phone = '10000001234';
let staffNumber = 0;
const anEmployee = (more: object = {}) => ({
  number: `E${++staffNumber}`,
  name: '员工',
  status: 'active',
  phone,
  ...more,
});
const aParty = (more: object = {}) => ({ name: '住户', kind: 'person', phone, ...more });

describe('an employee', () => {
  it('is written and unmasked by who manages their community, and by no other', async () => {
    const here = await add('employee', anEmployee({ community: at.here }));
    const others = [await add('employee', anEmployee({ community: at.there })), await add('employee', anEmployee())];

    expect(await patch(manager, 'employee', here, { name: '改名' })).toBe(200);
    expect(await unmask(manager, 'employee', here)).toBe(200);
    for (const other of others) {
      expect(await patch(manager, 'employee', other, { name: '改名' })).toBe(403);
      expect(await patch(manager, 'employee', other, { community: at.here })).toBe(403);
      expect(await unmask(manager, 'employee', other)).toBe(403);
    }
    expect(await patch(manager, 'employee', here, { community: at.there })).toBe(403);
    expect(await patch(manager, 'employee', here, { community: null })).toBe(403);
  });

  it('is added where the right is held, at the head office with a right of the whole company', async () => {
    expect((await post(manager, 'employee', anEmployee({ community: at.here }))).statusCode).toBe(201);
    expect((await post(manager, 'employee', anEmployee({ community: at.there }))).statusCode).toBe(403);
    expect((await post(manager, 'employee', anEmployee())).statusCode).toBe(403);
    const hr = await asUser(app, await createPerson(test, { roles: [{ role: 'hr' }] }));
    const added = await post(hr, 'employee', anEmployee());
    expect(added.statusCode).toBe(201);
    expect(await unmask(hr, 'employee', added.json<{ id: string }>().id)).toBe(200);
  });
});

describe('a party', () => {
  const ends = { fromDate: '2020-01-01', toDate: '2021-01-01' };

  it('is written and unmasked where they own or rent a unit', async () => {
    const owner = await add('party', aParty());
    const tenant = await add('party', aParty());
    const former = await add('party', aParty());
    const elsewhere = await add('party', aParty());
    await add('ownership', { unit: at.unitHere, party: owner, share: 1, fromDate: '2020-01-01' });
    await add('tenancy', { unit: at.unitHere, party: tenant, fromDate: '2020-01-01' });
    await add('tenancy', { unit: at.unitHere, party: former, ...ends });
    await add('ownership', { unit: at.unitThere, party: elsewhere, share: 1, fromDate: '2020-01-01' });
    const dispatcher = await asUser(
      app,
      await createPerson(test, { roles: [{ role: 'dispatcher', communityId: at.here }] }),
    );

    for (const id of [owner, tenant]) {
      expect(await patch(manager, 'party', id, { note: '已联系' })).toBe(200);
      expect(await unmask(dispatcher, 'party', id)).toBe(200);
    }
    for (const id of [former, elsewhere, await add('party', aParty())]) {
      expect(await patch(manager, 'party', id, { note: '已联系' })).toBe(403);
      expect(await unmask(dispatcher, 'party', id)).toBe(403);
    }
  });

  it('is added by who keeps the parties of a community, who may put it right until it has a unit elsewhere', async () => {
    const added = await post(manager, 'party', aParty());
    const { id } = added.json<{ id: string }>();
    expect(added.statusCode).toBe(201);
    expect(await patch(manager, 'party', id, { name: '改名' })).toBe(200);

    await add('tenancy', { unit: at.unitThere, party: id, fromDate: '2020-01-01' });
    expect(await patch(manager, 'party', id, { name: '再改' })).toBe(403);
    const dispatcher = await asUser(
      app,
      await createPerson(test, { roles: [{ role: 'dispatcher', communityId: at.here }] }),
    );
    expect((await post(dispatcher, 'party', aParty())).statusCode).toBe(403);
  });
});
