/** Where a person may start: staff where they hold a role, owners where they live, whatever community the request names. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApp } from '../app.ts';
import type { App } from '../http.ts';
import { asUser, createPerson, type Ask } from '../testing/app.ts';
import { createCaseStage, type CaseStage } from '../testing/cases.ts';

let stage: CaseStage;
let app: App;
let admin: Ask;
let [here, there]: Place[] = [];

interface Place {
  community: string;
  /** Two units of it. */
  units: [string, string];
}

beforeAll(async () => {
  stage = await createCaseStage();
  await stage.worker();
  app = await buildApp(stage.deps);
  admin = await personWith({ roles: [{ role: 'admin' }] });
  [here, there] = [await addPlace('A'), await addPlace('B')];
});
afterAll(async () => {
  await app.close();
  await stage.close();
});

async function personWith(given: Parameters<typeof createPerson>[1]): Promise<Ask> {
  return asUser(app, await createPerson(stage.test, given));
}

async function add(form: string, fields: object, communityId?: string): Promise<string> {
  const answer = await admin({ method: 'POST', url: `/api/forms/${form}/records`, payload: { fields, communityId } });
  expect(answer.json()).toHaveProperty('id');
  return answer.json<{ id: string }>().id;
}

async function addPlace(code: string): Promise<Place> {
  const community = await add('community', { code, name: code, address: '一号路', timeZone: 'Asia/Shanghai' });
  const building = await add('building', { code: '1', name: '1' }, community);
  const entrance = await add('entrance', { building, code: '1' });
  const unit = (number: string): Promise<string> =>
    add('unit', { building, entrance, number, usage: 'residence', status: 'occupied' });
  return { community, units: [await unit('101'), await unit('102')] };
}

async function ownerOf(...units: string[]): Promise<Ask> {
  const partyId = await add('party', { name: '业主', kind: 'person' });
  for (const unit of units) await add('ownership', { unit, party: partyId, share: 1, fromDate: '2020-01-01' });
  return personWith({ partyId });
}

const publicArea = { area: 'public', place: '大堂', category: 'water', urgency: 'normal', description: '漏水' };
const report = async (who: Ask, communityId?: string, fields: object = publicArea) => {
  const answer = await who({ method: 'POST', url: '/api/flows/repair/cases', payload: { fields, communityId } });
  const {
    case: started,
    errors,
    code,
  } = answer.json<{
    case?: { communityId: string };
    errors?: { path: string }[];
    code?: string;
  }>();
  return { status: answer.statusCode, at: started?.communityId, code, path: errors?.[0]?.path };
};

describe('an owner who reports something in a public area', () => {
  it('does so where they live, said or not, and nowhere else', async () => {
    const owner = await ownerOf(here!.units[0]);

    expect(await report(owner)).toMatchObject({ status: 201, at: here!.community });
    expect(await report(owner, here!.community)).toMatchObject({ status: 201, at: here!.community });
    expect(await report(owner, there!.community)).toMatchObject({ status: 403, code: 'forbidden' });
    expect(await report(owner, randomUUID())).toMatchObject({ status: 403, code: 'forbidden' });
  });

  it('says which where they live in two', async () => {
    const owner = await ownerOf(here!.units[1], there!.units[1]);

    expect(await report(owner)).toMatchObject({ status: 422, path: '/communityId' });
    expect(await report(owner, there!.community)).toMatchObject({ status: 201, at: there!.community });
  });

  it('names no unit that is not theirs', async () => {
    const owner = await ownerOf(there!.units[0]);

    for (const unit of [there!.units[1], here!.units[1]]) {
      const answer = await report(owner, undefined, { ...publicArea, area: 'private', unit });
      expect([403, 422], JSON.stringify(answer)).toContain(answer.status);
    }
  });

  it('does nothing once they have moved out', async () => {
    const unit = here!.units[0];
    const partyId = await add('party', { name: '前租户', kind: 'person' });
    const left = { unit, party: partyId, fromDate: '2020-01-01', toDate: '2021-01-01' };
    await add('tenancy', left);
    const gone = await personWith({ partyId, roles: [{ role: 'tenant', communityId: here!.community }] });

    expect(await report(gone, here!.community)).toMatchObject({ status: 403 });
  });
});

it('lets staff report where they work, and nowhere else', async () => {
  const staff = await personWith({ roles: [{ role: 'technician', communityId: here!.community }] });
  const everywhere = await personWith({ roles: [{ role: 'technician' }] });

  expect(await report(staff)).toMatchObject({ status: 201, at: here!.community });
  expect(await report(staff, there!.community)).toMatchObject({ status: 403 });
  expect(await report(everywhere, there!.community)).toMatchObject({ status: 201, at: there!.community });
  expect(await report(everywhere, randomUUID())).toMatchObject({ status: 422, path: '/communityId' });
});
