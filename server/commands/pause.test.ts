/** Stopping a task's clock: who may, how far, what lists and the log say, and that every other act just goes on (rules 1, 2 and 11). */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApp } from '../app.ts';
import type { App } from '../http.ts';
import { asUser, type Ask } from '../testing/app.ts';
import { createCaseStage, intend, openTask, startErrand, type CaseStage, type Cast } from '../testing/cases.ts';
import { dyingAfterRpc, expireLeases } from '../testing/crashes.ts';
import { errandFlow } from '../testing/errand.ts';
import { pauseTask } from './pause-acts.ts';
import { sweep } from './sweep.ts';

const text = (en: string) => ({ 'zh-CN': en, en });
const pausable = {
  ...errandFlow,
  steps: errandFlow.steps.map((step) =>
    step.kind === 'userTask'
      ? { ...step, due: { in: 'PT2H' }, pause: { max: 'P3D', label: text('Wait'), reasons: [text('Parts')] } }
      : step,
  ),
};

let stage: CaseStage;
let app: App;
let ask: Record<keyof Cast, Ask>;
beforeAll(async () => {
  stage = await createCaseStage([pausable]);
  await stage.worker();
  app = await buildApp(stage.deps);
  const people = Object.entries<string>({ ...stage.cast }).map(
    async ([name, id]) => [name, await asUser(app, id)] as const,
  );
  ask = Object.fromEntries(await Promise.all(people)) as typeof ask;
});
afterAll(async () => {
  await app.close();
  await stage.close();
});

const inHours = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString();
const act = (
  who: Ask,
  task: string,
  name: string,
  { key = randomUUID(), ...payload }: { key?: string; [field: string]: unknown },
) =>
  who({
    method: 'POST',
    url: `/api/tasks/${task}/${name}`,
    payload: { assignment: 1, ...payload },
    headers: { 'idempotency-key': key },
  });
const waiting = (until = inHours(24)) => ({ until, reason: 'Waiting for parts' });
const detail = async (who: Ask, task: string) =>
  (await who({ url: `/api/tasks/${task}` })).json<{
    task: { dueAt: string | null; pause: { since: string; until: string; reason: string } | null };
    mayPause: boolean;
    mayResume: boolean;
    pausing: object | null;
    timeline: { type: string; comment: string | null; data: Record<string, unknown>; actor: { id: string } | null }[];
  }>();
async function begin(): Promise<{ caseId: string; task: string }> {
  const { caseId } = await startErrand(stage);
  return { caseId, task: (await openTask(stage, caseId)).id };
}

describe('pausing', () => {
  it('takes the due time away, says so in lists, task and log with the reason, and goes on by hand', async () => {
    const { task } = await begin();
    const before = await detail(ask.dispatcher, task);
    expect(before).toMatchObject({ mayPause: true, mayResume: false, task: { pause: null } });
    expect(before.pausing).toMatchObject({ max: 'P3D', label: text('Wait'), reasons: [text('Parts')] });
    const until = inHours(24);
    expect((await act(ask.dispatcher, task, 'pause', waiting(until))).statusCode).toBe(200);

    const paused = await detail(ask.dispatcher, task);
    expect(paused).toMatchObject({ mayPause: false, mayResume: true, task: { dueAt: null } });
    expect(paused.task.pause).toMatchObject({ until, reason: 'Waiting for parts' });
    expect(paused.timeline.at(-1)).toMatchObject({
      type: 'task_paused',
      comment: 'Waiting for parts',
      data: { until },
      actor: { id: stage.cast.dispatcher },
    });
    for (const [who, view] of [
      ['dispatcher', 'pool'],
      ['staff', 'started'],
    ] as const) {
      const list = (await ask[who]({ url: `/api/tasks?view=${view}&limit=100` })).json<{
        items: { pause: object }[];
      }>();
      expect(list.items).toContainEqual(expect.objectContaining({ pause: paused.task.pause }));
    }

    expect((await act(ask.dispatcher, task, 'resume', {})).statusCode).toBe(200);
    const resumed = await detail(ask.dispatcher, task);
    expect(resumed).toMatchObject({ mayPause: true, mayResume: false, task: { pause: null } });
    expect(Date.parse(resumed.task.dueAt!)).toBeGreaterThan(Date.parse(before.task.dueAt!));
    expect(resumed.timeline.at(-1)).toMatchObject({ type: 'task_resumed', data: { since: paused.task.pause!.since } });
  });

  it('goes on by itself when the time has come', async () => {
    const { task } = await begin();
    expect((await act(ask.dispatcher, task, 'pause', waiting(inHours(0.4 / 3600)))).statusCode).toBe(200);
    await expect.poll(async () => (await detail(ask.dispatcher, task)).task.pause, { timeout: 15_000 }).toBeNull();
    expect((await detail(ask.dispatcher, task)).timeline.at(-1)).toMatchObject({ type: 'task_resumed', actor: null });
  });

  it('keeps claim, draft and assignment, and lets the task be decided while it stands', async () => {
    const { task } = await begin();
    await act(ask.dispatcher, task, 'claim', {});
    await ask.dispatcher({ method: 'PUT', url: `/api/tasks/${task}/draft`, payload: { fields: { note: 'half' } } });
    await act(ask.dispatcher, task, 'pause', waiting());
    const paused = (await ask.dispatcher({ url: `/api/tasks/${task}` })).json<object>();
    expect(paused).toMatchObject({
      assignment: 1,
      draft: { fields: { note: 'half' } },
      task: { holder: { id: stage.cast.dispatcher } },
    });
    const decision = { outcome: 'handed_out', version: 99, fields: { runner: stage.cast.runner } };
    expect((await act(ask.dispatcher, task, 'complete', decision)).statusCode).toBe(200);
    expect((await detail(ask.dispatcher, task)).task.pause).toBeNull();
  });

  it('resumes when it is handed to somebody else', async () => {
    const { task } = await begin();
    await act(ask.dispatcher, task, 'pause', waiting());
    expect((await act(ask.dispatcher, task, 'transfer', { to: stage.cast.other })).statusCode).toBe(200);
    expect((await detail(ask.other, task)).task).toMatchObject({ pause: null, dueAt: expect.any(String) as string });
  });
});

describe('refusing a pause', () => {
  it('asks for a reason and a moment ahead, no farther than the step allows', async () => {
    const { task } = await begin();
    const errors = async (payload: Record<string, unknown>) =>
      (await act(ask.dispatcher, task, 'pause', payload)).json<{ errors: { path: string; code: string }[] }>().errors;
    expect(await errors({ until: inHours(1), reason: '   ' })).toEqual([{ path: '/reason', code: 'required' }]);
    expect(await errors(waiting(inHours(-1)))).toMatchObject([{ path: '/until', code: 'not_in_future' }]);
    expect(await errors(waiting(inHours(73)))).toMatchObject([
      { path: '/until', code: 'too_far', params: { max: 'P3D' } },
    ]);
  });

  it('only for who holds it, with their assignment, once, and not where it goes', async () => {
    const { task } = await begin();
    expect((await act(ask.stranger, task, 'pause', waiting())).statusCode).toBe(404);
    expect((await act(ask.staff, task, 'pause', waiting())).statusCode).toBe(403);
    const stale = await act(ask.dispatcher, task, 'pause', { ...waiting(), assignment: 7 });
    expect(stale.json()).toMatchObject({ code: 'assignment_changed' });
    expect((await act(ask.dispatcher, task, 'resume', {})).json()).toMatchObject({ code: 'not_paused', status: 409 });
    await act(ask.dispatcher, task, 'pause', waiting());
    expect((await act(ask.dispatcher, task, 'pause', waiting())).json()).toMatchObject({ code: 'already_paused' });
  });

  it('answers a repeated request with the first one’s answer', async () => {
    const { task } = await begin();
    const [key, body] = [randomUUID(), waiting()];
    const first = await act(ask.dispatcher, task, 'pause', { ...body, key });
    const again = await act(ask.dispatcher, task, 'pause', { ...body, key });
    expect(again.json<{ command: string }>().command).toBe(first.json<{ command: string }>().command);
    expect((await act(ask.dispatcher, task, 'pause', { ...body, reason: 'other', key })).json()).toMatchObject({
      code: 'key_reused',
    });
  });
});

it('rule 1: a pause whose driver died is driven on, once', async () => {
  const { caseId, task } = await begin();
  const given = await pauseTask(dyingAfterRpc(stage.deps), intend(stage.cast.dispatcher), {
    taskId: task,
    assignment: 1,
    ...waiting(),
  });
  expect(given.state).toBe('pending');
  await expireLeases(stage.deps);
  await sweep(stage.deps);
  const { rows } = await sql<{ n: number; state: string; paused: boolean }>`
    select (select count(*)::int from case_event where case_id = ${caseId} and type = 'task_paused') as n, state,
      paused_at is not null as paused from task where id = ${task}`.execute(stage.test.adminDb);
  expect(rows).toEqual([{ n: 1, state: 'open', paused: true }]);
});
