/** protocol.md rules 5 and 6: a delta gives the same rows whatever order it comes in, and the log hangs together. Real Postgres, real Temporal. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeltaEntry, Snapshot } from '../../workflows/engine/types.ts';
import { complete, createCaseStage, intend, openTask, type CaseStage } from '../testing/cases.ts';
import { dyingAfterRpc, meddledAfterRpc } from '../testing/crashes.ts';
import { begin, handOut, look } from '../testing/rules.ts';
import { applyDelta } from './apply/index.ts';
import { hashEvent } from './apply/chain.ts';
import { readLog } from './apply/read.ts';
import { applySnapshot } from './apply/snapshot.ts';
import { amendCase } from './case-acts.ts';
import { heal } from './heal.ts';
import { sweep } from './sweep.ts';
import { completeTask, transferTask } from './task-acts.ts';

let stage: CaseStage;
beforeAll(async () => {
  stage = await createCaseStage();
  await stage.worker();
});
afterAll(() => stage.close());

describe('rules 5 and 6: applyDelta and the hash chain', () => {
  async function finished() {
    const { caseId, task } = await begin(stage);
    await completeTask(stage.deps, intend(stage.cast.dispatcher), handOut(stage, task.id, { note: 'first' }));
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

  it('rule 5: applies an answer to the case as it is, where another was between tx1 and tx2', async () => {
    const { caseId, task } = await begin(stage);
    const { adminDb } = stage.test;
    const deps = meddledAfterRpc(stage.deps, async ({ entries }) => {
      await applyDelta(stage.deps.db, { caseId, entries });
      await sql`update "case" set title = 'Told otherwise' where id = ${caseId}`.execute(adminDb);
    });
    const given = await completeTask(deps, intend(stage.cast.dispatcher), handOut(stage, task.id, { note: 'first' }));

    expect(given.state).toBe('done');
    expect(await look(stage, caseId)).toMatchObject({
      applied_rev: 2,
      types: ['case_started', 'task_completed'],
      commands: [{ state: 'done' }, { state: 'done' }],
      tasks: [{ state: 'done' }, { state: 'open' }],
    });
    const { rows } = await sql`select title from "case" where id = ${caseId}`.execute(adminDb);
    expect(rows).toEqual([{ title: 'Told otherwise' }]);
  });

  it('rule 5: writes nothing of an answer to a case that was written meanwhile, and then all of it', async () => {
    const { caseId, task } = await begin(stage);
    const { adminDb } = stage.test;
    const incident = { id: -1, step: null, code: 'record_conflict', detail: {} };
    const deps = meddledAfterRpc(stage.deps, () =>
      sql`update "case" set incidents = ${JSON.stringify([incident])}::jsonb where id = ${caseId}`.execute(adminDb),
    );
    await completeTask(deps, intend(stage.cast.dispatcher), handOut(stage, task.id, { note: 'first' }));

    expect(await look(stage, caseId)).toMatchObject({
      applied_rev: 2,
      incidents: [incident],
      tasks: [{ state: 'done' }, {}],
    });
  });

  it('rule 7: keeps a patch whose record went away between tx1 and tx2 in the log, with an incident', async () => {
    const { caseId, task } = await begin(stage);
    const deps = meddledAfterRpc(stage.deps, () =>
      sql`update record.errand set deleted_at = now() where id = ${caseId}`.execute(stage.test.adminDb),
    );
    await completeTask(deps, intend(stage.cast.dispatcher), handOut(stage, task.id, { note: 'first' }));

    expect(await look(stage, caseId)).toMatchObject({
      applied_rev: 2,
      types: ['case_started', 'task_completed'],
      incidents: [{ id: -2, code: 'record_conflict' }],
    });
  });

  it('rule 5: does not read again what tx1 has seen of the case', async () => {
    const { caseId, task } = await begin(stage);
    const asked: string[] = [];
    const db = stage.deps.db.withPlugin({
      transformQuery({ node }) {
        if (node.kind === 'RawNode') asked.push(node.sqlFragments.join('?'));
        return node;
      },
      transformResult: ({ result }) => Promise.resolve(result),
    });
    const readings = (): number => asked.filter((text) => text.includes('as "isAwaiting"')).length;
    const upper = { runner: stage.cast.runner.toUpperCase(), note: 'first' };
    await completeTask({ ...stage.deps, db }, intend(stage.cast.dispatcher), handOut(stage, task.id, upper));
    expect(readings()).toBe(0);
    const { rows } =
      await sql`select c.summary, c.field_revs, r.note, r.runner, r.updated_by from "case" c join record.errand r on r.id = c.id
      where c.id = ${caseId}`.execute(stage.test.adminDb);
    expect(rows).toEqual([
      {
        summary: [{ field: 'note', value: 'first' }],
        field_revs: { runner: 2, note: 2 },
        note: 'first',
        runner: stage.cast.runner,
        updated_by: stage.cast.dispatcher,
      },
    ]);

    await applyDelta(db, { caseId, entries: [] });
    expect(readings()).toBe(1);
  });

  it('rule 5: heals rows that differ from what the engine has open', async () => {
    const { caseId, task } = await begin(stage);
    await sql`update task set state = 'cancelled' where id = ${task.id}`.execute(stage.test.adminDb);
    expect(await heal(stage.deps, caseId)).toEqual({ hasGap: false, rows: 1 });
    expect(await openTask(stage, caseId)).toMatchObject({ id: task.id });
  });

  it('rule 5: a gap counts as one after two seconds, and is healed by a query', async () => {
    const { caseId, task } = await begin(stage);
    const dying = dyingAfterRpc(stage.deps);
    await completeTask(dying, intend(stage.cast.dispatcher), handOut(stage, task.id, { note: 'second' }));
    // The next one has its turn though the tables do not show the first yet.
    await sql`update command set state = 'done' where case_id = ${caseId}`.execute(stage.test.adminDb);
    const act = { caseId, fields: { code: randomUUID().slice(0, 8) }, version: null, comment: null };
    await amendCase(dying, intend(stage.cast.manager), act);
    const held = await stage.deps.temporal.workflow.getHandle(caseId).query<DeltaEntry[], [number]>('entries', 2);
    expect(held.map(({ rev }) => rev)).toEqual([2, 3]);
    expect(await applyDelta(stage.deps.db, { caseId, entries: held.slice(1) })).toMatchObject({ hasGap: true });

    expect(await look(stage, caseId)).toMatchObject({ applied_rev: 1, seen_rev: 3 });
    expect(await sweep(stage.deps)).toMatchObject({ healed: 0 });
    await sql`update "case" set updated_at = now() - interval '3 seconds' where id = ${caseId}`.execute(
      stage.test.adminDb,
    );
    expect(await sweep(stage.deps)).toMatchObject({ healed: 1 });
    expect(await look(stage, caseId)).toMatchObject({
      applied_rev: 3,
      types: ['case_started', 'task_completed', 'record_amended'],
      commands: [{ state: 'done' }, { state: 'done' }, { state: 'done' }],
    });
  });

  it('rule 5: a snapshot heals rows, never the log and never the record', async () => {
    const { adminDb } = stage.test;
    const caseId = await finished();
    const { caseId: other, task } = await begin(stage);
    const said = await stage.deps.temporal.workflow.getHandle(other).query<Snapshot>('snapshot');
    await sql`update task set state = 'cancelled' where id = ${task.id}`.execute(adminDb);
    await sql`update record.errand set note = 'by hand' where id = ${other}`.execute(adminDb);
    await sql`delete from case_event where case_id = ${other}`.execute(adminDb);

    expect(await applySnapshot(stage.deps.db, other, said)).toBe(1);
    const { rows } = await sql`select r.note, (select count(*)::int from case_event e where e.case_id = r.id) as events
      from record.errand r where r.id = ${other}`.execute(adminDb);
    expect(rows).toEqual([{ note: 'by hand', events: 0 }]);
    expect(await openTask(stage, other)).toMatchObject({ id: task.id });
    // An old picture changes nothing that is newer.
    const wanted = await rowsOf(caseId);
    expect(await applySnapshot(stage.deps.db, caseId, { ...said, rev: 1 })).toBe(0);
    expect(await rowsOf(caseId)).toEqual(wanted);
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

function permutations<T>(items: T[]): T[][] {
  if (items.length <= 1) return [items];
  return items.flatMap((item, i) =>
    permutations([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item, ...rest]),
  );
}
