/** Branches that run together, with all that is under them: real Postgres, real Temporal (protocol.md rules 1, 7 and 24). */
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Parallel, Step } from '../../workflows/engine/flow.gen.ts';
import { createActStage, decision, type ActStage } from '../testing/acts.ts';
import { intend } from '../testing/cases.ts';
import { dyingBeforeRpc, expireLeases } from '../testing/crashes.ts';
import { after, flowOf } from '../testing/rules.ts';
import { sweep } from './sweep.ts';
import { completeTask } from './task-acts.ts';

const text = (en: string) => ({ 'zh-CN': en, en });
const task = (id: string, role: string): Step => ({
  id,
  kind: 'userTask',
  title: text(id),
  people: { assign: { rule: 'pool', role } },
  fields: { note: 'edit', amount: 'edit' },
});
const beside = (join: Parallel['join']): Parallel => ({
  id: 'beside',
  kind: 'parallel',
  title: text('Beside'),
  ...(join === undefined ? {} : { join }),
  branches: [
    { title: text('One'), steps: [task('one', 'dispatcher')] },
    { title: text('Two'), steps: [task('two', 'technician')] },
  ],
});

let stage: ActStage;
beforeAll(async () => {
  stage = await createActStage([
    flowOf('all_of_them', [beside('all'), after]),
    flowOf('any_of_them', [beside('any'), after]),
  ]);
});
afterAll(() => stage.close());

async function begun(flow: string): Promise<{ caseId: string; one: string; two: string }> {
  const caseId = await stage.start(flow);
  return { caseId, one: await stage.taskOf(caseId, 'one'), two: await stage.taskOf(caseId, 'two') };
}
const record = async (caseId: string) => {
  const { rows } = await sql<{ note: string; amount: string }>`
    select r.note, r.amount from record.errand r where r.id = ${caseId}`.execute(stage.test.adminDb);
  return rows[0];
};

it('join all: goes on when both are done, 5 events each', async () => {
  const { caseId, one, two } = await begun('all_of_them');
  const before = await stage.events(caseId);
  expect((await stage.act('dispatcher', one, 'complete', decision('done'))).statusCode).toBe(200);
  expect(await stage.holders(caseId)).toEqual(['two pool']);
  expect((await stage.act('runner', two, 'complete', decision('done'))).statusCode).toBe(200);
  expect(await stage.holders(caseId)).toEqual(['after pool']);
  expect((await stage.events(caseId)) - before).toBe(10);
});

describe('join any', () => {
  it('goes on with the first, and closes the other branch in the same step', async () => {
    const { caseId, one, two } = await begun('any_of_them');
    await stage.act('runner', two, 'complete', decision('done'));
    expect(await stage.holders(caseId)).toEqual(['after pool']);
    const late = await stage.act('dispatcher', one, 'complete', decision('done'));
    expect([late.statusCode, late.json()]).toMatchObject([
      409,
      { code: 'task_closed', params: { state: 'cancelled', by: { name: 'Runner' } } },
    ]);
  });

  /** The runner's command is given first and its driver dies; then the dispatcher's, in the given way. */
  async function inFlight(): Promise<Awaited<ReturnType<typeof begun>>> {
    const found = await begun('any_of_them');
    const act = {
      taskId: found.two,
      assignment: 1,
      outcome: 'done',
      fields: {},
      comment: null,
      version: 1,
      deviceAt: null,
    };
    const given = await completeTask(dyingBeforeRpc(stage.deps), intend(stage.cast.runner), act);
    expect(given.state).toBe('pending');
    return found;
  }

  it('rule 24: a sibling whose command is in flight is refused with who was first, and gets its input back', async () => {
    const { caseId, one } = await inFlight();
    await expireLeases(stage.deps);
    const body = decision('done', { fields: { note: 'Mine' }, comment: 'Written for nothing' });
    const lost = await stage.act('dispatcher', one, 'complete', body);
    expect([lost.statusCode, lost.json()]).toMatchObject([
      409,
      { code: 'task_closed', params: { by: { name: 'Runner' }, at: expect.any(String) as string } },
    ]);
    expect(await stage.holders(caseId)).toEqual(['after pool']);
    expect(await stage.detail('dispatcher', one)).toMatchObject({
      draft: { fields: { note: 'Mine' }, comment: 'Written for nothing' },
    });
    expect(await record(caseId)).toMatchObject({ note: null });
  });

  it('rule 24: also where it was told “later”: then it is told what became of it', async () => {
    const { caseId, one } = await inFlight();
    const act = { taskId: one, assignment: 1, outcome: 'done', fields: { note: 'Mine' } };
    await completeTask(dyingBeforeRpc(stage.deps), intend(stage.cast.dispatcher), {
      ...act,
      ...{ comment: null, version: 1, deviceAt: null },
    });
    await expireLeases(stage.deps);
    await sweep(stage.deps);
    await sweep(stage.deps);
    expect(await stage.holders(caseId)).toEqual(['after pool']);
    expect(await stage.detail('dispatcher', one)).toMatchObject({ draft: { fields: { note: 'Mine' } } });
    const told = (await stage.ask.dispatcher({ url: '/api/notifications?limit=100' })).json<{
      items: { kind: string; caseId: string; params: object }[];
    }>();
    expect(told.items.find((each) => each.caseId === caseId && each.kind === 'command_refused')).toMatchObject({
      params: { refusal: { code: 'task_closed', params: { by: { name: 'Runner' } } } },
    });
  });
});

it('rule 7: two who wrote the same field clash, with both values; different fields merge', async () => {
  const { caseId, one, two } = await begun('all_of_them');
  await stage.act('dispatcher', one, 'complete', decision('done', { fields: { note: 'Theirs' }, version: 1 }));
  const before = await stage.events(caseId);
  const clash = await stage.act('runner', two, 'complete', decision('done', { fields: { note: 'Mine' }, version: 1 }));
  expect([clash.statusCode, clash.json()]).toMatchObject([
    409,
    {
      code: 'field_changed',
      errors: [{ path: '/fields/note', code: 'field_changed', params: { yours: 'Mine', theirs: 'Theirs' } }],
    },
  ]);
  expect(await stage.events(caseId)).toBe(before);
  const other = decision('done', { fields: { amount: 12.5 }, version: 1 });
  expect((await stage.act('runner', two, 'complete', other)).statusCode).toBe(200);
  expect(await record(caseId)).toEqual({ note: 'Theirs', amount: '12.50' });
});
