/** protocol.md, rule by rule, each with the interleaving that would lose, double or stick something. Real Postgres, real Temporal. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeltaEntry } from '../../workflows/engine/types.ts';
import { HINT_CHANNEL, type HintMessage } from '../db/hint.ts';
import { claimTask } from '../tasks/hold.ts';
import { complete, createCaseStage, intend, openTask, startErrand, type CaseStage } from '../testing/cases.ts';
import { dyingAfterRpc, dyingBeforeRpc, expireLeases } from '../testing/crashes.ts';
import { applyDelta } from './apply/index.ts';
import { hashEvent } from './apply/chain.ts';
import { readLog } from './apply/read.ts';
import { amendCase, withdrawCase } from './case-acts.ts';
import { heal } from './heal.ts';
import { retryConflict } from './retry-conflict.ts';
import { startCase } from './start.ts';
import { driveCase, sweep } from './sweep.ts';
import { completeTask, transferTask } from './task-acts.ts';

let stage: CaseStage;
beforeAll(async () => {
  stage = await createCaseStage();
  await stage.worker();
});
afterAll(() => stage.close());

const handOut = (taskId: string, fields: Record<string, unknown> = {}, version = 1000) => ({
  taskId,
  assignment: 1,
  outcome: 'handed_out',
  fields: { runner: stage.cast.runner, ...fields },
  comment: null,
  version,
  deviceAt: null,
});

async function begin(fields: Record<string, unknown> = {}) {
  const { caseId } = await startErrand(stage, fields);
  return { caseId, task: await openTask(stage, caseId) };
}

interface Picture {
  status: string;
  applied_rev: number;
  seen_rev: number;
  incidents: { id: number; code: string }[];
  commands: { n: number; state: string }[];
  types: string[];
  tasks: { step: string; state: string }[];
}
async function look(caseId: string): Promise<Picture> {
  const { rows } = await sql<Picture>`
    select c.status, c.applied_rev, c.seen_rev, c.incidents,
      (select json_agg(json_build_object('n', n, 'state', state) order by n) from command m where m.case_id = c.id) as commands,
      (select array_agg(type order by rev) from case_event e where e.case_id = c.id) as types,
      (select json_agg(json_build_object('step', step, 'state', state) order by opened_rev) from task t where t.case_id = c.id) as tasks
    from "case" c where c.id = ${caseId}`.execute(stage.test.adminDb);
  return rows[0]!;
}

describe('rule 1: drivers', () => {
  it('finishes a command whose process died after the case had answered, once', async () => {
    const { caseId, task } = await begin();
    const given = await completeTask(
      dyingAfterRpc(stage.deps),
      intend(stage.cast.dispatcher),
      handOut(task.id, { note: 'kept' }),
    );
    expect(given.state).toBe('pending');
    expect((await look(caseId)).types).toEqual(['case_started']);
    expect(await openTask(stage, caseId)).toMatchObject({ id: task.id });

    await expireLeases(stage.deps);
    await sweep(stage.deps);
    expect(await look(caseId)).toMatchObject({
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
    const { caseId, task } = await begin();
    await completeTask(dyingBeforeRpc(stage.deps), intend(stage.cast.dispatcher), handOut(task.id));
    await expireLeases(stage.deps);
    await sweep(stage.deps);

    expect((await look(caseId)).types).toEqual(['case_started', 'task_completed']);
  });

  it('never has two drivers: of several at once one drives, and the effect is one', async () => {
    const { caseId, task } = await begin();
    await completeTask(dyingBeforeRpc(stage.deps), intend(stage.cast.dispatcher), handOut(task.id));
    await expireLeases(stage.deps);
    const ended = await Promise.all([1, 2, 3, 4].map(() => driveCase(stage.deps, caseId)));

    expect(ended.reduce((sum, n) => sum + n, 0)).toBe(1);
    expect((await look(caseId)).types).toEqual(['case_started', 'task_completed']);
  });

  it('drives in order of n', async () => {
    const { caseId, task } = await begin();
    const dying = dyingBeforeRpc(stage.deps);
    await completeTask(dying, intend(stage.cast.dispatcher), handOut(task.id));
    await withdrawCase(dying, intend(stage.cast.staff), { caseId, comment: 'no longer needed' });
    await expireLeases(stage.deps);
    await sweep(stage.deps);

    expect(await look(caseId)).toMatchObject({
      status: 'cancelled',
      types: ['case_started', 'task_completed', 'case_withdrawn'],
    });
  });

  it('gives a refused input back, reopens the task and tells who was told "later"', async () => {
    const { caseId, task } = await begin();
    const given = await completeTask(
      dyingBeforeRpc(stage.deps),
      intend(stage.cast.dispatcher),
      handOut(task.id, { note: 'my text' }),
    );
    // Meanwhile the task changed hands for the engine.
    await sql`update command set args = args || '{"assignment": 9}' where id = ${given.command}`.execute(
      stage.test.adminDb,
    );
    await expireLeases(stage.deps);
    await sweep(stage.deps);

    const after = await look(caseId);
    expect(after).toMatchObject({ tasks: [{ state: 'open' }], commands: [{ state: 'done' }, { state: 'refused' }] });
    const { rows } =
      await sql`select d.fields ->> 'note' as note, n.kind from task_draft d join notification n on n.task_id = d.task_id
      and n.kind = 'command_refused' where d.task_id = ${task.id} and d.person_id = ${stage.cast.dispatcher}`.execute(
        stage.test.adminDb,
      );
    expect(rows).toEqual([{ note: 'my text', kind: 'command_refused' }]);
  });

  it('answers for a closed case by its result', async () => {
    const { caseId, task } = await begin();
    const dying = dyingBeforeRpc(stage.deps);
    await withdrawCase(dyingAfterRpc(stage.deps), intend(stage.cast.staff), { caseId, comment: 'x' });
    await completeTask(dying, intend(stage.cast.dispatcher), handOut(task.id));
    await expireLeases(stage.deps);
    await sweep(stage.deps);

    expect(await look(caseId)).toMatchObject({
      status: 'cancelled',
      types: ['case_started', 'case_withdrawn'],
      commands: [{ state: 'done' }, { state: 'done' }, { state: 'refused' }],
      tasks: [{ state: 'cancelled' }],
    });
  });

  it('keeps at most eight commands of a case in flight', async () => {
    const { caseId } = await begin();
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
    await completeTask(dyingAfterRpc(stage.deps), intend(stage.cast.dispatcher), handOut(task.id));
    await expect
      .poll(async () => (await stage.deps.temporal.workflow.getHandle(caseId).describe()).runId)
      .not.toBe(handle.firstExecutionRunId);

    await expireLeases(stage.deps);
    await sweep(stage.deps);
    expect(await look(caseId)).toMatchObject({
      applied_rev: 2,
      types: ['case_started', 'task_completed'],
      commands: [{ state: 'done' }, { state: 'done' }],
    });
  });
});

describe('rule 3: nothing acknowledged is lost', () => {
  it('brings an entry back from the case that no driver applied', async () => {
    const { caseId, task } = await begin();
    await completeTask(dyingAfterRpc(stage.deps), intend(stage.cast.dispatcher), handOut(task.id));
    expect(await heal(stage.deps, caseId)).toEqual({ hasGap: false, rows: 0 });

    expect(await look(caseId)).toMatchObject({ applied_rev: 2, commands: [{ state: 'done' }, { state: 'done' }] });
  });
});

describe('rules 5 and 6: applyDelta and the hash chain', () => {
  async function finished() {
    const { caseId, task } = await begin();
    await completeTask(stage.deps, intend(stage.cast.dispatcher), handOut(task.id, { note: 'first' }));
    const run = await openTask(stage, caseId);
    await transferTask(stage.deps, intend(stage.cast.runner), {
      taskId: run.id,
      assignment: 1,
      to: stage.cast.other,
      comment: null,
    });
    await complete(stage, { taskId: run.id, assignment: 2, fields: { note: 'second' } }, intend(stage.cast.other));
    return caseId;
  }
  const rowsOf = async (caseId: string) => {
    const { rows } = await sql`
      select c.status, c.outcome, c.position, c.applied_rev, c.seen_rev, c.row_rev, encode(c.chain_hash, 'hex') as head, c.field_revs,
        (select note from record.errand r where r.id = c.id) as note,
        (select json_agg(to_jsonb(t) - 'command_id' order by id) from task t where t.case_id = c.id) as tasks,
        (select count(*) from notification n where n.case_id = c.id) as notifications
      from "case" c where id = ${caseId}`.execute(stage.test.adminDb);
    return rows[0];
  };
  async function forget(caseId: string) {
    const { adminDb } = stage.test;
    await sql`delete from case_event where case_id = ${caseId}`.execute(adminDb);
    await sql`delete from task where case_id = ${caseId}`.execute(adminDb);
    await sql`delete from notification where case_id = ${caseId}`.execute(adminDb);
    await sql`update "case" set status = 'starting', outcome = null, position = '{}', applied_rev = 0, seen_rev = 0, row_rev = 0,
      chain_hash = null, field_revs = '{}' where id = ${caseId}`.execute(adminDb);
  }

  it('rule 5: gives the same rows whatever order entries come in and however often', async () => {
    const caseId = await finished();
    const wanted = await rowsOf(caseId);
    const { rows } = await sql<{
      entry: DeltaEntry;
    }>`select entry from case_event where case_id = ${caseId} order by rev`.execute(stage.test.adminDb);
    const entries = rows.map(({ entry }) => entry);
    expect(entries.length).toBe(4);

    for (const order of permutations([0, 1, 2, 3])) {
      await forget(caseId);
      for (const i of [...order, ...order]) await applyDelta(stage.deps.db, { caseId, entries: [entries[i]!] });
      expect(await rowsOf(caseId), String(order)).toEqual(wanted);
    }
  });

  it('rule 5: applies the same delta from several writers at once as one', async () => {
    const caseId = await finished();
    const wanted = await rowsOf(caseId);
    const { rows } = await sql<{ entry: DeltaEntry }>`select entry from case_event where case_id = ${caseId}`.execute(
      stage.test.adminDb,
    );
    const entries = rows.map(({ entry }) => entry);
    await forget(caseId);
    await Promise.all([1, 2, 3, 4].map((n) => applyDelta(stage.deps.db, { caseId, entries: entries.slice(0, n) })));

    expect(await rowsOf(caseId)).toEqual(wanted);
  });

  it('rule 5: heals rows that differ from what the engine has open', async () => {
    const { caseId, task } = await begin();
    await sql`update task set state = 'cancelled' where id = ${task.id}`.execute(stage.test.adminDb);
    expect(await heal(stage.deps, caseId)).toEqual({ hasGap: false, rows: 1 });
    expect(await openTask(stage, caseId)).toMatchObject({ id: task.id });
  });

  it('rule 6: whoever closes a gap chains all consecutive revs, and a changed event shows', async () => {
    const caseId = await finished();
    const log = await stage.deps.db.transaction().execute(async (tx) => {
      await sql`select set_config('role', 'guanjia_engine', true)`.execute(tx);
      return readLog(tx, caseId, 1);
    });
    const { rows } = await sql<{
      hash: Buffer;
    }>`select hash from case_event where case_id = ${caseId} order by rev`.execute(stage.test.adminDb);
    let head: Buffer = Buffer.from(caseId);
    for (const [i, row] of log.entries()) {
      expect(hashEvent(head, { ...row, comment: 'forged' })).not.toEqual(rows[i]!.hash);
      head = hashEvent(head, row);
      expect(head).toEqual(rows[i]!.hash);
    }
  });
});

describe('rule 7: patches', () => {
  it('shows both values where another changed the field meanwhile, and leaves out what the person did not change', async () => {
    const { caseId, task } = await begin({ amount: 5 });
    await amendCase(stage.deps, intend(stage.cast.manager), {
      caseId,
      fields: { note: 'theirs', amount: 7 },
      version: 1,
      comment: null,
    });
    const clash = completeTask(stage.deps, intend(stage.cast.dispatcher), handOut(task.id, { note: 'mine' }, 1));
    await expect(clash).rejects.toMatchObject({
      code: 'field_changed',
      status: 409,
      errors: [{ path: '/fields/note', params: { yours: 'mine', theirs: 'theirs' } }],
    });

    // The amount goes back as it was read: nobody's change is undone.
    await completeTask(stage.deps, intend(stage.cast.dispatcher), handOut(task.id, { amount: 5 }, 1));
    const { rows } = await sql`select amount, note from record.errand where id = ${caseId}`.execute(stage.test.adminDb);
    expect(rows).toEqual([{ amount: '7.00', note: 'theirs' }]);
  });

  it('commits everything but a patch that the table refuses now, and lets it be retried', async () => {
    const [one, two] = [await begin(), await begin()];
    const code = randomUUID().slice(0, 8);
    await completeTask(
      dyingBeforeRpc(stage.deps),
      intend(stage.cast.dispatcher),
      handOut(one.task.id, { code, note: 'late' }),
    );
    await completeTask(stage.deps, intend(stage.cast.dispatcher), handOut(two.task.id, { code }));
    await expireLeases(stage.deps);
    await sweep(stage.deps);

    const stuck = await look(one.caseId);
    expect(stuck).toMatchObject({
      applied_rev: 2,
      commands: [{ state: 'done' }, { state: 'done' }],
      incidents: [{ id: -2, code: 'record_conflict' }],
    });
    const retry = { person: stage.cast.manager, caseId: one.caseId, incident: -2 };
    await expect(retryConflict(stage.deps, retry)).rejects.toMatchObject({ code: 'record_conflict' });
    await amendCase(stage.deps, intend(stage.cast.manager), {
      caseId: two.caseId,
      fields: { code: null },
      version: 9,
      comment: null,
    });
    await retryConflict(stage.deps, retry);
    const { rows } =
      await sql`select r.code, r.note, c.incidents from record.errand r join "case" c on c.id = r.id where r.id = ${one.caseId}`.execute(
        stage.test.adminDb,
      );
    expect(rows).toEqual([{ code, note: 'late', incidents: [] }]);
  });
});

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
    expect(await look(first.caseId)).toMatchObject({ status: 'running', types: ['case_started'] });
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
    const { caseId, task } = await begin();
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
    await expect(completeTask(stage.deps, intend(stage.cast.dispatcher), handOut(task.id))).rejects.toMatchObject({
      code: 'assignment_changed',
    });
    expect((await look(caseId)).types).toEqual(['case_started', 'task_transferred']);
  });
});

describe('rule 12: hints', () => {
  it('tells with the commit whom it concerns, and nothing when it rolls back', async () => {
    const client = new pg.Client({ connectionString: stage.test.databaseUrl });
    await client.connect();
    const heard: HintMessage[] = [];
    client.on('notification', ({ payload }) => heard.push(JSON.parse(payload ?? '{}') as HintMessage));
    await client.query(`listen ${HINT_CHANNEL}`);
    const { caseId, task } = await begin();
    await expect(
      completeTask(stage.deps, intend(stage.cast.dispatcher), handOut(task.id, { runner: randomUUID() })),
    ).rejects.toThrow();
    await expect.poll(() => heard.filter((hint) => hint.caseId === caseId).length).toBeGreaterThanOrEqual(2);
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
    const { caseId, task } = await begin({ what: 'Secret of Wang Xiaoming' });
    const handle = stage.deps.temporal.workflow.getHandle(caseId);
    const count = async () => (await handle.fetchHistory()).events!.length;
    const before = await count();
    await completeTask(stage.deps, intend(stage.cast.dispatcher), handOut(task.id, { note: 'Ring twice at 8-1-101' }));
    const accepted = await count();
    expect(accepted - before).toBe(5);

    const run = await openTask(stage, caseId);
    const refused = await completeTask(dyingBeforeRpc(stage.deps), intend(stage.cast.runner), {
      ...handOut(run.id),
      fields: {},
      outcome: 'done',
    });
    await sql`update command set args = args || '{"assignment": 9}' where id = ${refused.command}`.execute(
      stage.test.adminDb,
    );
    await expireLeases(stage.deps);
    await sweep(stage.deps);
    expect(await count()).toBe(accepted);

    const { events } = await handle.fetchHistory();
    const payloads = collectPayloads(events).map((payload) => ({ ...payload }));
    const sealed = Buffer.concat(payloads.map(({ data }) => Buffer.from(data)));
    const opened = await stage.temporal.codec.decode(payloads);
    const readable = opened.map(({ data }) => Buffer.from(data ?? []).toString()).join('\n');
    expect(readable).toContain(stage.cast.runner);
    expect(sealed.includes(stage.cast.runner)).toBe(false);
    for (const word of ['Secret', 'Xiaoming', 'Ring twice', '8-1-101', 'Runner', 'Dispatcher'])
      expect(readable).not.toContain(word);
  });
});

interface RawPayload {
  metadata: Record<string, Uint8Array>;
  data: Uint8Array;
}
function collectPayloads(value: unknown): RawPayload[] {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [];
  if ('metadata' in value && 'data' in value && value.data instanceof Uint8Array) return [value as RawPayload];
  return Object.values(value).flatMap(collectPayloads);
}

function permutations<T>(items: T[]): T[][] {
  if (items.length <= 1) return [items];
  return items.flatMap((item, i) =>
    permutations([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item, ...rest]),
  );
}
