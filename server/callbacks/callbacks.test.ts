/** Steps that wait to be called back, with a real service outside that is asked and calls. Real Postgres, real Temporal, real sockets. */
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Flow, Handler } from '../../workflows/engine/flow.gen.ts';
import { callbackSignal, checkpointSignal } from '../../workflows/messages.ts';
import { buildApp } from '../app.ts';
import { receiveCallback } from '../commands/callbacks/receive.ts';
import { wakeCallbacks } from '../commands/callbacks/wake.ts';
import type { App } from '../http.ts';
import { asUser, createPerson, type Ask } from '../testing/app.ts';
import { createCaseStage, type CaseStage } from '../testing/cases.ts';
import { beginCase, publishSteps } from '../testing/messages.ts';
import { callBack, openOutside, type Outside } from '../testing/outside.ts';
import { after, look } from '../testing/rules.ts';
import { perform } from '../worker/perform.ts';

let stage: CaseStage;
let app: App;
let outside: Outside;
let admin: Ask;
let flow: string;
let caught: string;
beforeAll(async () => {
  outside = await openOutside();
  stage = await createCaseStage();
  app = await buildApp(stage.deps);
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  stage.deps.config = { ...stage.deps.config, port, connectors: outside.settings };
  await stage.worker();
  admin = await asUser(app, await createPerson(stage.test, { name: 'Admin', roles: [{ role: 'admin' }] }));
  flow = await publishSteps(stage, [order(), after]);
  caught = await publishSteps(stage, [order({ on: [late] }), after]);
});
beforeEach(() => {
  outside.before = () => Promise.resolve(202);
});
afterAll(async () => {
  await app.close();
  await stage.close();
  outside.close();
});

const text = (en: string) => ({ 'zh-CN': en, en });
const late: Handler = {
  id: 'late',
  catch: 'error',
  title: text('Late'),
  codes: ['callback_timeout'],
  steps: [{ ...after, id: 'remind' }],
};
function order(more: object = {}): Flow['steps'][number] {
  return {
    id: 'order',
    kind: 'serviceTask',
    title: text('Order'),
    activity: 'http.callback',
    again: 'run',
    input: {
      method: '"POST"',
      url: `"${outside.url}"`,
      body: '{ number: number, callback: "{{callbackUrl}}" }',
      within: '"P3D"',
      expect: '{ text: "string", sum: "number?" }',
    },
    output: { note: 'text', amount: 'sum' },
    ...more,
  };
}
const done = { text: 'mended', sum: 42.5 };

/** A case that has asked; `number` is what it calls itself. */
async function begin(of = flow): Promise<{ caseId: string; number: string }> {
  const caseId = await beginCase(stage, { flow: of, note: 'first' });
  const { rows } = await sql<{ number: string }>`select number from "case" where id = ${caseId}`.execute(
    stage.test.adminDb,
  );
  return { caseId, number: rows[0]!.number };
}
interface Row {
  effect: number;
  state: string;
  asked: boolean;
  body: object | null;
  ended: string;
  rev: number;
}
async function rowsOf(caseId: string): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select f.id as effect, c.state, c.asked_at is not null as asked, c.body, f.state as ended, f.rev
    from effect f left join callback c on c.case_id = f.case_id and c.effect = f.id where f.case_id = ${caseId} order by f.id`.execute(
    stage.test.adminDb,
  );
  return rows;
}
/** It waits, and the engine knows that the activity is over for now. */
async function waits(caseId: string): Promise<void> {
  await expect.poll(async () => (await rowsOf(caseId)).at(-1)?.asked, { timeout: 15_000 }).toBe(true);
  const handle = stage.deps.temporal.workflow.getHandle(caseId);
  await expect
    .poll(async () => (await handle.describe()).raw.pendingActivities?.length ?? 0, { timeout: 15_000 })
    .toBe(0);
}
const isAt = (caseId: string, step: string) =>
  expect
    .poll(async () => (await look(stage, caseId)).tasks.map((task) => task.step), { timeout: 15_000 })
    .toEqual([step]);
const typesOf = async (caseId: string) => (await look(stage, caseId)).types;
async function written(caseId: string) {
  const { rows } = await sql<object>`select note, amount from record.errand where id = ${caseId}`.execute(
    stage.test.adminDb,
  );
  return rows[0];
}
const act = (caseId: string, name: string, payload: object) =>
  admin({ method: 'POST', url: `/api/cases/${caseId}/${name}`, payload, headers: { 'idempotency-key': randomUUID() } });
/** Time passes: whatever is due now. */
const sweepNow = async (caseId: string, isOver = false) => {
  await sql`update callback set next_at = now() - interval '1 second',
    expires_at = case when ${isOver} then now() - interval '1 second' else expires_at end where case_id = ${caseId}`.execute(
    stage.test.adminDb,
  );
  await wakeCallbacks(stage.deps);
};

describe('a step that waits to be called back', () => {
  it('asks with an address, waits, and goes on with what is said there', async () => {
    const { caseId, number } = await begin();
    const { callback, headers } = await outside.whenAsked(number);
    await waits(caseId);
    expect(await typesOf(caseId)).toEqual(['case_started']);
    expect((await rowsOf(caseId))[0]).toMatchObject({ state: 'open', ended: 'pending' });

    expect(await callBack(callback, { ...done, secret: 'not asked for' })).toEqual({
      status: 200,
      body: { state: 'received' },
    });

    await isAt(caseId, 'after');
    expect(await typesOf(caseId)).toEqual(['case_started', 'activity_done']);
    expect(await written(caseId)).toEqual({ note: 'mended', amount: '42.50' });
    const [{ effect }] = (await rowsOf(caseId)) as [Row];
    expect(headers['idempotency-key']).toBe(`${caseId}:${effect}`);
    const { rows } = await sql<{ output: object }>`select output from effect where case_id = ${caseId}`.execute(
      stage.test.adminDb,
    );
    expect(rows).toEqual([{ output: done }]);
  });

  it('keeps the address nowhere, and nothing of what was said once it is in the case', async () => {
    const { caseId, number } = await begin();
    const { callback } = await outside.whenAsked(number);
    await waits(caseId);
    const token = callback.slice(callback.lastIndexOf('/') + 1);
    expect(token).toMatch(/^[\w-]{43}$/);
    await callBack(callback, done);
    await isAt(caseId, 'after');
    await sweepNow(caseId);

    expect(await rowsOf(caseId)).toMatchObject([{ state: 'closed', body: null, ended: 'done' }]);
    const { rows } = await sql<{ text: string }>`
      select (select to_jsonb(f)::text from effect f where f.case_id = c.case_id) || to_jsonb(c)::text
        || (select json_agg(e)::text from case_event e where e.case_id = c.case_id) as text from callback c where c.case_id = ${caseId}`.execute(
      stage.test.adminDb,
    );
    expect(rows[0]?.text).toContain('{{callbackUrl}}');
    expect(rows[0]?.text).not.toContain(token);
  });

  it('refuses what it does not expect and goes on waiting', async () => {
    const { caseId, number } = await begin();
    const { callback } = await outside.whenAsked(number);

    expect(await callBack(callback, { text: 5, sum: 'much' })).toMatchObject({
      status: 422,
      body: {
        code: 'invalid_request',
        errors: [
          { path: '/sum', code: 'wrong_type' },
          { path: '/text', code: 'wrong_type' },
        ],
      },
    });
    expect(await callBack(callback, {})).toMatchObject({ status: 422, body: { errors: [{ path: '/text' }] } });
    expect(await callBack(callback, ['mended'])).toMatchObject({ status: 422 });
    expect(await callBack(callback, 'mended')).toMatchObject({ status: 400, body: { code: 'invalid_json' } });
    expect(await callBack(callback, { text: 'x'.repeat(70_000) })).toMatchObject({ status: 413 });
    expect(await callBack(callback, { text: 'a\0b' })).toMatchObject({ status: 422 });

    expect((await callBack(callback, { text: 'in part' })).status).toBe(200);
    await isAt(caseId, 'after');
    expect(await written(caseId)).toEqual({ note: 'in part', amount: null });
  });

  it('takes the first of two that call at once, and answers it alike when it calls again', async () => {
    const { caseId, number } = await begin();
    const { callback } = await outside.whenAsked(number);
    const bodies = Array.from({ length: 8 }, (_, index) => ({ text: `caller ${index}` }));

    const answers = await Promise.all(bodies.map((body) => callBack(callback, body)));

    const first = answers.findIndex(({ status }) => status === 200);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 7 }, () => 410)]);
    expect(answers.find(({ status }) => status === 410)?.body).toMatchObject({ code: 'callback_over' });
    await isAt(caseId, 'after');
    expect(await written(caseId)).toMatchObject({ note: `caller ${first}` });
    expect(await callBack(callback, bodies[first])).toEqual({ status: 200, body: { state: 'received' } });
    expect((await callBack(callback, bodies[(first + 1) % 8])).status).toBe(410);
    expect(await typesOf(caseId)).toEqual(['case_started', 'activity_done']);
  });

  it('knows no address that it did not make, and lets nobody try many', async () => {
    const { number } = await begin();
    const { callback } = await outside.whenAsked(number);
    const other = callback.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));

    expect(await callBack(other, done)).toMatchObject({ status: 404, body: { code: 'not_found' } });
    const ask = () =>
      app.inject({ method: 'POST', url: '/api/callbacks/guess', payload: done, remoteAddress: '203.0.113.9' });
    const statuses = new Set<number>();
    for (let tries = 0; tries < 301; tries += 1) statuses.add((await ask()).statusCode);
    expect([...statuses]).toEqual([404, 429]);
  });
});

describe('whatever comes in between', () => {
  it('a call before the request is answered counts, once', async () => {
    outside.before = async ({ callback }) => {
      expect((await callBack(callback, done)).status).toBe(200);
      return 202;
    };
    const { caseId } = await begin();

    await isAt(caseId, 'after');
    await sweepNow(caseId);
    expect(await typesOf(caseId)).toEqual(['case_started', 'activity_done']);
    expect(await written(caseId)).toMatchObject({ note: 'mended' });
  });

  it('a call counts also where the request then comes to nothing: whoever called was told so', async () => {
    outside.before = async ({ callback }) => {
      await callBack(callback, done);
      return 400;
    };
    const { caseId } = await begin();

    await isAt(caseId, 'after');
    expect(await typesOf(caseId)).toEqual(['case_started', 'activity_done']);
  });

  it('a server that dies before it tells the case loses nothing, and telling again and again doubles nothing', async () => {
    const { caseId, number } = await begin();
    const { callback } = await outside.whenAsked(number);
    await waits(caseId);

    // Kept; the process died before the case was told.
    await receiveCallback(stage.deps, callback.slice(callback.lastIndexOf('/') + 1), done);
    expect(await typesOf(caseId)).toEqual(['case_started']);

    await Promise.all([sweepNow(caseId), sweepNow(caseId), sweepNow(caseId)]);
    await isAt(caseId, 'after');
    const handle = stage.deps.temporal.workflow.getHandle(caseId);
    const [{ effect }] = (await rowsOf(caseId)) as [Row];
    for (const id of [effect, effect + 1]) await handle.signal(callbackSignal, id);
    await sweepNow(caseId);
    expect(await typesOf(caseId)).toEqual(['case_started', 'activity_done']);
  });

  it('a worker that dies between asking and noting it asks again, with the same address under the same key', async () => {
    const { caseId, number } = await begin();
    const first = await outside.whenAsked(number);
    await waits(caseId);
    await sql`update callback set asked_at = null where case_id = ${caseId}`.execute(stage.test.adminDb);
    const [{ effect, rev }] = (await rowsOf(caseId)) as [Row];
    const request = { caseId, effect, rev, step: 'order', activity: 'http.callback' };

    expect(await perform(stage.deps, request, 2)).toMatchObject({ waiting: true });

    const second = await outside.whenAsked(number, 2);
    expect(second.callback).toBe(first.callback);
    expect(second.headers['idempotency-key']).toBe(first.headers['idempotency-key']);
    // Once noted it is never asked again.
    expect(await perform(stage.deps, request, 3)).toMatchObject({ waiting: true });
    expect(outside.asked.filter(({ body }) => body.number === number)).toHaveLength(2);
  });

  it('a case goes on in a new run while it waits', async () => {
    const { caseId, number } = await begin();
    const { callback } = await outside.whenAsked(number);
    await waits(caseId);
    const handle = stage.deps.temporal.workflow.getHandle(caseId);
    const { runId } = await handle.describe();

    await handle.signal(checkpointSignal);
    await expect.poll(async () => (await handle.describe()).runId, { timeout: 15_000 }).not.toBe(runId);
    await callBack(callback, done);

    await isAt(caseId, 'after');
    expect(outside.asked.filter(({ body }) => body.number === number)).toHaveLength(1);
    expect(await typesOf(caseId)).toEqual(['case_started', 'activity_done']);
  });
});

describe('a step that is waited for no longer', () => {
  const cancel = async (caseId: string) => {
    expect((await act(caseId, 'cancel', { comment: 'Not needed' })).statusCode).toBe(200);
  };
  const ends = (caseId: string) =>
    expect.poll(async () => (await rowsOf(caseId))[0]?.ended, { timeout: 15_000 }).not.toBe('pending');

  it('of a cancelled case has a dead address', async () => {
    const { caseId, number } = await begin();
    const { callback } = await outside.whenAsked(number);
    await waits(caseId);

    await cancel(caseId);

    // From the answer on, whether its activity has heard of it or not.
    expect(await callBack(callback, done)).toMatchObject({ status: 410, body: { code: 'callback_over' } });
    await ends(caseId);
    expect(await rowsOf(caseId)).toMatchObject([{ state: 'closed', ended: 'failed' }]);
    expect(await typesOf(caseId)).toEqual(['case_started', 'case_cancelled', 'activity_failed']);
    const handle = stage.deps.temporal.workflow.getHandle(caseId);
    await expect.poll(async () => (await handle.describe()).status.name, { timeout: 15_000 }).toBe('COMPLETED');
  });

  it('a call that was taken before the case was cancelled is known, and what it says is undone', async () => {
    const undone = await publishSteps(stage, [
      order({ compensate: { activity: 'notify', input: { role: '"manager"', text: '"errand_ready"' } } }),
      after,
    ]);
    const { caseId, number } = await begin(undone);
    const { callback } = await outside.whenAsked(number);
    await waits(caseId);
    await receiveCallback(stage.deps, callback.slice(callback.lastIndexOf('/') + 1), done);

    await cancel(caseId);
    await ends(caseId);

    await expect
      .poll(() => typesOf(caseId), { timeout: 15_000 })
      .toEqual(['case_started', 'case_cancelled', 'activity_done', 'step_compensated']);
    expect((await look(stage, caseId)).status).toBe('cancelled');
  });
});

describe('a call that does not come in time', () => {
  it('is a business error that a handler of the flow may catch', async () => {
    const { caseId, number } = await begin(caught);
    const { callback } = await outside.whenAsked(number);
    await waits(caseId);

    await sweepNow(caseId, true);

    await isAt(caseId, 'remind');
    expect((await callBack(callback, done)).status).toBe(410);
    expect(await typesOf(caseId)).toEqual(['case_started', 'activity_failed']);
  });

  it('is too late by its time, before any sweep has seen it', async () => {
    const { caseId, number } = await begin();
    const { callback } = await outside.whenAsked(number);
    await sql`update callback set expires_at = now() where case_id = ${caseId}`.execute(stage.test.adminDb);

    expect((await callBack(callback, done)).status).toBe(410);
  });

  it('is an incident where nobody catches it; tried again it asks anew, with another address', async () => {
    const { caseId, number } = await begin();
    const first = await outside.whenAsked(number);
    await waits(caseId);
    await sweepNow(caseId, true);
    await expect
      .poll(async () => (await look(stage, caseId)).incidents, { timeout: 15_000 })
      .toMatchObject([{ code: 'activity_failed', detail: { error: 'callback_timeout' } }]);
    const [incident] = (await look(stage, caseId)).incidents;

    expect((await act(caseId, 'retry', { incident: incident?.id })).statusCode).toBe(200);
    const second = await outside.whenAsked(number, 2);

    expect(second.callback).not.toBe(first.callback);
    expect(second.headers['idempotency-key']).not.toBe(first.headers['idempotency-key']);
    expect((await callBack(first.callback, done)).status).toBe(410);
    expect((await callBack(second.callback, done)).status).toBe(200);
    await isAt(caseId, 'after');
  });
});
