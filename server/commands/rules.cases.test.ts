/** protocol.md rules 10 to 12, 15 and 16: starting, authority, hints, and what Temporal gets to keep. Real Postgres, real Temporal. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HINT_CHANNEL, type HintMessage } from '../db/hint.ts';
import { claimTask } from '../tasks/hold.ts';
import { createCaseStage, intend, openTask, type CaseStage } from '../testing/cases.ts';
import { dyingAfterRpc, dyingBeforeRpc, expireLeases } from '../testing/crashes.ts';
import { readPayloads } from '../testing/payloads.ts';
import { begin, handOut, look } from '../testing/rules.ts';
import { startCase } from './start.ts';
import { sweep } from './sweep.ts';
import { completeTask, transferTask } from './task-acts.ts';

let stage: CaseStage;
beforeAll(async () => {
  stage = await createCaseStage();
  await stage.worker();
});
afterAll(() => stage.close());

describe('rule 10: starting', () => {
  it('starts once however often it is asked with one key, also when the first answer was lost', async () => {
    const intention = intend(stage.cast.staff, { what: 'same' });
    const act = { flow: 'errand', fields: { what: 'same' }, communityId: null };
    const first = await startCase(dyingAfterRpc(stage.deps), intention, act);
    const again = await Promise.all([1, 2, 3].map(() => startCase(stage.deps, intention, act)));

    expect(again.every(({ caseId, state }) => caseId === first.caseId && state === 'pending')).toBe(true);
    await expireLeases(stage.deps);
    await sweep(stage.deps);
    expect(await startCase(stage.deps, intention, act)).toMatchObject({ caseId: first.caseId, state: 'done' });
    expect(await look(stage, first.caseId)).toMatchObject({ status: 'running', types: ['case_started'] });
    await expect(startCase(stage.deps, { ...intention, requestHash: Buffer.alloc(32) }, act)).rejects.toMatchObject({
      code: 'key_reused',
    });
  });

  it('makes one case of two equal requests at once', async () => {
    const intention = intend(stage.cast.staff, { what: 'twin' });
    const act = { flow: 'errand', fields: { what: 'twin' }, communityId: null };
    const both = await Promise.all([1, 2].map(() => startCase(stage.deps, intention, act)));

    expect(both[0]!.caseId).toBe(both[1]!.caseId);
  });
});

describe('rule 11: authority', () => {
  it('clears the claim when the task changes hands, and refuses what the former holder still sends', async () => {
    const { caseId, task } = await begin(stage);
    await claimTask(stage.deps, { person: stage.cast.dispatcher, taskId: task.id, assignment: 1 });
    await transferTask(stage.deps, intend(stage.cast.dispatcher), {
      taskId: task.id,
      assignment: 1,
      to: stage.cast.other,
      comment: null,
    });

    const { rows } =
      await sql`select claimed_by, assignee, pool, assignment, state from task where id = ${task.id}`.execute(
        stage.test.adminDb,
      );
    expect(rows).toEqual([{ claimed_by: null, assignee: stage.cast.other, pool: null, assignment: 2, state: 'open' }]);
    await expect(
      completeTask(stage.deps, intend(stage.cast.dispatcher), handOut(stage, task.id)),
    ).rejects.toMatchObject({
      code: 'assignment_changed',
    });
    expect((await look(stage, caseId)).types).toEqual(['case_started', 'task_transferred']);
  });
});

describe('rule 12: hints', () => {
  it('tells with the commit whom it concerns, and nothing when it rolls back', async () => {
    const client = new pg.Client({ connectionString: stage.test.databaseUrl });
    await client.connect();
    const heard: HintMessage[] = [];
    client.on('notification', ({ payload }) => heard.push(JSON.parse(payload ?? '{}') as HintMessage));
    await client.query(`listen ${HINT_CHANNEL}`);
    const { caseId, task } = await begin(stage);
    await expect(
      completeTask(stage.deps, intend(stage.cast.dispatcher), handOut(stage, task.id, { runner: randomUUID() })),
    ).rejects.toThrow();
    await expect
      .poll(() => heard.filter((hint) => hint.caseId === caseId).length, { timeout: 15_000 })
      .toBeGreaterThanOrEqual(2);
    await client.end();

    const ours = heard.filter((hint) => hint.caseId === caseId);
    expect(ours.filter(({ kind }) => kind === 'task')).toEqual([
      { kind: 'task', caseId, taskId: task.id, persons: [], pools: [{ role: 'dispatcher', communityId: null }] },
    ]);
    expect(ours.find(({ kind }) => kind === 'case')?.persons).toContain(stage.cast.staff);
  });
});

describe('rules 15 and 16: what Temporal keeps', () => {
  it('needs five events for an accepted command, none for a refused one, and holds no word that a person wrote', async () => {
    const { caseId, task } = await begin(stage, { what: 'Secret of Wang Xiaoming' });
    const handle = stage.deps.temporal.workflow.getHandle(caseId);
    const count = async () => (await handle.fetchHistory()).events!.length;
    const before = await count();
    await completeTask(
      stage.deps,
      intend(stage.cast.dispatcher),
      handOut(stage, task.id, { note: 'Ring twice at 8-1-101' }),
    );
    const accepted = await count();
    expect(accepted - before).toBe(5);

    const run = await openTask(stage, caseId);
    const refused = await completeTask(dyingBeforeRpc(stage.deps), intend(stage.cast.runner), {
      ...handOut(stage, run.id),
      fields: {},
      outcome: 'done',
    });
    await sql`update command set args = args || '{"assignment": 9}' where id = ${refused.command}`.execute(
      stage.test.adminDb,
    );
    await expireLeases(stage.deps);
    await sweep(stage.deps);
    expect(await count()).toBe(accepted);

    const { sealed, readable } = await readPayloads(stage.temporal, caseId);
    expect(readable).toContain(stage.cast.runner);
    expect(sealed.includes(stage.cast.runner)).toBe(false);
    for (const word of ['Secret', 'Xiaoming', 'Ring twice', '8-1-101', 'Runner', 'Dispatcher'])
      expect(readable).not.toContain(word);
  });
});
