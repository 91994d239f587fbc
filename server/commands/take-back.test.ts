/** 拿回: a decision is taken back while nobody has gone on from it (protocol.md rule 11), each interleaving forced. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Step } from '../../workflows/engine/flow.gen.ts';
import { createActStage, decision, type ActStage } from '../testing/acts.ts';
import { intend } from '../testing/cases.ts';
import { dyingAfterRpc, dyingBeforeRpc, expireLeases } from '../testing/crashes.ts';
import { after, flowOf, wait } from '../testing/rules.ts';
import { sweep } from './sweep.ts';
import { takeBackDecision } from './take-back.ts';
import { completeTask } from './task-acts.ts';

const text = (en: string) => ({ 'zh-CN': en, en });
const sign: Step = {
  id: 'sign',
  kind: 'approval',
  title: text('Sign'),
  mode: 'all',
  people: { assign: { rule: 'role', role: 'dispatcher' } },
};
const hasty = { ...after, id: 'hasty', due: { in: 'PT1S', then: { do: 'complete', outcome: 'done' } } } as Step;
const beside: Step = {
  id: 'beside',
  kind: 'parallel',
  title: text('Beside'),
  branches: [
    { title: text('One'), steps: [hasty] },
    { title: text('Two'), steps: [after] },
  ],
};

let stage: ActStage;
beforeAll(async () => {
  stage = await createActStage([
    flowOf('handing', [wait(), after]),
    flowOf('signing', [sign, after]),
    flowOf('strict', [wait({ allow: { takeBack: false } }), after]),
    flowOf('hasty', [wait(), beside]),
  ]);
});
afterAll(() => stage.close());

/** A case whose first task the dispatcher has just decided. */
async function decided(flow = 'handing'): Promise<{ caseId: string; task: string }> {
  const caseId = await stage.start(flow);
  const task = await stage.taskOf(caseId, 'wait');
  expect((await stage.act('dispatcher', task, 'complete', decision('done'))).statusCode).toBe(200);
  return { caseId, task };
}
const takeBack = async (task: string, who: 'dispatcher' | 'other' | 'runner' = 'dispatcher', key?: string) => {
  const answer = await stage.act(who, task, 'take-back', { comment: 'Too early', ...(key ? { key } : {}) });
  return { status: answer.statusCode, ...answer.json<{ code?: string; params?: object; command: string }>() };
};
const states = async (caseId: string) => {
  const { rows } = await sql<{ step: string; state: string }>`
    select step, state from task where case_id = ${caseId} order by opened_rev, step`.execute(stage.test.adminDb);
  return rows.map(({ step, state }) => `${step} ${state}`);
};

describe('taking back', () => {
  it('opens the step again for whoever decided, closes what it opened, and says so', async () => {
    const { caseId, task } = await decided();
    expect(await stage.detail('dispatcher', task)).toMatchObject({ mine: false, allow: { takeBack: true } });
    expect(await stage.detail('other', task)).toMatchObject({ allow: { takeBack: false } });
    const before = await stage.events(caseId);
    expect(await takeBack(task)).toMatchObject({ status: 200 });

    expect((await stage.events(caseId)) - before).toBe(6);
    expect(await stage.holders(caseId)).toEqual(['wait dispatcher']);
    expect(await states(caseId)).toEqual(['wait done', 'after cancelled', 'wait open']);
    expect(await stage.detail('dispatcher', await stage.taskOf(caseId, 'wait'))).toMatchObject({
      mine: true,
      position: [
        { step: 'wait', state: 'current' },
        { step: 'after', state: 'upcoming' },
      ],
      timeline: [
        { type: 'case_started' },
        { type: 'task_completed' },
        { type: 'task_taken_back', actor: { name: 'Dispatcher' }, comment: 'Too early', step: { id: 'wait' } },
      ],
    });
    expect(await stage.detail('dispatcher', task)).toMatchObject({ allow: { takeBack: false } });
  });

  it('takes back a voice of an approval that still waits for others, whatever those have begun', async () => {
    const caseId = await stage.start('signing');
    const task = await stage.taskOf(caseId, 'sign', 'dispatcher');
    const theirs = await stage.taskOf(caseId, 'sign', 'other');
    await stage.ask.other({ method: 'PUT', url: `/api/tasks/${theirs}/draft`, payload: { fields: {}, comment: 'hm' } });
    await stage.act('dispatcher', task, 'complete', decision('approved'));
    expect(await stage.holders(caseId)).toEqual(['sign other']);
    expect(await takeBack(task)).toMatchObject({ status: 200 });
    expect(await stage.holders(caseId)).toEqual(['sign dispatcher', 'sign other']);
    expect(await stage.detail('other', theirs)).toMatchObject({ draft: { comment: 'hm' } });
  });

  it('answers the same request once; of two at once one wins', async () => {
    const { caseId, task } = await decided();
    const key = randomUUID();
    const [first, again] = [await takeBack(task, 'dispatcher', key), await takeBack(task, 'dispatcher', key)];
    expect(again.command).toBe(first.command);
    const second = await decided();
    const both = await Promise.all([takeBack(second.task), takeBack(second.task)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await stage.holders(caseId)).toEqual(['wait dispatcher']);
    expect(await stage.holders(second.caseId)).toEqual(['wait dispatcher']);
  });
});

describe('too late', () => {
  it.each([
    ['claimed', (task: string) => stage.act('other', task, 'claim')],
    [
      'drafted',
      (task: string) =>
        stage.ask.other({ method: 'PUT', url: `/api/tasks/${task}/draft`, payload: { fields: {}, comment: 'half' } }),
    ],
    ['decided', (task: string) => stage.act('other', task, 'complete', decision('done'))],
  ] as const)('rule 11: once somebody has %s what it opened, with who, and without a trace', async (how, begin) => {
    const { caseId, task } = await decided(how === 'decided' ? 'hasty' : 'handing');
    expect((await begin(await stage.taskOf(caseId, 'after'))).statusCode).toBe(200);
    const before = await stage.events(caseId);
    expect(await takeBack(task)).toMatchObject({
      status: 409,
      code: 'take_back_too_late',
      params: { how, by: { name: 'Other' }, at: expect.any(String) as string },
    });
    expect(await stage.events(caseId)).toBe(before);
    expect(await stage.detail('dispatcher', task)).toMatchObject({ allow: { takeBack: false } });
  });

  it('rule 11: while a decision of what it opened is on its way, with whose', async () => {
    const { caseId, task } = await decided();
    const act = { taskId: await stage.taskOf(caseId, 'after'), assignment: 1, outcome: 'done', fields: {} };
    const dying = completeTask(dyingBeforeRpc(stage.deps), intend(stage.cast.other), {
      ...act,
      ...{ comment: null, version: 1000, deviceAt: null },
    });
    expect((await dying).state).toBe('pending');
    expect(await takeBack(task)).toMatchObject({ status: 409, params: { how: 'decided', by: { name: 'Other' } } });
  });

  it('only for whoever decided, where the step allows it, and while the case runs', async () => {
    const { caseId, task } = await decided();
    const next = await stage.taskOf(caseId, 'after');
    expect(await takeBack(task, 'other')).toMatchObject({ status: 403, code: 'not_yours' });
    expect(await takeBack(task, 'runner')).toMatchObject({ status: 404 });
    expect(await takeBack(next)).toMatchObject({ status: 403, code: 'not_yours' });
    expect(await takeBack((await decided('strict')).task)).toMatchObject({ status: 403, code: 'act_not_allowed' });
    await stage.act('other', next, 'complete', decision('done'));
    expect(await takeBack(task)).toMatchObject({ status: 409, code: 'case_closed' });
  });
});

describe('rule 11: between taking back and the engine', () => {
  const held = async (die: typeof dyingBeforeRpc, flow?: string) => {
    const found = await decided(flow);
    const act = { taskId: found.task, comment: null };
    const given = await takeBackDecision(die(stage.deps), intend(stage.cast.dispatcher), act);
    expect(given.state).toBe('pending');
    return found;
  };
  const driveOn = async () => {
    await expireLeases(stage.deps);
    await sweep(stage.deps);
  };

  it('nobody claims, drafts or decides what the decision opened', async () => {
    const { caseId } = await held(dyingBeforeRpc);
    const next = await stage.taskOf(caseId, 'after');
    const draft = { method: 'PUT', url: `/api/tasks/${next}/draft`, payload: { fields: {}, comment: 'x' } } as const;
    const tries = [
      await stage.act('other', next, 'claim'),
      await stage.ask.other(draft),
      await stage.act('other', next, 'complete', decision('done')),
    ];
    expect(tries.map((answer) => [answer.statusCode, answer.json<{ params: object }>().params])).toMatchObject(
      tries.map(() => [409, { by: { name: 'Dispatcher' } }]),
    );
    await driveOn();
    expect(await states(caseId)).toEqual(['wait done', 'after cancelled', 'wait open']);
  });

  it('what the case did meanwhile refuses it, and what was held is open again', async () => {
    const { caseId } = await held(dyingBeforeRpc, 'hasty');
    await expect.poll(() => states(caseId), { timeout: 15_000 }).toContain('hasty done');
    await driveOn();
    expect(await states(caseId)).toEqual(['wait done', 'after open', 'hasty done']);
    const { rows } = await sql<{ state: string; code: string }>`
      select state, refusal ->> 'code' as code from command where case_id = ${caseId} and kind = 'takeBack'`.execute(
      stage.test.adminDb,
    );
    expect(rows).toEqual([{ state: 'refused', code: 'take_back_too_late' }]);
  });

  it('a driver that died after the engine’s answer leaves it done once', async () => {
    const { caseId } = await held(dyingAfterRpc);
    await driveOn();
    expect(await states(caseId)).toEqual(['wait done', 'after cancelled', 'wait open']);
  });
});
