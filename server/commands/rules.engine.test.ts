/** protocol.md rules 4, 13, 18 and 19: what a case decides by itself and how that comes into the tables. Real Postgres, real Temporal. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { compile } from '../../workflows/engine/compile.ts';
import type { Flow } from '../../workflows/engine/flow.gen.ts';
import { fold } from '../../workflows/engine/fold.ts';
import type { DeltaEntry, Incident, Snapshot } from '../../workflows/engine/types.ts';
import { snapshot } from '../../workflows/engine/views.ts';
import { publishFlow } from '../definitions/flows.ts';
import { publishForm } from '../definitions/forms.ts';
import { getFlow } from '../definitions/published.ts';
import type { Deps } from '../deps.ts';
import { complete, createCaseStage, intend, openTask, type CaseStage } from '../testing/cases.ts';
import { dyingAfterRpc, expireLeases } from '../testing/crashes.ts';
import { errandFlow, errandForm } from '../testing/errand.ts';
import { after, choice, flowOf, look, wait } from '../testing/rules.ts';
import { testWorkflowBundle } from '../testing/temporal.ts';
import { startWorker, type RunningWorker } from '../worker/index.ts';
import { amendCase } from './case-acts.ts';
import { startCase } from './start.ts';
import { sweep } from './sweep.ts';

const text = (en: string) => ({ 'zh-CN': en, en });
const { schema, layout } = errandForm;
const sumForm = {
  layout,
  schema: {
    ...schema,
    'x-key': 'sum',
    properties: {
      ...schema.properties,
      number: { ...schema.properties.number, 'x-number': { pattern: 'SU-{yyyy}-{seq:4}' } },
      told: { type: 'integer', 'x-field': 'integer', 'x-title': text('Told') },
      pairs: {
        type: 'integer',
        'x-field': 'computed',
        'x-title': text('Pairs'),
        'x-result': 'integer',
        'x-formula': 'count(for a in 1..told * 900, b in 1..told * 900 return a)',
      },
    },
  },
};
const late = flowOf('late', [wait({ due: { in: 'PT1S', then: { do: 'complete', outcome: 'done' } } }), after]);
const clock = flowOf('clock', [wait({ due: { in: 'PT4H' } }), choice('now > date and time("2020-01-01T00:00:00Z")')]);
const tell: Flow['steps'][number] = {
  id: 'tell',
  kind: 'serviceTask',
  title: text('Tell'),
  activity: 'notify',
  again: 'run',
  input: { role: '"manager"', text: '"sum_ready"' },
  output: { told: 'told' },
};
const sum = flowOf('sum', [wait({ fields: { told: 'edit' } }), tell, choice('pairs > 10')], 'sum');

let stage: CaseStage;
let worker: RunningWorker;
/** While true, the worker reaches no Postgres. The API does. */
let isAway = false;
beforeAll(async () => {
  stage = await createCaseStage([errandFlow, late, clock]);
  await publishForm(stage.test.adminDb, sumForm, { note: null, by: null });
  await publishFlow(stage.test.adminDb, sum, { note: null, by: null });
  const options = { bundlePath: await testWorkflowBundle(), sweepEveryMs: null };
  worker = await startWorker({ ...stage.deps, db: failing(stage.deps.db) }, options);
});
afterAll(async () => {
  await worker.stop();
  await stage.close();
});

function failing(db: Deps['db']): Deps['db'] {
  return new Proxy(db, {
    get(target, name) {
      const value = Reflect.get(target, name) as unknown;
      if (typeof value !== 'function') return value;
      if (isAway) throw new Error('Postgres is away');
      return value.bind(target) as unknown;
    },
  });
}

async function begin(flow: string, given: object = {}): Promise<string> {
  const act = { flow, fields: { what: 'Count', ...given }, communityId: null };
  return (await startCase(stage.deps, intend(stage.cast.staff), act)).caseId;
}
const decide = (taskId: string, fields: object = {}, deps = stage.deps) =>
  complete({ ...stage, deps }, { taskId, fields: { ...fields } }, intend(stage.cast.dispatcher));
const amend = (caseId: string, changes: object) =>
  amendCase(stage.deps, intend(stage.cast.manager), { caseId, fields: { ...changes }, version: null, comment: null });
const handleOf = (caseId: string) => stage.deps.temporal.workflow.getHandle(caseId);
async function eventsOf(caseId: string) {
  return (await handleOf(caseId).fetchHistory()).events ?? [];
}
async function logOf(caseId: string) {
  const { rows } = await sql<{ entry: DeltaEntry; at: Date }>`
    select entry, at from case_event where case_id = ${caseId} order by rev`.execute(stage.test.adminDb);
  return rows;
}

describe('rule 4: who writes', () => {
  it('rule 4: the Update handler writes nothing, neither by itself nor by an activity', async () => {
    const caseId = await begin('clock');
    const task = await openTask(stage, caseId);
    const before = (await eventsOf(caseId)).length;
    await decide(task.id, { note: 'x' }, dyingAfterRpc(stage.deps));

    const made = (await eventsOf(caseId)).slice(before);
    expect(made.some((event) => event.workflowExecutionUpdateCompletedEventAttributes != null)).toBe(true);
    expect(
      made.some((event) => event.activityTaskScheduledEventAttributes ?? event.markerRecordedEventAttributes),
    ).toBe(false);
    expect(await look(stage, caseId)).toMatchObject({
      applied_rev: 1,
      types: ['case_started'],
      tasks: [{ step: 'wait', state: 'completing' }],
    });
    await expireLeases(stage.deps);
    await sweep(stage.deps);
    expect(await look(stage, caseId)).toMatchObject({ applied_rev: 2, types: ['case_started', 'task_completed'] });
  });

  it('rule 4: `project` is an ordinary activity, retried without end, and the case goes on meanwhile', async () => {
    const caseId = await begin('late');
    isAway = true;
    const attempt = async () => {
      const { raw } = await handleOf(caseId).describe();
      return raw.pendingActivities?.[0]?.attempt ?? 0;
    };
    await expect.poll(attempt, { timeout: 15_000 }).toBeGreaterThanOrEqual(3);
    expect((await look(stage, caseId)).types).toEqual(['case_started']);
    const scheduled = (await eventsOf(caseId)).flatMap((event) => event.activityTaskScheduledEventAttributes ?? []);
    expect(scheduled).toMatchObject([{ activityType: { name: 'project' }, retryPolicy: { maximumAttempts: 0 } }]);

    // What a person does now is answered, and brings along what the timer did.
    expect((await amend(caseId, { note: 'meanwhile' })).state).toBe('done');
    const types = ['case_started', 'timer_fired', 'record_amended'];
    expect(await look(stage, caseId)).toMatchObject({ types, applied_rev: 3 });
    isAway = false;
    await expect.poll(attempt, { timeout: 30_000 }).toBe(0);
    expect(await look(stage, caseId)).toMatchObject({
      types,
      tasks: [
        { step: 'wait', state: 'done' },
        { step: 'after', state: 'open' },
      ],
    });
  });
});

describe('rule 13: limits', () => {
  it('rule 13: a full case drains and continues as new, and no command given meanwhile is lost or doubled', async () => {
    const caseId = randomUUID();
    const { key, version, sha256 } = await getFlow(stage.deps.db, { key: 'clock', version: 1 });
    const { workflow } = stage.deps.temporal;
    const first = await workflow.start(key, {
      workflowId: caseId,
      taskQueue: stage.deps.config.temporalTaskQueue,
      args: [{ caseId, flow: { key, version, sha256 }, limits: { updates: 3 } }],
    });
    const act = { flow: key, fields: { what: 'Long' }, communityId: null, caseId };
    await startCase(stage.deps, intend(stage.cast.staff), act);
    await Promise.all([1, 2, 3, 4, 5, 6].map((n) => amend(caseId, { note: `note ${n}` })));
    await expireLeases(stage.deps);
    await sweep(stage.deps);
    await decide((await openTask(stage, caseId)).id);

    const after = await look(stage, caseId);
    expect(after.types).toEqual([
      'case_started',
      ...Array.from({ length: 6 }, () => 'record_amended'),
      'task_completed',
    ]);
    expect(after.commands.every(({ state }) => state === 'done')).toBe(true);
    expect((await handleOf(caseId).describe()).runId).not.toBe(first.firstExecutionRunId);
    const events = await eventsOf(caseId);
    const updates = events.filter((event) => event.workflowExecutionUpdateAcceptedEventAttributes != null);
    expect(updates.length).toBeLessThanOrEqual(3);
  });
});

describe('rule 18: a formula beyond the bounds', () => {
  it('rule 18: is 422 for a person, and an incident where nobody is there to be told', async () => {
    const caseId = await begin('sum');
    const { id } = await openTask(stage, caseId);
    await expect(decide(id, { told: 3 })).rejects.toMatchObject({
      status: 422,
      code: 'invalid_fields',
      errors: [{ path: '/fields/pairs', code: 'formula_limit' }],
    });
    expect(await look(stage, caseId)).toMatchObject({ types: ['case_started'], tasks: [{ state: 'open' }] });

    // The activity answers one person told: 900 times 900 pairs.
    await decide(id);
    await expect.poll(async () => (await look(stage, caseId)).types.at(-1), { timeout: 15_000 }).toBe('activity_done');
    const { rows } = await sql<{ incidents: Incident[]; told: number | null; status: string }>`
      select c.incidents, r.told, c.status from "case" c join record.sum r on r.id = c.id where c.id = ${caseId}`.execute(
      stage.test.adminDb,
    );
    expect(rows).toMatchObject([{ status: 'running', told: null }]);
    expect(rows[0]!.incidents).toEqual([
      expect.objectContaining({ step: 'choice', code: 'expression_limit' }),
      expect.objectContaining({
        code: 'record_conflict',
        detail: { rev: 3, problem: [{ path: '/fields/pairs', code: 'formula_limit' }] },
      }),
    ]);
  });
});

describe('rule 19: the clock', () => {
  it('rule 19: folding the log gives the case that ran, whenever that is done', async () => {
    const caseId = await begin('clock', { amount: 5 });
    const { id } = await openTask(stage, caseId);
    await decide(id);
    await amend(caseId, { note: 'x' });
    const flow = await getFlow(stage.deps.db, { key: 'clock', version: 1 });
    const log = await logOf(caseId);
    const ran = await handleOf(caseId).query<Snapshot>('snapshot');
    expect(ran).toMatchObject({ rev: 3, tasks: [{ step: 'after' }] });
    expect(log.map(({ at }) => at.getTime())).toEqual(log.map(({ entry }) => entry.at));

    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2019-06-01T00:00:00Z') });
    try {
      const compiled = compile(flow.loaded);
      const entries = log.map(({ entry }) => entry);
      expect(snapshot(compiled, fold(compiled, caseId, entries))).toEqual(ran);
      // At another time than the log says it is another case.
      const earlier = entries.map((entry) => ({ ...entry, at: Date.UTC(2019, 5, 1) }));
      expect(snapshot(compiled, fold(compiled, caseId, earlier))).toMatchObject({ tasks: [{ step: 'other' }] });
    } finally {
      vi.useRealTimers();
    }
  });
});
