/** The command protocol end to end, on the real Temporal and Postgres (protocol.md A). */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { complete, createCaseStage, intend, openTask, startErrand, type CaseStage } from '../testing/cases.ts';

let stage: CaseStage;
beforeAll(async () => {
  stage = await createCaseStage();
  await stage.worker();
});
afterAll(() => stage.close());

it('goes from a start over two human steps to the end, each applied when it is answered', async () => {
  const { cast, test } = stage;
  const started = await startErrand(stage, { amount: 19.99 });
  expect(started.state).toBe('done');

  const first = await openTask(stage, started.caseId);
  const handed = await complete(
    stage,
    { taskId: first.id, outcome: 'handed_out', fields: { runner: cast.runner, note: 'soon' } },
    intend(cast.dispatcher),
  );
  expect(handed.state).toBe('done');

  const second = await openTask(stage, started.caseId);
  expect(second.step).toBe('run');
  const done = await complete(stage, { taskId: second.id }, intend(cast.runner));
  expect(done).toMatchObject({ state: 'done', opened: [] });

  const { rows } = await sql`
    select c.status, c.outcome, c.applied_rev, c.seen_rev, c.title, (select count(*)::int from case_event e where e.case_id = c.id and hash is not null) as events,
      (select count(*)::int from command m where m.case_id = c.id and m.state = 'done') as commands,
      (select note from record.errand r where r.id = c.id) as note
    from "case" c where c.id = ${started.caseId}`.execute(test.adminDb);
  expect(rows).toEqual([
    {
      status: 'completed',
      outcome: 'completed',
      applied_rev: 3,
      seen_rev: 3,
      title: 'Fetch the parcel',
      events: 3,
      commands: 3,
      note: 'soon',
    },
  ]);
});
