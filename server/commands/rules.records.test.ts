/** protocol.md rule 7: who writes which field of a record, and what becomes of a patch the table refuses. Real Postgres, real Temporal. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCaseStage, intend, type CaseStage } from '../testing/cases.ts';
import { dyingBeforeRpc, expireLeases } from '../testing/crashes.ts';
import { begin, handOut, look } from '../testing/rules.ts';
import { amendCase } from './case-acts.ts';
import { retryConflict } from './retry-conflict.ts';
import { sweep } from './sweep.ts';
import { completeTask } from './task-acts.ts';

let stage: CaseStage;
beforeAll(async () => {
  stage = await createCaseStage();
  await stage.worker();
});
afterAll(() => stage.close());

describe('rule 7: patches', () => {
  it('shows both values where another changed the field meanwhile, and leaves out what the person did not change', async () => {
    const { caseId, task } = await begin(stage, { amount: 5 });
    await amendCase(stage.deps, intend(stage.cast.manager), {
      caseId,
      fields: { note: 'theirs', amount: 7 },
      version: 1,
      comment: null,
    });
    const clash = completeTask(stage.deps, intend(stage.cast.dispatcher), handOut(stage, task.id, { note: 'mine' }, 1));
    await expect(clash).rejects.toMatchObject({
      code: 'field_changed',
      status: 409,
      errors: [{ path: '/fields/note', params: { yours: 'mine', theirs: 'theirs' } }],
    });

    // The amount goes back as it was read: nobody's change is undone.
    await completeTask(stage.deps, intend(stage.cast.dispatcher), handOut(stage, task.id, { amount: 5 }, 1));
    const { rows } = await sql`select amount, note from record.errand where id = ${caseId}`.execute(stage.test.adminDb);
    expect(rows).toEqual([{ amount: '7.00', note: 'theirs' }]);
  });

  it('commits everything but a patch that the table refuses now, and lets it be retried', async () => {
    const [one, two] = [await begin(stage), await begin(stage)];
    const code = randomUUID().slice(0, 8);
    await completeTask(
      dyingBeforeRpc(stage.deps),
      intend(stage.cast.dispatcher),
      handOut(stage, one.task.id, { code, note: 'late' }),
    );
    await completeTask(stage.deps, intend(stage.cast.dispatcher), handOut(stage, two.task.id, { code }));
    await expireLeases(stage.deps);
    await sweep(stage.deps);

    const stuck = await look(stage, one.caseId);
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
