/** The overview counts what the same person's search finds, and nothing else. */
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Static } from 'typebox';
import { buildApp } from '../../app.ts';
import { startCase } from '../../commands/start.ts';
import type { App } from '../../http.ts';
import { asUser, type Ask } from '../../testing/app.ts';
import { complete, createCaseStage, intend, openTask, type CaseStage } from '../../testing/cases.ts';
import { errandFlow } from '../../testing/errand.ts';
import type { Overview } from './schemas.ts';

type View = Static<typeof Overview>;

let stage: CaseStage;
let app: App;
const ids: string[] = [];
const told = { 'zh-CN': '等待派人', en: 'Waiting until somebody goes' };

beforeAll(async () => {
  const due = { in: 'PT1S', then: { do: 'escalate' as const, to: 'manager' } };
  const [first, ...rest] = errandFlow.steps;
  stage = await createCaseStage([
    { ...errandFlow, steps: [{ ...first, due, stage: told } as (typeof errandFlow.steps)[0], ...rest] },
  ]);
  await stage.test.adminDb
    .updateTable('role')
    .set({ may: ['overview.read', 'case.read'] })
    .where('key', '=', 'manager')
    .execute();
  await stage.test.adminDb
    .updateTable('role')
    .set({ may: ['overview.read'] })
    .where('key', '=', 'dispatcher')
    .execute();
  await stage.worker();
  app = await buildApp(stage.deps);
  for (const what of ['a', 'b', 'c']) {
    const start = { flow: 'errand', fields: { what }, communityId: null };
    ids.push((await startCase(stage.deps, intend(stage.cast.staff), start)).caseId);
  }
  const task = await openTask(stage, ids[0]!);
  const done = { taskId: task.id, outcome: 'handed_out', fields: { runner: stage.cast.runner } };
  await complete(stage, done, intend(stage.cast.dispatcher));
  await vi.waitFor(
    async () => {
      expect(await escalations()).toBe(2);
    },
    { timeout: 30_000, interval: 200 },
  );
}, 90_000);
afterAll(async () => {
  await app.close();
  await stage.close();
});

async function escalations(): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from case_event e join task t on t.id = e.task_id
     where e.type = 'timer_fired' and e.data ->> 'action' = 'escalate' and t.state = 'open'`.execute(
    stage.test.adminDb,
  );
  return rows[0]!.n;
}

const look = async (ask: Ask): Promise<View> => (await ask({ url: '/api/overview' })).json<View>();

describe('the overview', () => {
  it('counts running, overdue and escalated cases as the search finds them', async () => {
    const ask = await asUser(app, stage.cast.manager);
    const { cases } = await look(ask);
    const found = async (filter: string): Promise<number> =>
      (await ask({ url: `/api/cases/search?status=running&${filter}` })).json<{ items: object[] }>().items.length;

    expect(cases?.numbers).toEqual({ running: 3, overdue: 2, escalated: 2, incidents: 0 });
    expect([await found(''), await found('overdue=true'), await found('escalated=true')]).toEqual([3, 2, 2]);
    for (const each of cases!.stages)
      expect(await found(`flow=${each.flow}&stage=${each.step}`), each.step).toBe(each.cases);
    expect(cases?.stages.map(({ step, cases: many, overdue }) => [step, many, overdue])).toEqual([
      ['hand_out', 2, 2],
      ['run', 1, 0],
    ]);
    expect(cases?.workload).toEqual([{ person: { id: stage.cast.runner, name: 'Runner' }, cases: 1, overdue: 0 }]);
  });

  it('names stages as staff name the steps, and tells them as the flow does only to whom a case is about', async () => {
    const manager = await asUser(app, stage.cast.manager);
    const initiator = await asUser(app, stage.cast.staff);
    const title = async (ask: Ask): Promise<unknown> =>
      (await ask({ url: `/api/cases/${ids[1]!}` })).json<{ case: { stage: unknown } }>().case.stage;

    const { cases } = await look(manager);
    const facets = (await manager({ url: '/api/cases/facets' })).payload;
    expect(cases?.stages[0]?.title).toEqual(errandFlow.steps[0]!.title);
    expect(facets).not.toContain(told.en);
    expect(await title(manager)).toEqual(errandFlow.steps[0]!.title);
    expect(await title(initiator)).toEqual(told);
  });

  it('says nothing of cases to who reads none, and nothing of staff to who keeps none', async () => {
    expect(await look(await asUser(app, stage.cast.dispatcher))).toMatchObject({ cases: null, staff: null });
  });

  it('is refused to whoever has no use for it', async () => {
    const ask = await asUser(app, stage.cast.staff);

    expect((await ask({ url: '/api/overview' })).json()).toMatchObject({ status: 403, code: 'forbidden' });
    expect((await ask({ url: '/api/overview?community=x' })).statusCode).toBe(422);
  });

  it('counts nothing in a community that has nothing', async () => {
    const ask = await asUser(app, stage.cast.manager);
    const view = (await ask({ url: '/api/overview?community=00000000-0000-7000-8000-000000000000' })).json<View>();

    expect(view.cases).toMatchObject({ numbers: { running: 0 }, stages: [], workload: [] });
  });
});
