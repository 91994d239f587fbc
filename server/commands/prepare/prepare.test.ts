/** What flows do with acts before they are accepted: lookups, set fields and refusals, done and tried; over HTTP, as screens use it. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApp } from '../../app.ts';
import { asReader } from '../../db/as.ts';
import { publishFlow } from '../../definitions/flows.ts';
import { publishForm } from '../../definitions/forms.ts';
import type { App } from '../../http.ts';
import { trialRate } from '../../security/rates.ts';
import { asUser, createPerson, type Ask } from '../../testing/app.ts';
import { createCaseStage, openTask, type CaseStage } from '../../testing/cases.ts';
import { quotaForm, tripFlow, tripForm } from '../../testing/trip.ts';

let stage: CaseStage;
let app: App;
let ask: Record<'staff' | 'dispatcher' | 'admin', Ask>;
let [here, there]: string[] = [];
const by = { note: null, by: null };

beforeAll(async () => {
  stage = await createCaseStage();
  for (const form of [quotaForm, tripForm]) await publishForm(stage.test.adminDb, form, by);
  await publishFlow(stage.test.adminDb, tripFlow, by);
  await stage.worker();
  app = await buildApp(stage.deps);
  const admin = await createPerson(stage.test, { roles: [{ role: 'admin' }] });
  ask = {
    staff: await asUser(app, stage.cast.staff),
    dispatcher: await asUser(app, stage.cast.dispatcher),
    admin: await asUser(app, admin),
  };
  [here, there] = [await addCommunity('A'), await addCommunity('B')];
  await addQuota(here, { name: '今年', kind: 'near', days: 7.5, price: 100, until: day(400) });
  await addQuota(here, { name: '去年', kind: 'near', days: 2.5, price: 900, until: day(300) });
  await addQuota(there, { name: '别处', kind: 'near', days: 100, price: 1, until: day(900) });
});
afterAll(async () => {
  await app.close();
  await stage.close();
});

const day = (ahead: number): string => new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);
const post = (who: Ask, url: string, payload: object) =>
  who({ method: 'POST', url, payload, headers: { 'idempotency-key': randomUUID() } });
async function addCommunity(code: string): Promise<string> {
  const fields = { code, name: code, address: '一号路', timeZone: 'Asia/Shanghai' };
  return (await post(ask.admin, '/api/forms/community/records', { fields })).json<{ id: string }>().id;
}
async function addQuota(communityId: string, fields: object): Promise<string> {
  const answer = await post(ask.admin, '/api/forms/quota/records', { fields, communityId });
  expect(answer.json()).toHaveProperty('id');
  return answer.json<{ id: string }>().id;
}
const start = (fields: object, communityId = here) => post(ask.staff, '/api/flows/trip/cases', { fields, communityId });
const tryStart = (fields: object, communityId: string | undefined = here) =>
  post(ask.staff, '/api/flows/trip/prepare', { fields, communityId });
const stored = async (caseId: string) => {
  const { rows } = await sql<Record<string, unknown>>`
    select r.*, q.name as quota_name from record.trip r left join record.quota q on q.id = r.quota where r.id = ${caseId}`.execute(
    stage.test.adminDb,
  );
  return rows[0]!;
};

describe('starting', () => {
  it('fills what the flow sets, from this community only, rounded as the field keeps it', async () => {
    const answer = await start({ kind: 'near', from: day(10), to: day(12) });

    expect(answer.statusCode, answer.payload).toBe(201);
    expect(await stored(answer.json<{ case: { id: string } }>().case.id)).toMatchObject({
      days: 3,
      balance: '7.0',
      who: 'Staff',
      price: '33.33',
      total: '99.99',
      quota_name: '今年',
    });
  });

  it('refuses with the flow’s sentence, choices in words, at the field it names, and writes nothing', async () => {
    const before = await stage.test.adminDb.selectFrom('case').select('id').execute();
    const answer = await start({ kind: 'near', from: day(20), to: day(40) });

    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({
      code: 'invalid_fields',
      errors: [
        {
          path: '/fields/to',
          code: 'refused',
          params: { message: { 'zh-CN': '近途共 21 天，只剩 10 天', en: 'Near: 21 days, 10 left' } },
        },
      ],
    });
    expect(await stage.test.adminDb.selectFrom('case').select('id').execute()).toHaveLength(before.length);
  });

  it('finds cases of the same form, running or done, and forgets cancelled ones', async () => {
    const first = await start({ kind: 'near', from: day(50), to: day(51) });
    const overlapping = { kind: 'near', from: day(51), to: day(52) };
    expect((await start(overlapping)).json()).toMatchObject({ errors: [{ path: '', code: 'refused' }] });
    expect((await start({ ...overlapping, kind: 'far' })).json<{ errors: unknown[] }>().errors).toEqual([
      expect.objectContaining({ path: '/fields/to' }),
    ]);

    const { id } = first.json<{ case: { id: string } }>().case;
    await post(ask.staff, `/api/cases/${id}/withdraw`, { comment: '不去了' });
    expect((await start(overlapping)).statusCode).toBe(201);
  });

  it('lets two starts at once not both look past the other', async () => {
    const same = { kind: 'near', from: day(60), to: day(60) };
    const answers = await Promise.all([start(same), start(same), start(same)]);
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([201, 422, 422]);
  });

  it('still asks for what the person left out, and keeps them from what is not theirs', async () => {
    const missing = (await start({ kind: 'near', from: day(70) })).json<{ errors: { path: string; code: string }[] }>();
    expect(missing.errors).toContainEqual(expect.objectContaining({ path: '/fields/to', code: 'required' }));
    const forbidden = (await start({ kind: 'near', from: day(70), to: day(71), days: 1 })).json<object>();
    expect(forbidden).toMatchObject({ errors: [{ path: '/fields/days', code: 'field_not_writable' }] });
  });
});

describe('trying a start', () => {
  it('says what would be set and refused, and shows nothing that is hidden from the person', async () => {
    const answer = (await tryStart({ kind: 'near', from: day(80), to: day(100) })).json<{
      set: object;
      problems: object[];
      labels: object;
    }>();

    expect(answer.set).toEqual({ days: 21, balance: -11, price: 33.33, quota: expect.any(String) as string });
    expect(answer.problems).toEqual([expect.objectContaining({ path: '/fields/to', code: 'refused' })]);
    // Names are those that row security shows to the person: they may not read quotas.
    expect(answer.labels).toEqual({});
  });

  it('bears half a form: what is not there yet is not known', async () => {
    expect((await tryStart({ kind: 'near' })).json()).toMatchObject({
      set: { days: null, balance: null },
      problems: [],
    });
    expect((await tryStart({ kind: 'near', from: 'soon', to: day(1) })).json()).toMatchObject({ set: { days: null } });
    expect((await post(ask.staff, '/api/flows/trip/prepare', { fields: {} })).json()).toEqual({
      set: {},
      problems: [],
      labels: {},
    });
  });

  it('is only for whoever may start', async () => {
    expect((await post(ask.dispatcher, '/api/flows/trip/prepare', { fields: {} })).statusCode).toBe(403);
    const elsewhere = await createPerson(stage.test, { roles: [{ role: 'staff', communityId: there! }] });
    const asked = { fields: { kind: 'near' }, communityId: here };
    expect((await post(await asUser(app, elsewhere), '/api/flows/trip/prepare', asked)).statusCode).toBe(403);
  });
});

describe('asking while somebody types', () => {
  it('cannot write, whatever the rules come to', async () => {
    const write = asReader(stage.deps.db, stage.cast.staff, (tx) =>
      sql`insert into number_series (key, value) values ('x', 1)`.execute(tx),
    );
    await expect(write).rejects.toMatchObject({ code: '25006' });
  });

  it('is limited a person, not for everybody', async () => {
    const [busy, other] = await Promise.all(
      [1, 2].map(async () => asUser(app, await createPerson(stage.test, { roles: [{ role: 'staff' }] }))),
    );
    const asked = () => post(busy!, '/api/flows/trip/prepare', { fields: {} });
    for (let i = 0; i < trialRate.max; i += 1) await asked();
    expect((await asked()).json()).toMatchObject({ status: 429, code: 'rate_limited' });
    expect((await post(other!, '/api/flows/trip/prepare', { fields: {} })).statusCode).toBe(200);
  });
});

describe('taking an action', () => {
  const toLook = async (fields: object) => {
    const { id } = (await start(fields)).json<{ case: { id: string } }>().case;
    return { caseId: id, task: await openTask(stage, id) };
  };
  const decide = (task: string, body: object) =>
    post(ask.dispatcher, `/api/tasks/${task}/complete`, { assignment: 1, version: 99, fields: {}, ...body });

  it('sets fields nobody may write, leaves its own case out, and refuses by name', async () => {
    const { caseId, task } = await toLook({ kind: 'near', from: day(110), to: day(111) });
    const trial = (fields: object) =>
      post(ask.dispatcher, `/api/tasks/${task.id}/prepare`, { outcome: 'agreed', fields });
    expect((await trial({})).json()).toMatchObject({
      problems: [{ path: '/fields/note', params: { message: { en: 'Dispatcher, say why' } } }],
    });
    const { rows } = await sql<{ alike: number }>`
      select count(*)::int as alike from record.trip where id <> ${caseId}`.execute(stage.test.adminDb);
    const note = `fine / 2 quotas, ${rows[0]!.alike} alike`;
    expect((await trial({ note: 'fine' })).json()).toMatchObject({ set: { note }, problems: [] });
    expect((await stored(caseId)).note).toBeNull();

    expect((await decide(task.id, { outcome: 'agreed' })).json()).toMatchObject({ errors: [{ code: 'refused' }] });
    expect((await decide(task.id, { outcome: 'agreed', fields: { note: 'fine' } })).statusCode).toBe(200);
    const back = new Date(`${day(111)}T00:00:00+08:00`);
    expect(await stored(caseId)).toMatchObject({ note, back });
  });

  it('offers only what the case allows, and refuses the rest', async () => {
    const { task } = await toLook({ kind: 'near', from: day(120), to: day(120) });
    const detail = (await ask.dispatcher({ url: `/api/tasks/${task.id}` })).json<{
      actions: { outcome: string; prepares: boolean }[];
    }>();
    expect(detail.actions.map(({ outcome, prepares }) => [outcome, prepares])).toEqual([['agreed', true]]);

    const refused = await decide(task.id, { outcome: 'declined' });
    expect([refused.statusCode, refused.json<{ code: string }>().code]).toEqual([409, 'action_not_offered']);
    expect(
      (await post(ask.dispatcher, `/api/tasks/${task.id}/prepare`, { outcome: 'declined', fields: {} })).statusCode,
    ).toBe(409);
  });
});

describe('publishing', () => {
  const publish = (lookup: object) =>
    publishFlow(
      stage.test.adminDb,
      { ...tripFlow, key: 'trip2', start: { ...tripFlow.start, prepare: { lookups: [lookup] } } },
      by,
    );
  it.each([
    ['form_unknown', { name: 'x', form: 'nowhere', take: 'count' }],
    ['field_unknown', { name: 'x', form: 'quota', take: 'sum', field: 'nothing' }],
    ['field_not_number', { name: 'x', form: 'quota', take: 'sum', field: 'name' }],
    [
      'field_unknown',
      { name: 'x', form: 'quota', take: 'count', where: [{ field: 'caseStatus', op: '=', value: '"a"' }] },
    ],
  ])('refuses a lookup: %s', async (code, lookup) => {
    await expect(publish(lookup)).rejects.toMatchObject({
      code: 'invalid_flow',
      errors: [expect.objectContaining({ path: '/start.prepare.lookups.x', code })],
    });
  });

  it('names the rule that fails at a value it was not written for', async () => {
    await publish({ name: 'x', form: 'quota', take: 'count', where: [{ field: 'days', op: '=', value: 'kind' }] });
    const body = { fields: { kind: 'near', from: day(1), to: day(1) }, communityId: here };
    const answer = await post(ask.staff, '/api/flows/trip2/cases', body);
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ code: 'prepare_failed', params: { at: 'lookups.x' } });
  });
});
