/** Activities about records: what a flow writes into registers and asks of them, once however often it is asked for (rules 8 and 9). */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Flow, Step } from '../../workflows/engine/flow.gen.ts';
import { startCase } from '../commands/start.ts';
import { asPerson } from '../db/as.ts';
import { insertRecord, loadForm } from '../db/records/index.ts';
import { publishFlow } from '../definitions/flows.ts';
import { publishForm } from '../definitions/forms.ts';
import { createPerson } from '../testing/app.ts';
import { createCaseStage, intend, type CaseStage } from '../testing/cases.ts';
import { quotaForm, tripFlow, tripForm } from '../testing/trip.ts';
import { perform } from './perform.ts';

const text = (en: string) => ({ 'zh-CN': en, en });
const service = (id: string, activity: string, more: object): Step => ({
  id,
  kind: 'serviceTask',
  title: text(id),
  again: 'run',
  activity,
  ...more,
});
const last = tripFlow.steps;
const flow = (key: string, steps: Step[]): Flow => ({
  ...tripFlow,
  key,
  start: { who: ['staff'], fields: { kind: 'required', days: 'required', from: 'edit', note: 'edit', quota: 'edit' } },
  steps: [...steps, ...last] as Flow['steps'],
});
const quotaFields = '{ name: "由流程", kind: kind, days: -days, until: from }';
const writing = flow('writing', [
  service('add', 'record.create', { input: { form: '"quota"', fields: quotaFields }, output: { quota: 'id' } }),
  service('change', 'record.update', {
    input: { form: '"quota"', id: 'quota', fields: '{ name: number, until: null }' },
  }),
  service('sum', 'record.query', {
    input: { form: '"quota"', take: '"sum"', field: '"days"', where: '[{ field: "kind", op: "=", value: kind }]' },
    output: { balance: 'value' },
  }),
  service('alike', 'record.query', {
    input: { form: '"trip"', take: '"one"', field: '"number"', where: '[{ field: "kind", op: "in", value: [kind] }]' },
    output: { note: 'value' },
  }),
]);
const wrong = (key: string, input: object, activity = 'record.create'): Flow =>
  flow(key, [service('add', activity, { input })]);
const broken = [
  wrong('bad_field', { form: '"quota"', fields: '{ name: "x", kind: "nonsense", days: 1 }' }),
  wrong('own_form', { form: '"trip"', fields: '{ kind: kind }' }),
  wrong('no_form', { form: '"nowhere"', fields: '{ kind: kind }' }),
  wrong('bad_question', { form: '"quota"', take: '"sum"', field: '"name"' }, 'record.query'),
];

let stage: CaseStage;
let here: string;
let there: string;
let theirs: string;
beforeAll(async () => {
  stage = await createCaseStage();
  const { adminDb, db } = stage.test;
  const by = { note: null, by: null };
  for (const form of [quotaForm, tripForm]) await publishForm(adminDb, form, by);
  for (const each of [writing, ...broken]) await publishFlow(adminDb, each, by);
  await stage.worker();
  const admin = await createPerson(stage.test, { roles: [{ role: 'admin' }] });
  const add = async (key: string, fields: object, communityId: string | null = null) => {
    const form = await loadForm(db, key);
    return asPerson(db, admin, async (tx) => {
      const record = await insertRecord(tx, form, { communityId, fields: { ...fields }, by: admin });
      return record.id;
    });
  };
  const place = (code: string) => ({ code, name: code, address: '一号路', timeZone: 'Asia/Shanghai' });
  [here, there] = [await add('community', place('A')), await add('community', place('B'))];
  await add('quota', { name: '今年', kind: 'near', days: 10 }, here);
  theirs = await add('quota', { name: '别处', kind: 'near', days: 100 }, there);
});
afterAll(() => stage.close());

async function begin(key: string, fields: object = {}): Promise<string> {
  const act = { flow: key, communityId: here, fields: { kind: 'near', days: 2, from: '2030-05-01', ...fields } };
  return (await startCase(stage.deps, intend(stage.cast.staff), act)).caseId;
}
async function look(caseId: string) {
  const { rows } = await sql<{
    position: string[];
    incidents: { code: string; detail: { error?: string } }[];
    balance: string | null;
    note: string | null;
    quota: string | null;
    number: string;
  }>`select c.position, c.incidents, r.balance, r.note, r.quota, r.number from "case" c join record.trip r on r.id = c.id
    where c.id = ${caseId}`.execute(stage.test.adminDb);
  return rows[0]!;
}
const quotas = async () =>
  (await sql<Record<string, unknown>>`select * from record.quota order by id`.execute(stage.test.adminDb)).rows;
const arrived = (caseId: string) =>
  expect.poll(async () => (await look(caseId)).position, { timeout: 20_000 }).toEqual(['look']);

it('adds, changes and asks records in the community of the case; answers fill the case', async () => {
  const caseId = await begin('writing');
  await arrived(caseId);

  const after = await look(caseId);
  expect(after).toMatchObject({ balance: '8.0', note: null, incidents: [] });
  const added = (await quotas()).find(({ id }) => id === after.quota);
  expect(added).toMatchObject({
    name: after.number,
    kind: 'near',
    days: '-2.0',
    until: null,
    community_id: here,
    created_by: null,
  });

  // Its own record is no answer: only the next case finds the first.
  const next = await begin('writing', { kind: 'far' });
  await arrived(next);
  expect((await look(next)).note).toBeNull();
  const third = await begin('writing');
  await arrived(third);
  expect((await look(third)).note).toBe(after.number);
});

it('does once what a crash makes it be asked for twice', async () => {
  const caseId = await begin('writing', { kind: 'far', days: 5 });
  await arrived(caseId);
  const { adminDb } = stage.test;
  const before = await quotas();
  const { rows } = await sql<{ id: number; step: string; activity: string; rev: number }>`
    select id, step, activity, rev from effect where case_id = ${caseId} and step in ('add', 'change') order by id`.execute(
    adminDb,
  );
  expect(rows.map(({ step }) => step)).toEqual(['add', 'change']);

  // As after a crash between the record's transaction and the patch's.
  await sql`update effect set patch = null where case_id = ${caseId}`.execute(adminDb);
  for (const { id: effect, ...row } of rows) await perform(stage.deps, { caseId, effect, ...row });
  expect(await quotas()).toEqual(before);

  // The transaction itself was lost: the id is the same, and the table takes it once.
  await sql`update effect set patch = null, output = null where case_id = ${caseId}`.execute(adminDb);
  const [{ id: effect, ...row }] = rows as [(typeof rows)[number]];
  await expect(perform(stage.deps, { caseId, effect, ...row })).rejects.toThrow();
  expect(await quotas()).toEqual(before);
});

it.each([
  ['bad_field', 'invalid_fields'],
  ['own_form', 'use_case'],
  ['no_form', 'form_unknown'],
  ['bad_question', 'activity_input_invalid'],
])('opens an incident that says why: %s, %s', async (key, code) => {
  const caseId = await begin(key);
  await expect.poll(async () => (await look(caseId)).incidents[0]?.detail.error, { timeout: 8_000 }).toBe(code);
});

it('changes no record of another community', async () => {
  const input = { form: '"quota"', id: `"${theirs}"`, fields: '{ name: "ours" }' };
  await publishFlow(stage.test.adminDb, wrong('elsewhere', input, 'record.update'), { note: null, by: null });
  const caseId = await begin('elsewhere');
  await expect.poll(async () => (await look(caseId)).incidents[0]?.detail.error, { timeout: 8_000 }).toBe('not_found');
  expect((await quotas()).find(({ id }) => id === theirs)).toMatchObject({ name: '别处' });
});
