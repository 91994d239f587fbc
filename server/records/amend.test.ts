/** PATCH on the record of a running case, over HTTP: it is the command `amend` of that case (protocol.md rules 7 and 9). */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApp } from '../app.ts';
import { sweep } from '../commands/sweep.ts';
import { startCase } from '../commands/start.ts';
import { publishFlow } from '../definitions/flows.ts';
import { publishForm } from '../definitions/forms.ts';
import type { App } from '../http.ts';
import { asUser, createPerson, type Ask } from '../testing/app.ts';
import { complete, createCaseStage, intend, openTask, type CaseStage } from '../testing/cases.ts';
import { dyingBeforeRpc, expireLeases } from '../testing/crashes.ts';
import { errandFlow, errandForm } from '../testing/errand.ts';

const text = (en: string) => ({ 'zh-CN': en, en });
const { schema, layout } = errandForm;
const parcelForm = {
  layout,
  schema: {
    ...schema,
    'x-key': 'parcel',
    properties: {
      ...schema.properties,
      phone: { type: 'string', 'x-field': 'text', 'x-title': text('Phone'), 'x-personal': true, 'x-mask': 'phone' },
      lines: {
        type: 'array',
        'x-field': 'table',
        'x-title': text('Lines'),
        items: {
          type: 'object',
          additionalProperties: false,
          properties: {
            quantity: { type: 'integer', 'x-field': 'integer', 'x-title': text('Quantity') },
            twice: {
              type: 'integer',
              'x-field': 'computed',
              'x-title': text('Twice'),
              'x-result': 'integer',
              'x-formula': 'quantity * 2',
            },
          },
        },
      },
      fee: {
        type: 'number',
        'x-field': 'computed',
        'x-title': text('Fee'),
        'x-result': 'money',
        'x-formula': 'amount * 2',
      },
    },
  },
};
const parcelFlow = {
  ...errandFlow,
  key: 'parcel',
  form: 'parcel',
  start: {
    ...errandFlow.start,
    fields: { ...errandFlow.start.fields, phone: 'edit' as const, lines: 'edit' as const, code: 'hidden' as const },
  },
};

let stage: CaseStage;
let app: App;
let dying: App;
let manager: Ask;
beforeAll(async () => {
  stage = await createCaseStage();
  await publishForm(stage.test.adminDb, parcelForm, { note: null, by: null });
  await publishFlow(stage.test.adminDb, parcelFlow, { note: null, by: null });
  await stage.worker();
  app = await buildApp(stage.deps);
  dying = await buildApp(dyingBeforeRpc(stage.deps));
  manager = await asUser(app, stage.cast.manager);
});
afterAll(async () => {
  await app.close();
  await dying.close();
  await stage.close();
});

async function begin(fields: object = {}) {
  const act = { flow: 'parcel', fields: { what: 'Fetch', amount: 5, ...fields }, communityId: null };
  const { caseId } = await startCase(stage.deps, intend(stage.cast.staff), act);
  return { caseId, url: `/api/forms/parcel/records/${caseId}` };
}
const patch = (who: Ask, url: string, payload: object, key: string = randomUUID()) =>
  who({ method: 'PATCH', url, payload, headers: { 'idempotency-key': key } });

async function look(caseId: string) {
  const { rows } = await sql<{ types: string[]; kinds: string[]; note: string | null; amount: string; fee: string }>`
    select (select array_agg(type order by rev) from case_event e where e.case_id = c.id) as types,
      (select array_agg(kind || ' ' || state order by n) from command m where m.case_id = c.id) as kinds, r.note, r.amount, r.fee
    from "case" c join record.parcel r on r.id = c.id where c.id = ${caseId}`.execute(stage.test.adminDb);
  return rows[0]!;
}

describe('rule 9: PATCH on the record of a running case', () => {
  it('rule 9: is the command `amend`: an event of the case, once a key', async () => {
    const { caseId, url } = await begin();
    const key = randomUUID();
    const payload = { version: 1, fields: { note: 'Ring twice', amount: 7 } };
    const answer = await patch(manager, url, payload, key);

    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ id: caseId, version: 2, fields: { note: 'Ring twice', amount: 7, fee: 14 } });
    expect(await look(caseId)).toEqual({
      types: ['case_started', 'record_amended'],
      kinds: ['start done', 'amend done'],
      note: 'Ring twice',
      amount: '7.00',
      fee: '14.00',
    });

    const again = await patch(manager, url, payload, key);
    expect(again.json()).toEqual(answer.json());
    const reused = await patch(manager, url, { version: 1, fields: { note: 'other' } }, key);
    expect(reused.json()).toMatchObject({ status: 422, code: 'key_reused' });
    expect((await look(caseId)).types).toHaveLength(2);
  });

  it('rule 9: answers 202 while it is pending, and the sweeper does it', async () => {
    const { caseId, url } = await begin();
    const answer = await patch(await asUser(dying, stage.cast.manager), url, { fields: { note: 'later' } });

    expect(answer.statusCode).toBe(202);
    expect(answer.json()).toMatchObject({ state: 'pending', caseId, opened: [] });
    expect((await look(caseId)).note).toBeNull();
    await expireLeases(stage.deps);
    await sweep(stage.deps);
    expect(await look(caseId)).toMatchObject({ note: 'later', types: ['case_started', 'record_amended'] });
  });

  it('rule 9: no command carries a computed value', async () => {
    const { caseId, url } = await begin();
    const answer = await patch(manager, url, { fields: { note: 'x', fee: 1 } });

    expect(answer.json()).toMatchObject({
      status: 422,
      code: 'invalid_fields',
      errors: [{ path: '/fields/fee', code: 'field_not_writable' }],
    });
    expect(await look(caseId)).toMatchObject({ kinds: ['start done'], fee: '10.00' });
    await patch(manager, url, { fields: { amount: 8 } });
    const { rows } = await sql<{ patches: object[] }>`
      select array_agg(patch) as patches from command where case_id = ${caseId}`.execute(stage.test.adminDb);
    expect(rows[0]!.patches.filter((each) => 'fee' in each)).toEqual([]);
    expect((await look(caseId)).fee).toBe('16.00');
  });

  it('rule 9: nor does a row of a sub-table, however the screen sends it back', async () => {
    const { caseId, url } = await begin({ lines: [{ quantity: 1, twice: 70 }] });
    const { version, fields } = (await manager({ url })).json<{ version: number; fields: { lines: object[] } }>();
    expect(fields.lines).toMatchObject([{ quantity: 1, twice: 2 }]);
    await patch(manager, url, { version, fields: { lines: fields.lines } });
    const lines = [{ ...fields.lines[0], quantity: 3, twice: 80 }];
    const answer = await patch(manager, url, { version, fields: { lines } });

    expect(answer.json()).toMatchObject({ fields: { lines: [{ quantity: 3, twice: 6 }] } });
    const { rows } = await sql<{ patch: { lines?: { quantity: number }[] } }>`
      select patch from command where case_id = ${caseId} order by n`.execute(stage.test.adminDb);
    expect(JSON.stringify(rows)).not.toContain('twice');
    // The second sent its rows as they were read: no change.
    expect(rows.map((row) => row.patch.lines?.[0]?.quantity)).toEqual([1, undefined, 3]);
  });

  it('rule 9: imports refuse it', async () => {
    const { caseId } = await begin();
    const url = '/api/forms/parcel/records/batch';
    const answer = await manager({ method: 'POST', url, payload: { change: [{ id: caseId, fields: { note: 'x' } }] } });

    expect(answer.json()).toMatchObject({ status: 409, code: 'use_case' });
  });

  it('refuses who may not write such records, who may not see the case, and a case that is over', async () => {
    const { caseId, url } = await begin();
    const initiator = await asUser(app, stage.cast.staff);
    expect((await patch(initiator, url, { fields: { note: 'x' } })).json()).toMatchObject({ code: 'forbidden' });
    await sql`insert into role (key, title, may) values ('writer', ${text('Writer')}, '{record.write:*}')`.execute(
      stage.test.adminDb,
    );
    const blind = await asUser(app, await createPerson(stage.test, { roles: [{ role: 'writer' }] }));
    expect((await patch(blind, url, { fields: { note: 'x' } })).statusCode).toBe(404);
    // Who started a case sees what the start shows them, and writes no more than that.
    const both = [{ role: 'writer' }, { role: 'staff' }];
    const writer = await createPerson(stage.test, { roles: both });
    const own = await startCase(stage.deps, intend(writer), {
      flow: 'parcel',
      fields: { what: 'Own' },
      communityId: null,
    });
    const ownUrl = `/api/forms/parcel/records/${own.caseId}`;
    const asWriter = await asUser(app, writer);
    expect((await patch(asWriter, ownUrl, { fields: { code: 'x' } })).json()).toMatchObject({
      errors: [{ path: '/fields/code', code: 'field_not_writable' }],
    });
    expect((await patch(asWriter, ownUrl, { fields: { note: 'x' } })).statusCode).toBe(200);
    const misnamed = `/api/forms/errand/records/${caseId}`;
    expect((await patch(manager, misnamed, { fields: { note: 'x' } })).statusCode).toBe(404);

    const { id } = await openTask(stage, caseId);
    const refusal = { taskId: id, outcome: 'refused', comment: 'no' };
    await complete(stage, refusal, intend(stage.cast.dispatcher));
    expect((await patch(manager, url, { fields: { note: 'x' } })).json()).toMatchObject({
      status: 409,
      code: 'case_closed',
    });
    expect((await look(caseId)).types).toEqual(['case_started', 'task_completed']);
  });
});

describe('rule 7: what somebody else changed meanwhile', () => {
  it('rule 7: is 409 with both values; a field sent as it was read is no change', async () => {
    const { caseId, url } = await begin();
    const { version } = (await manager({ url })).json<{ version: number }>();
    await patch(manager, url, { version, fields: { amount: 6 } });

    const clash = await patch(manager, url, { version, fields: { amount: 9, note: 'mine' } });
    expect(clash.json()).toMatchObject({
      status: 409,
      code: 'field_changed',
      errors: [{ path: '/fields/amount', params: { yours: 9, theirs: 6 } }],
    });
    await patch(manager, url, { version, fields: { amount: 5, note: 'mine' } });
    expect(await look(caseId)).toMatchObject({ amount: '6.00', note: 'mine' });

    const page = (await manager({ url: '/api/forms/parcel/records' })).json<{
      items: { id: string; version: number }[];
    }>();
    expect(page.items.find(({ id }) => id === caseId)?.version).toBe(3);
  });

  it('shows personal values masked there too, and takes a mask that comes back for no change', async () => {
    const { caseId, url } = await begin({ phone: '10000001234' });
    await patch(manager, url, { version: 1, fields: { phone: '100****1234', note: 'kept' } });
    await patch(manager, url, { fields: { phone: '10000005678' } });
    const clash = await patch(manager, url, { version: 1, fields: { phone: '10000009999' } });

    expect(clash.json()).toMatchObject({ errors: [{ params: { theirs: '100****5678' } }] });
    const { rows } = await sql`select phone, note from record.parcel where id = ${caseId}`.execute(stage.test.adminDb);
    expect(rows).toEqual([{ phone: '10000005678', note: 'kept' }]);
  });
});
