/** The record that goes with the lock of a task: as fresh as if it had been asked behind it, and never another case's. */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { getCurrentFlow, type PublishedFlow } from '../definitions/published.ts';
import { createCaseStage, intend, type CaseStage } from '../testing/cases.ts';
import { begin, handOut } from '../testing/rules.ts';
import { guessOf, noteTasks } from './known-tasks.ts';
import { completeTask } from './task-acts.ts';

let stage: CaseStage;
let flow: PublishedFlow;
beforeAll(async () => {
  stage = await createCaseStage();
  await stage.worker();
  flow = await getCurrentFlow(stage.deps.db, 'errand');
});
afterAll(() => stage.close());

const complete = (taskId: string, fields: object, version?: number) =>
  completeTask(stage.deps, intend(stage.cast.dispatcher), handOut(stage, taskId, { ...fields }, version));
const noteOf = async (caseId: string): Promise<unknown> => {
  const { rows } = await sql<{ note: unknown }>`select note from record.errand where id = ${caseId}`.execute(
    stage.test.adminDb,
  );
  return rows[0]?.note;
};

it('knows a task that this process has opened, until it is closed', async () => {
  const { caseId, task } = await begin(stage);

  expect(guessOf(task.id)).toMatchObject({ caseId, flow: { key: 'errand' } });
  await complete(task.id, {});
  expect(guessOf(task.id)).toBeUndefined();
});

it('sees in the record what was written while the lock was waited for', async () => {
  const { caseId, task } = await begin(stage);
  const act = await stage.test.adminDb.transaction().execute(async (tx) => {
    await sql`update "case" set field_revs = '{"note": 1}' where id = ${caseId}`.execute(tx);
    await sql`update record.errand set note = 'theirs' where id = ${caseId}`.execute(tx);
    expect(guessOf(task.id)).toMatchObject({ caseId });
    const waiting = complete(task.id, { note: 'mine' }, 0).catch((error: unknown) => error);
    const isWaiting = async (): Promise<boolean> => {
      const { rows } = await sql`
        select from pg_locks l join pg_stat_activity a using (pid) where not l.granted and a.datname = current_database()`.execute(
        stage.test.adminDb,
      );
      return rows.length > 0;
    };
    await expect.poll(isWaiting).toBe(true);
    return { waiting };
  });

  expect(await act.waiting).toMatchObject({
    code: 'field_changed',
    errors: [{ path: '/fields/note', params: { yours: 'mine', theirs: 'theirs' } }],
  });
});

it('believes no guess that the locked task does not bear out', async () => {
  const other = await begin(stage);
  await complete(other.task.id, { note: 'taken' });
  const notes: unknown[] = [];
  for (const guessed of [flow, { ...flow }]) {
    const ours = await begin(stage);
    noteTasks([{ id: ours.task.id, state: 'open' }], { caseId: other.caseId, flow: guessed });
    // By the other's record this would be no change.
    await complete(ours.task.id, { note: 'taken' });
    notes.push(await noteOf(ours.caseId));
  }

  expect(notes).toEqual(['taken', 'taken']);
});

it('forgets the oldest of very many', () => {
  const note = (n: number) => {
    noteTasks([{ id: `many-${n}`, state: 'open' }], { caseId: 'x', flow });
  };
  for (let n = 0; n <= 10_000; n++) note(n);

  expect([guessOf('many-0'), guessOf('many-10000')]).toEqual([undefined, { caseId: 'x', flow }]);
});
