/**
 * Steps for each of many items, on real Postgres and real Temporal: over as many runs as it takes, of which none has a history that is too
 * long. EACH_ITEMS=10000 says how many: ten for each row of a table, which holds a thousand at most.
 */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Flow, Step } from '../../workflows/engine/flow.gen.ts';
import { publishFlow } from '../definitions/flows.ts';
import { publishForm } from '../definitions/forms.ts';
import { complete, createCaseStage, intend, type CaseStage } from '../testing/cases.ts';
import { after } from '../testing/rules.ts';
import { startCase } from './start.ts';

const perRow = 10;
const rows = Math.ceil(Number(process.env.EACH_ITEMS ?? 300) / perRow);
const items = rows * perRow;
/** Temporal warns of longer histories. */
const longest = 10_240;
/** Decisions on their way at the same time: more a case does not take. */
const atOnce = 8;
const limitMs = 60_000 + items * 500;

const text = (en: string) => ({ 'zh-CN': en, en });
const form = {
  schema: {
    title: 'Many',
    type: 'object',
    additionalProperties: false,
    'x-key': 'many',
    'x-kind': 'case',
    'x-title': text('Many'),
    'x-local': false,
    'x-label': '{what}',
    properties: {
      what: { type: 'string', 'x-field': 'text', 'x-title': text('What') },
      lines: {
        type: 'array',
        maxItems: 1000,
        'x-field': 'table',
        'x-title': text('Lines'),
        items: {
          type: 'object',
          additionalProperties: false,
          properties: { place: { type: 'string', 'x-field': 'text', 'x-title': text('Place') } },
        },
      },
    },
  },
  layout: { sections: [{ fields: ['what', 'lines'] }], list: ['what'] },
};
const flowOf = (key: string, step: Step): Flow => ({
  key,
  title: text(key),
  form: 'many',
  caseTitle: 'what',
  start: { who: ['staff'], fields: { what: 'edit', lines: 'edit' } },
  steps: [
    {
      id: 'rows',
      kind: 'forEach',
      title: text('Rows'),
      list: 'lines',
      as: 'line',
      atOnce: 20,
      steps: [
        {
          id: 'each',
          kind: 'forEach',
          title: text('Each'),
          list: `for i in 1..${perRow} return i`,
          as: 'nth',
          steps: [step],
        },
      ],
    },
    after,
  ],
});
const check: Step = { id: 'one', kind: 'userTask', title: text('One'), people: { assign: { rule: 'initiator' } } };
const tell: Step = {
  id: 'one',
  kind: 'serviceTask',
  title: text('One'),
  activity: 'notify',
  again: 'run',
  input: { role: '"manager"', text: '"errand_ready"' },
};

let stage: CaseStage;
beforeAll(async () => {
  stage = await createCaseStage([]);
  await publishForm(stage.test.adminDb, form, { note: null, by: null });
  for (const flow of [flowOf('checked', check), flowOf('told', tell)])
    await publishFlow(stage.test.adminDb, flow, { note: null, by: null });
  await stage.worker({ sweepEveryMs: 1000 });
});
afterAll(() => stage.close());

async function begin(flow: string): Promise<string> {
  const lines = Array.from({ length: rows }, (_, index) => ({ place: `P-${index}` }));
  const act = { flow, fields: { what: 'Round', lines }, communityId: null };
  return (await startCase(stage.deps, intend(stage.cast.staff), act)).caseId;
}
async function openTasks(caseId: string): Promise<{ id: string; step: string }[]> {
  const { rows: open } = await sql<{ id: string; step: string }>`
    select id, step from task where case_id = ${caseId} and state = 'open' order by opened_rev, id limit ${atOnce}`.execute(
    stage.test.adminDb,
  );
  return open;
}
const isAfter = (caseId: string) =>
  expect
    .poll(async () => (await openTasks(caseId)).map(({ step }) => step), { timeout: limitMs, interval: 200 })
    .toEqual(['after']);

/** Events of each run of the case, the newest first. */
async function runsOf(caseId: string): Promise<number[]> {
  const lengths: number[] = [];
  let runId: string | undefined;
  do {
    const { events } = await stage.deps.temporal.workflow.getHandle(caseId, runId).fetchHistory();
    lengths.push(events?.length ?? 0);
    runId = events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId ?? undefined;
  } while (runId !== undefined && runId !== '');
  return lengths;
}
async function report(what: string, caseId: string, begunAt: number): Promise<number[]> {
  const runs = await runsOf(caseId);
  const seconds = ((Date.now() - begunAt) / 1000).toFixed(1);
  process.stdout.write(
    `${items} items ${what}: ${seconds} s, ${runs.length} runs, longest history ${Math.max(...runs)}\n`,
  );
  return runs;
}

it(
  'each done by a person, none lost and none twice',
  async () => {
    const begunAt = Date.now();
    const caseId = await begin('checked');
    for (let tasks = await openTasks(caseId); tasks[0]?.step !== 'after'; tasks = await openTasks(caseId))
      await Promise.all(
        tasks
          .filter(({ step }) => step === 'one')
          .map(({ id: taskId }) => complete(stage, { taskId }, intend(stage.cast.staff))),
      );

    await isAfter(caseId);
    const { rows: counts } = await sql`
      select count(*)::int as tasks, count(distinct item)::int as items, bool_and(state = 'done') as done
      from task where case_id = ${caseId} and step = 'one'`.execute(stage.test.adminDb);
    expect(counts).toEqual([{ tasks: items, items, done: true }]);
    expect(Math.max(...(await report('by people', caseId, begunAt)))).toBeLessThan(longest);
  },
  limitMs,
);

it(
  'each done by a service, none lost and none twice',
  async () => {
    const begunAt = Date.now();
    const caseId = await begin('told');

    await isAfter(caseId);
    const { rows: counts } = await sql`
      select count(*)::int as effects, bool_and(state = 'done') as done from effect where case_id = ${caseId}`.execute(
      stage.test.adminDb,
    );
    expect(counts).toEqual([{ effects: items, done: true }]);
    expect(Math.max(...(await report('by a service', caseId, begunAt)))).toBeLessThan(longest);
  },
  limitMs,
);
