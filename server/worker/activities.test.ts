/** What the case asks of the server between two human steps: people rules that read the organisation, and activities (rules 8, 16, 17). */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { caseStart } from '../../activities/case-start.ts';
import { noConnectors } from '../../activities/settings.ts';
import type { Flow } from '../../workflows/engine/flow.gen.ts';
import { completeTask } from '../commands/task-acts.ts';
import { createPerson } from '../testing/app.ts';
import { complete, createCaseStage, intend, openTask, startErrand, type CaseStage } from '../testing/cases.ts';
import { dyingAfterRpc, expireLeases } from '../testing/crashes.ts';
import { errandFlow } from '../testing/errand.ts';
import { sweep } from '../commands/sweep.ts';
import { startFromCase } from './start-from-case.ts';

const text = (en: string) => ({ 'zh-CN': en, en });
const [handOut] = errandFlow.steps;
const flow: Flow = {
  ...errandFlow,
  start: { ...errandFlow.start, fields: { ...errandFlow.start.fields, note: 'edit' } },
  steps: [
    {
      id: 'least',
      kind: 'userTask',
      title: text('Least loaded'),
      people: { assign: { rule: 'leastLoaded', role: 'hr' } },
    },
    {
      id: 'tell',
      kind: 'serviceTask',
      title: text('Tell'),
      activity: 'notify',
      again: 'run',
      input: { role: '"manager"', text: '"errand_ready"', params: '{ what: what, kind: kind }' },
      output: { amount: 'told' },
    },
    ...(handOut === undefined ? [] : [handOut]),
  ],
};

let stage: CaseStage;
let clerks: string[];
beforeAll(async () => {
  stage = await createCaseStage([flow]);
  clerks = await Promise.all([1, 2].map(() => createPerson(stage.test, { roles: [{ role: 'hr' }] })));
  await stage.worker();
});
afterAll(() => stage.close());

const holderOf = async (taskId: string) => {
  const row = await stage.test.adminDb
    .selectFrom('task')
    .select(['holder', 'explanation'])
    .where('id', '=', taskId)
    .executeTakeFirstOrThrow();
  return row;
};
const history = async (caseId: string) =>
  (await stage.deps.temporal.workflow.getHandle(caseId).fetchHistory()).events?.length ?? 0;

it('rule 17: finds the least loaded, says why, and answers the command when it has', async () => {
  const cases = [await startErrand(stage), await startErrand(stage)];
  const tasks = await Promise.all(
    cases.map(async ({ caseId }) => holderOf((await openTask(stage, caseId, 'least')).id)),
  );

  expect(tasks.map(({ holder }) => holder).sort()).toEqual([...clerks].sort());
  expect(tasks[0]!.explanation).toMatchObject({ rule: 'leastLoaded', inputs: { role: 'hr', open: 0 } });
});

it('rule 17: among those with equally much to do takes whose last task is oldest', async () => {
  const { adminDb } = stage.test;
  const [first, second] = [clerks[0]!, clerks[1]!];
  await sql`update task set state = 'done' where step = 'least'`.execute(adminDb);
  const opened = (clerk: string, ago: string) =>
    sql`update task set opened_at = now() - ${ago}::interval where step = 'least' and holder = ${clerk}`.execute(
      adminDb,
    );
  const next = async () =>
    (await holderOf((await openTask(stage, (await startErrand(stage)).caseId, 'least')).id)).holder;
  await opened(first, '1 hour');
  await opened(second, '2 hours');
  expect(await next()).toBe(second);

  await sql`update task set state = 'done' where step = 'least'`.execute(adminDb);
  await opened(second, '30 minutes');
  expect(await next()).toBe(first);
});

it('rule 8: an activity sees the record of the rev that caused it, and its output comes back as an event with a patch', async () => {
  const { caseId } = await startErrand(stage, { what: 'A parcel', kind: 'small' });
  const least = await openTask(stage, caseId, 'least');
  const clerk = (await holderOf(least.id)).holder!;
  const before = await history(caseId);
  await complete(stage, { taskId: least.id }, intend(clerk));
  await expect
    .poll(async () => (await look(caseId))?.types, { timeout: 15_000 })
    .toEqual(['case_started', 'people_resolved', 'task_completed', 'activity_done']);

  expect(await look(caseId)).toMatchObject({
    amount: '1.00',
    position: ['hand_out'],
    effects: [
      ['least', 'done'],
      ['tell', 'done'],
    ],
  });
  const told = await stage.test.adminDb
    .selectFrom('notification')
    .select(['params', 'kind'])
    .where('person_id', '=', stage.cast.manager)
    .where('case_id', '=', caseId)
    .execute();
  expect(told).toEqual([{ kind: 'errand_ready', params: { what: 'A parcel', kind: 'small' } }]);
  // Five for the command, three and three for the activity and its projection, and the tasks that take their results.
  expect((await history(caseId)) - before).toBeLessThanOrEqual(5 + 6 + 6);
});

it('rule 8: the activity waits for a rev that a crash kept from the tables', async () => {
  const { caseId } = await startErrand(stage, { what: randomUUID() });
  const least = await openTask(stage, caseId, 'least');
  const clerk = (await holderOf(least.id)).holder!;
  const act = {
    taskId: least.id,
    assignment: 1,
    outcome: 'done',
    fields: {},
    comment: null,
    version: 99,
    deviceAt: null,
  };
  expect((await completeTask(dyingAfterRpc(stage.deps), intend(clerk), act)).state).toBe('pending');
  const toldOf = () =>
    stage.test.adminDb
      .selectFrom('notification')
      .select('id')
      .where('case_id', '=', caseId)
      .where('kind', '=', 'errand_ready')
      .execute();
  expect(await toldOf()).toEqual([]);

  await expireLeases(stage.deps);
  await sweep(stage.deps);
  await expect.poll(async () => (await toldOf()).length, { timeout: 15_000 }).toBe(1);
  await expect.poll(async () => (await look(caseId))?.types.at(-1), { timeout: 15_000 }).toBe('activity_done');
});

it('rule 10: starts another case once, however often it is asked, and no chain without end', async () => {
  const { deps, cast, test } = stage;
  const { caseId } = await startErrand(stage);
  const run = (input: object, effect: number, of = caseId) =>
    caseStart.run(
      { flow: 'errand', ...input },
      {
        db: deps.db,
        connectors: noConnectors,
        caseId: of,
        communityId: null,
        idempotencyKey: `${of}:${effect}`,
        startCase: (wish) => startFromCase(deps, wish),
        openCallback: () => Promise.reject(new Error('nobody is asked')),
      },
    );
  const twice = [await run({ fields: { what: 'Another' } }, 7), await run({ fields: { what: 'Another' } }, 7)];
  expect(twice[0]).toEqual(twice[1]);
  const { rows } = await sql<{ initiator: string; number: string }>`
    select initiator, number from "case" where id = ${String(twice[0]?.id)}`.execute(test.adminDb);
  expect(rows).toEqual([{ initiator: cast.staff, number: twice[0]?.number }]);
  await expect(run({ flow: 'nowhere', fields: {} }, 8)).rejects.toMatchObject({ type: 'flow_unknown' });
  await expect(run({ fields: {} }, 9)).rejects.toMatchObject({ type: 'invalid_fields' });

  let last = caseId;
  for (let depth = 1; depth <= 5; depth++) last = String((await run({ fields: { what: 'Chain' } }, 10, last)).id);
  await expect(run({ fields: { what: 'Chain' } }, 10, last)).rejects.toMatchObject({ type: 'start_loop' });
});

async function look(caseId: string) {
  const { rows } = await sql<{ types: string[]; amount: string; position: string[]; effects: unknown }>`
    select (select array_agg(type order by rev) from case_event e where e.case_id = c.id) as types, r.amount, c.position,
      (select json_agg(json_build_array(step, state) order by id) from effect f where f.case_id = c.id) as effects
    from "case" c join record.errand r on r.id = c.id where c.id = ${caseId}`.execute(stage.test.adminDb);
  return rows[0];
}
