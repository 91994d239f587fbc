/** protocol.md rules 1 to 3: a command is driven to its end once, whoever dies on the way. Real Postgres, real Temporal. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeltaEntry } from '../../workflows/engine/types.ts';
import { createCaseStage, intend, openTask, type CaseStage } from '../testing/cases.ts';
import { dyingAfterRpc, dyingBeforeRpc, expireLeases } from '../testing/crashes.ts';
import { begin, handOut, look } from '../testing/rules.ts';
import { project } from '../worker/project.ts';
import { amendCase, withdrawCase } from './case-acts.ts';
import { heal } from './heal.ts';
import { loadJob } from './load-job.ts';
import { startCase } from './start.ts';
import { driveCase, sweep } from './sweep.ts';
import { completeTask } from './task-acts.ts';

let stage: CaseStage;
beforeAll(async () => {
  stage = await createCaseStage();
  await stage.worker();
});
afterAll(() => stage.close());

describe('rule 1: drivers', () => {
  it('finishes a command whose process died after the case had answered, once', async () => {
    const { caseId, task } = await begin(stage);
    const given = await completeTask(
      dyingAfterRpc(stage.deps),
      intend(stage.cast.dispatcher),
      handOut(stage, task.id, { note: 'kept' }),
    );
    expect(given.state).toBe('pending');
    expect((await look(stage, caseId)).types).toEqual(['case_started']);
    expect(await openTask(stage, caseId)).toMatchObject({ id: task.id });

    await expireLeases(stage.deps);
    await sweep(stage.deps);
    expect(await look(stage, caseId)).toMatchObject({
      applied_rev: 2,
      types: ['case_started', 'task_completed'],
      commands: [{ state: 'done' }, { state: 'done' }],
      tasks: [
        { step: 'hand_out', state: 'done' },
        { step: 'run', state: 'open' },
      ],
    });
  });

  it('finishes a command whose process died before it asked the case', async () => {
    const { caseId, task } = await begin(stage);
    await completeTask(dyingBeforeRpc(stage.deps), intend(stage.cast.dispatcher), handOut(stage, task.id));
    await expireLeases(stage.deps);
    await sweep(stage.deps);

    expect((await look(stage, caseId)).types).toEqual(['case_started', 'task_completed']);
  });

  it('never has two drivers: of several at once one drives, and the effect is one', async () => {
    const { caseId, task } = await begin(stage);
    await completeTask(dyingBeforeRpc(stage.deps), intend(stage.cast.dispatcher), handOut(stage, task.id));
    await expireLeases(stage.deps);
    const ended = await Promise.all([1, 2, 3, 4].map(() => driveCase(stage.deps, caseId)));

    expect(ended.reduce((sum, n) => sum + n, 0)).toBe(1);
    expect((await look(stage, caseId)).types).toEqual(['case_started', 'task_completed']);
  });

  it('drives in order of n', async () => {
    const { caseId, task } = await begin(stage);
    const dying = dyingBeforeRpc(stage.deps);
    await completeTask(dying, intend(stage.cast.dispatcher), handOut(stage, task.id));
    await withdrawCase(dying, intend(stage.cast.staff), { caseId, comment: 'no longer needed' });
    await expireLeases(stage.deps);
    await sweep(stage.deps);

    expect(await look(stage, caseId)).toMatchObject({
      status: 'cancelled',
      types: ['case_started', 'task_completed', 'case_withdrawn'],
    });
  });

  it('gives a refused input back, reopens the task and tells who was told "later"', async () => {
    const { caseId, task } = await begin(stage);
    const given = await completeTask(
      dyingBeforeRpc(stage.deps),
      intend(stage.cast.dispatcher),
      handOut(stage, task.id, { note: 'my text' }),
    );
    // Meanwhile the task changed hands for the engine.
    await sql`update command set args = args || '{"assignment": 9}' where id = ${given.command}`.execute(
      stage.test.adminDb,
    );
    await expireLeases(stage.deps);
    await sweep(stage.deps);

    const after = await look(stage, caseId);
    expect(after).toMatchObject({ tasks: [{ state: 'open' }], commands: [{ state: 'done' }, { state: 'refused' }] });
    const { rows } =
      await sql`select d.fields ->> 'note' as note, n.kind from task_draft d join notification n on n.task_id = d.task_id
      and n.kind = 'command_refused' where d.task_id = ${task.id} and d.person_id = ${stage.cast.dispatcher}`.execute(
        stage.test.adminDb,
      );
    expect(rows).toEqual([{ note: 'my text', kind: 'command_refused' }]);
  });

  it('answers for a closed case by its result', async () => {
    const { caseId, task } = await begin(stage);
    const dying = dyingBeforeRpc(stage.deps);
    await withdrawCase(dyingAfterRpc(stage.deps), intend(stage.cast.staff), { caseId, comment: 'x' });
    await completeTask(dying, intend(stage.cast.dispatcher), handOut(stage, task.id));
    await expireLeases(stage.deps);
    await sweep(stage.deps);

    expect(await look(stage, caseId)).toMatchObject({
      status: 'cancelled',
      types: ['case_started', 'case_withdrawn'],
      commands: [{ state: 'done' }, { state: 'done' }, { state: 'refused' }],
      tasks: [{ state: 'cancelled' }],
    });
  });

  it('keeps at most eight commands of a case in flight', async () => {
    const { caseId } = await begin(stage);
    const dying = dyingBeforeRpc(stage.deps);
    const amend = () =>
      amendCase(dying, intend(stage.cast.manager), {
        caseId,
        fields: { note: randomUUID() },
        version: 9,
        comment: null,
      });
    const given = await Promise.allSettled(Array.from({ length: 9 }, amend));

    expect(given.filter(({ status }) => status === 'fulfilled')).toHaveLength(8);
    expect(given.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'case_busy', status: 409 },
    });
  });
});

describe('rule 2: the ring', () => {
  it('answers a command again after the case has continued as new, without doing it again', async () => {
    const caseId = randomUUID();
    const { rows } = await sql<{ sha256: string }>`select sha256 from flow_version where flow = 'errand'`.execute(
      stage.test.adminDb,
    );
    const flow = { key: 'errand', version: 1, sha256: rows[0]!.sha256 };
    const handle = await stage.deps.temporal.workflow.start('errand', {
      workflowId: caseId,
      taskQueue: stage.deps.config.temporalTaskQueue,
      args: [{ caseId, flow, limits: { updates: 2 } }],
    });
    await startCase(stage.deps, intend(stage.cast.staff), {
      flow: 'errand',
      fields: { what: 'long' },
      communityId: null,
      caseId,
    });
    const task = await openTask(stage, caseId);
    await completeTask(dyingAfterRpc(stage.deps), intend(stage.cast.dispatcher), handOut(stage, task.id));
    await expect
      .poll(async () => (await stage.deps.temporal.workflow.getHandle(caseId).describe()).runId, { timeout: 15_000 })
      .not.toBe(handle.firstExecutionRunId);

    await expireLeases(stage.deps);
    await sweep(stage.deps);
    expect(await look(stage, caseId)).toMatchObject({
      applied_rev: 2,
      types: ['case_started', 'task_completed'],
      commands: [{ state: 'done' }, { state: 'done' }],
    });
  });
});

describe('rule 3: nothing acknowledged is lost', () => {
  it('brings an entry back from the case that no driver applied', async () => {
    const { caseId, task } = await begin(stage);
    await completeTask(dyingAfterRpc(stage.deps), intend(stage.cast.dispatcher), handOut(stage, task.id));
    expect(await heal(stage.deps, caseId)).toEqual({ hasGap: false, rows: 0 });

    expect(await look(stage, caseId)).toMatchObject({
      applied_rev: 2,
      commands: [{ state: 'done' }, { state: 'done' }],
    });
  });

  it('acknowledges only what its own transaction has put on the disk', async () => {
    const { caseId, task } = await begin(stage);
    await completeTask(stage.deps, intend(stage.cast.dispatcher), handOut(stage, task.id));
    const entries = await stage.deps.temporal.workflow.getHandle(caseId).query<DeltaEntry[], [number]>('entries', 2);

    // tx2 of the command waited for no disk; who finds nothing to write has flushed nothing.
    expect(await project(stage.deps, { caseId, entries, open: { ids: [] } })).toEqual({ acked: 0 });
    const lost = await begin(stage);
    await completeTask(dyingAfterRpc(stage.deps), intend(stage.cast.dispatcher), handOut(stage, lost.task.id));
    const late = await stage.deps.temporal.workflow.getHandle(lost.caseId).query<DeltaEntry[], [number]>('entries', 2);
    expect(await project(stage.deps, { caseId: lost.caseId, entries: late, open: { ids: [] } })).toEqual({ acked: 2 });
  });

  it('acknowledges nothing where the sweeper only read', async () => {
    const { task } = await begin(stage);
    const given = await completeTask(
      dyingBeforeRpc(stage.deps),
      intend(stage.cast.dispatcher),
      handOut(stage, task.id),
    );

    expect((await loadJob(stage.deps.db, given.command))?.message.acked).toBe(0);
  });
});
