/** Steps for each row of a sub-table, with all that is under them: real Postgres, real Temporal (protocol.md rules 16, 21 and 23). */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Flow } from '../../workflows/engine/flow.gen.ts';
import { publishFlow } from '../definitions/flows.ts';
import { publishForm } from '../definitions/forms.ts';
import { createActStage, decision, type ActStage } from '../testing/acts.ts';
import { intend } from '../testing/cases.ts';
import { after } from '../testing/rules.ts';
import { amendCase } from './case-acts.ts';
import { startCase } from './start.ts';

const text = (en: string) => ({ 'zh-CN': en, en });
const column = (kind: string, title: string, more: object = {}) => ({
  type: kind === 'money' ? 'number' : 'string',
  'x-field': kind,
  'x-title': text(title),
  ...more,
});

const form = {
  schema: {
    title: 'Tour',
    type: 'object',
    additionalProperties: false,
    'x-key': 'tour',
    'x-kind': 'case',
    'x-title': text('Tour'),
    'x-local': false,
    'x-label': '{what}',
    properties: {
      what: column('text', 'What'),
      lines: {
        type: 'array',
        'x-field': 'table',
        'x-title': text('Lines'),
        items: {
          type: 'object',
          additionalProperties: false,
          properties: {
            place: column('text', 'Place'),
            amount: column('money', 'Amount'),
            phone: column('text', 'Phone', { 'x-personal': true }),
            checker: column('person', 'Checker', { format: 'uuid' }),
          },
        },
      },
    },
  },
  layout: { sections: [{ fields: ['what', 'lines'] }], list: ['what'] },
};

const flow: Flow = {
  key: 'tour',
  title: text('Tour'),
  form: 'tour',
  caseTitle: 'what',
  start: { who: ['staff'], fields: { what: 'edit', lines: 'edit' } },
  steps: [
    {
      id: 'each_line',
      kind: 'forEach',
      title: text('Each line'),
      list: 'lines',
      as: 'line',
      steps: [
        {
          id: 'big',
          kind: 'exclusive',
          title: text('Big?'),
          branches: [
            {
              title: text('Big'),
              when: 'line.amount > 100',
              steps: [
                {
                  id: 'check',
                  kind: 'userTask',
                  title: text('Check'),
                  people: { assign: { rule: 'field', field: 'line.checker' } },
                },
              ],
            },
          ],
          otherwise: { steps: [] },
        },
      ],
    },
    after,
  ],
};

/** Every row is checked, so that all can be sent back from behind them. */
const plain: Flow = {
  ...flow,
  key: 'plain_tour',
  steps: [
    {
      id: 'each_line',
      kind: 'forEach',
      title: text('Each line'),
      list: 'lines',
      as: 'line',
      steps: [
        {
          id: 'check',
          kind: 'userTask',
          title: text('Check'),
          people: { assign: { rule: 'field', field: 'line.checker' } },
        },
      ],
    },
    after,
  ],
};

/** Each fills their own row; what all of them come to decides. */
const filled: Flow = {
  ...flow,
  key: 'filled_tour',
  steps: [
    {
      id: 'each_line',
      kind: 'forEach',
      title: text('Each line'),
      list: 'lines',
      as: 'line',
      steps: [
        {
          id: 'fill',
          kind: 'userTask',
          title: text('Fill'),
          people: { assign: { rule: 'field', field: 'line.checker' } },
          fields: { lines: 'edit' },
        },
      ],
    },
    {
      id: 'sum',
      kind: 'exclusive',
      title: text('Three?'),
      branches: [{ title: text('Three'), when: 'sum(lines.amount) = 3', steps: [after] }],
      otherwise: { steps: [] },
    },
  ],
};

let stage: ActStage;
beforeAll(async () => {
  stage = await createActStage([]);
  await publishForm(stage.test.adminDb, form, { note: null, by: null });
  for (const each of [flow, plain, filled, { ...plain, key: 'moved_tour' }])
    await publishFlow(stage.test.adminDb, each, { note: null, by: null });
});
afterAll(() => stage.close());

async function begun(key = 'tour', count = 3): Promise<{ caseId: string; rows: { id: string; place: string }[] }> {
  const { other, runner, staff } = stage.cast;
  const lines = [
    { place: 'Hall', amount: 101.5, phone: '13800000000', checker: runner },
    { place: 'Roof', amount: 500, checker: other },
    { place: 'Shed', amount: 3 },
  ];
  const act = { flow: key, fields: { what: 'Round', lines: lines.slice(0, count) }, communityId: null };
  const { caseId } = await startCase(stage.deps, intend(staff), act);
  const { rows } = await sql<{ id: string; place: string }>`
    select id, place from record.tour__lines where record_id = ${caseId} order by ordinal`.execute(stage.test.adminDb);
  return { caseId, rows };
}

it('opens a task for each row, which says which row it is about, and goes on when all are done', async () => {
  const { caseId, rows } = await begun();
  expect(await stage.holders(caseId)).toEqual(['check other', 'check runner']);
  const task = await stage.taskOf(caseId, 'check', 'runner');
  expect((await stage.detail('runner', task)).task).toMatchObject({ title: text('Check'), item: 'Hall' });
  const { rows: tasks } = await sql<{ item: string }>`select item from task where id = ${task}`.execute(
    stage.test.adminDb,
  );
  expect(tasks).toEqual([{ item: rows[0]?.id }]);

  expect((await stage.act('runner', task, 'complete', decision('done'))).statusCode).toBe(200);
  const last = await stage.taskOf(caseId, 'check', 'other');
  expect((await stage.act('other', last, 'complete', decision('done'))).statusCode).toBe(200);
  expect(await stage.holders(caseId)).toEqual(['after pool']);
});

it('from behind them one sends back the rows that are named, and sees before what that would do (rule 21)', async () => {
  const { caseId, rows } = await begun('plain_tour', 2);
  for (const who of ['runner', 'other'] as const) {
    const task = await stage.taskOf(caseId, 'check', who);
    expect((await stage.act(who, task, 'complete', decision('done'))).statusCode).toBe(200);
  }
  const task = await stage.taskOf(caseId, 'after');
  expect((await stage.act('dispatcher', task, 'claim')).statusCode).toBe(200);
  const [hall = '', roof = ''] = rows.map(({ id }) => id);

  expect(await stage.detail('dispatcher', task)).toMatchObject({
    returnTargets: [
      { step: 'check', item: hall, itemLabel: 'Hall', together: true, by: { id: stage.cast.runner } },
      { step: 'check', item: roof, itemLabel: 'Roof', together: true, by: { id: stage.cast.other } },
    ],
  });
  const url = `/api/tasks/${task}/return-plan?to=check&mode=redo&items=${hall}`;
  const one = (await stage.ask.dispatcher({ url })).json<{ opens: unknown }>();
  expect(one.opens).toMatchObject([{ step: 'check', item: 'Hall' }]);
  expect((await stage.ask.dispatcher({ url: `${url}&items=${roof}` })).json()).toMatchObject({
    cancels: [],
    compensates: [],
    opens: [
      { step: 'check', item: 'Hall' },
      { step: 'check', item: 'Roof' },
    ],
  });
  const back = { to: 'check', mode: 'redo', comment: 'Look again' };
  const unnamed = await stage.act('dispatcher', task, 'return', back);
  expect([unnamed.statusCode, unnamed.json<{ code: string }>().code]).toEqual([409, 'return_target_invalid']);
  expect((await stage.act('dispatcher', task, 'return', { ...back, items: [roof] })).statusCode).toBe(200);

  expect(await stage.holders(caseId)).toEqual(['check other']);
});

it('a task that is about a row shows and writes that row alone; two at once both keep theirs', async () => {
  const { caseId, rows } = await begun('filled_tour', 2);
  const [hall, roof] = rows.map(({ id }) => id);
  const mine = await stage.taskOf(caseId, 'fill', 'runner');
  const theirs = await stage.taskOf(caseId, 'fill', 'other');
  const seen = await stage.detail('runner', mine);
  expect(seen).toMatchObject({ fields: { lines: [{ id: hall, place: 'Hall' }] }, ownRows: { lines: hall } });
  expect((seen.fields as { lines: unknown[] }).lines).toHaveLength(1);
  const { version } = seen as { version: number };
  const fill = (who: 'runner' | 'other', task: string, lines: unknown) =>
    stage.act(who, task, 'complete', { outcome: 'done', fields: { lines }, version });
  const refused = async (lines: unknown): Promise<unknown> => {
    const answer = await fill('runner', mine, lines);
    const { errors } = answer.json<{ errors: { path: string; code: string }[] }>();
    return [answer.statusCode, ...errors.map(({ path, code }) => `${path} ${code}`)];
  };
  expect(await refused([{ id: hall }, { id: roof, place: 'Mine' }])).toEqual([422, '/fields/lines/1 row_not_yours']);
  expect(await refused([{ place: 'New' }])).toEqual([422, '/fields/lines/0 row_not_yours']);
  expect(await refused([])).toEqual([422, '/fields/lines row_missing']);
  expect(await refused([{ id: hall, amount: 'much' }])).toEqual([422, '/fields/lines/0/amount wrong_type']);

  const both = await Promise.all([
    fill('runner', mine, [{ id: hall, place: 'Hall', amount: 1 }]),
    fill('other', theirs, [{ id: roof, place: 'Roof', amount: 2 }]),
  ]);
  expect(both.map(({ statusCode }) => statusCode)).toEqual([200, 200]);

  const { rows: written } = await sql<{ id: string; amount: string }>`
    select id, amount::text from record.tour__lines where record_id = ${caseId} order by ordinal`.execute(
    stage.test.adminDb,
  );
  expect(written).toEqual([
    { id: hall, amount: '1.00' },
    { id: roof, amount: '2.00' },
  ]);
  // The engine has both as well: their sum decides.
  expect(await stage.holders(caseId)).toEqual(['after pool']);
  const timeline = await sql<{ patch: object }>`
    select patch from case_event where case_id = ${caseId} and type = 'task_completed' order by rev`.execute(
    stage.test.adminDb,
  );
  expect(timeline.rows.flatMap(({ patch }) => Object.keys(patch)).sort()).toEqual(
    [`lines/${hall ?? ''}`, `lines/${roof ?? ''}`].sort(),
  );
});

it('a case goes on under another version from within its rows, each from where it stands (rule 23)', async () => {
  const { caseId } = await begun('moved_tour', 2);
  const mine = await stage.taskOf(caseId, 'check', 'runner');
  const [each] = plain.steps as [Extract<Flow['steps'][number], { kind: 'forEach' }>];
  const sign = { ...each.steps[0], id: 'sign', title: text('Sign') } as Flow['steps'][number];
  const longer = { ...each, id: 'every_line', steps: [...each.steps, sign] };
  const next: Flow = { ...plain, key: 'moved_tour', steps: [longer, after] };
  await publishFlow(stage.test.adminDb, next, { note: null, by: null });
  const migrate = async (payload: object): Promise<unknown> => {
    const headers = { 'idempotency-key': randomUUID(), 'accept-language': 'en' };
    const answer = await stage.ask.manager({ method: 'POST', url: `/api/cases/${caseId}/migrate`, payload, headers });
    return answer.json();
  };

  expect(await migrate({ dryRun: true })).toMatchObject({
    verdict: 'refused',
    reason: 'not_in_item',
    step: 'check',
    detail: 'The step is at work for items; in the new version it is not within the same “for each”',
  });
  const mapping = { each_line: 'every_line' };
  expect(await migrate({ dryRun: true, mapping })).toMatchObject({ verdict: 'ok' });
  expect(await migrate({ mapping, reason: 'Sign each row' })).toMatchObject({ verdict: 'ok', state: 'done' });

  expect(await stage.taskOf(caseId, 'check', 'runner')).toBe(mine);
  expect((await stage.act('runner', mine, 'complete', decision('done'))).statusCode).toBe(200);
  expect(await stage.holders(caseId)).toEqual(['check other', 'sign runner']);
});

it('tells the engine of a row what the flow reasons about, and nothing else (rule 16)', async () => {
  const { caseId, rows } = await begun();
  const { rows: log } = await sql<{ vars: unknown }>`
    select entry -> 'consumed' -> 'command' -> 'vars' as vars from case_event where case_id = ${caseId} and rev = 1`.execute(
    stage.test.adminDb,
  );
  const { other, runner } = stage.cast;

  expect(log[0]?.vars).toEqual({
    lines: [
      { id: rows[0]?.id, amount: 101.5, checker: runner },
      { id: rows[1]?.id, amount: 500, checker: other },
      { id: rows[2]?.id, amount: 3 },
    ],
  });
});

it('a row that is deleted takes its task with it', async () => {
  const { caseId, rows } = await begun();
  const kept = rows.slice(1).map(({ id, place }) => ({ id, place, amount: 1 }));
  await stage.test.adminDb
    .insertInto('role_grant')
    .values({ person_id: stage.cast.manager, role: 'admin', community_id: null })
    .onConflict((clash) => clash.doNothing())
    .execute();
  const act = { caseId, fields: { lines: kept }, version: null, comment: null };
  expect(await amendCase(stage.deps, intend(stage.cast.manager), act)).toMatchObject({ state: 'done' });

  expect(await stage.holders(caseId)).toEqual(['check other']);
});

it('refuses to publish a flow whose engine would see what is personal of a row', async () => {
  const [each] = flow.steps as [Extract<Flow['steps'][number], { kind: 'forEach' }>];
  const peeking = { ...flow, steps: [{ ...each, until: 'count(lines[item.phone = "1"]) > 0' }] };

  await expect(publishFlow(stage.test.adminDb, peeking, { note: null, by: null })).rejects.toMatchObject({
    errors: [{ path: '/steps/each_line/until', code: 'personal_field', params: { field: 'lines.phone' } }],
  });
});
