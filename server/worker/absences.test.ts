/** An absence that begins while work is open (ux.md threads 17 and 18): it goes to whoever stands in, or somebody is told. */
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import leave from '../../forms/staff/leave.schema.json' with { type: 'json' };
import leaveLayout from '../../forms/staff/leave.layout.json' with { type: 'json' };
import leaveType from '../../forms/staff/leaveType.schema.json' with { type: 'json' };
import leaveTypeLayout from '../../forms/staff/leaveType.layout.json' with { type: 'json' };
import community from '../../forms/property/community.schema.json' with { type: 'json' };
import communityLayout from '../../forms/property/community.layout.json' with { type: 'json' };
import department from '../../forms/staff/department.schema.json' with { type: 'json' };
import departmentLayout from '../../forms/staff/department.layout.json' with { type: 'json' };
import employee from '../../forms/staff/employee.schema.json' with { type: 'json' };
import employeeLayout from '../../forms/staff/employee.layout.json' with { type: 'json' };
import post from '../../forms/staff/post.schema.json' with { type: 'json' };
import postLayout from '../../forms/staff/post.layout.json' with { type: 'json' };
import type { Flow, Step } from '../../workflows/engine/flow.gen.ts';
import { publishForm } from '../definitions/forms.ts';
import { createActStage, decision, type ActStage } from '../testing/acts.ts';
import { flowOf, wait } from '../testing/rules.ts';
import { relieveAbsent } from './absences.ts';

const text = (en: string) => ({ 'zh-CN': en, en });
const work: Step = {
  id: 'work',
  kind: 'userTask',
  title: text('Work'),
  people: { assign: { rule: 'role', role: 'technician' } },
};
const flows: Flow[] = [
  flowOf('moving', [wait(), work]),
  flowOf('waiting', [wait(), { ...work, people: { ...work.people, whenAbsent: 'keep' } }]),
];

let stage: ActStage;
let stand: string;
beforeAll(async () => {
  stage = await createActStage(flows);
  for (const [schema, layout] of [
    [community, communityLayout],
    [post, postLayout],
    [department, departmentLayout],
    [employee, employeeLayout],
    [leaveType, leaveTypeLayout],
    [leave, leaveLayout],
  ] as const)
    await publishForm(stage.test.adminDb, { schema, layout }, { note: null, by: null });
  await sql`insert into record.community (code, name, time_zone, form_version) values ('C1', 'Court', 'Asia/Shanghai', 1)`.execute(
    stage.test.adminDb,
  );
  stand = stage.cast.other;
});
afterAll(() => stage.close());

/** A case whose work is with the runner. */
async function working(flow = 'moving'): Promise<{ caseId: string; task: string }> {
  const caseId = await stage.start(flow);
  await stage.act('dispatcher', await stage.taskOf(caseId, 'wait'), 'complete', decision('done'));
  return { caseId, task: await stage.taskOf(caseId, 'work') };
}
async function holderOf(task: string) {
  const { rows } = await sql<{ holder: string; explanation: { for?: string } }>`
    select holder, explanation from task where id = ${task}`.execute(stage.test.adminDb);
  return rows[0]!;
}
/** Of the runner, made days ago for today; until it is ended by the returned function. */
async function standingIn(from = 'current_date'): Promise<() => Promise<unknown>> {
  const { rows } = await sql<{ id: string }>`
    insert into substitution (person_id, substitute_id, from_on, created_by, created_at)
    values (${stage.cast.runner}, ${stand}, ${sql.raw(from)}, ${stage.cast.runner}, now() - interval '9 days') returning id`.execute(
    stage.test.adminDb,
  );
  return () => sql`update substitution set ended_at = now() where id = ${rows[0]!.id}`.execute(stage.test.adminDb);
}
const agesAgo = (task: string) =>
  sql`update task set opened_at = now() - interval '9 days' where id = ${task}`.execute(stage.test.adminDb);
/** Of the runner, over several days around today. */
async function onLeave(cover: string | null): Promise<() => Promise<unknown>> {
  await sql`insert into record.leave (form_version, community_id, applicant, from_date, to_date, ends_on, reason, cover, result)
    select 1, id, ${stage.cast.runner}, current_date - 2, current_date + 2, current_date + 2, 'Home', ${cover}, 'approved'
    from record.community`.execute(stage.test.adminDb);
  return () => sql`delete from record.leave`.execute(stage.test.adminDb);
}
const told = async (task: string) => {
  const { rows } = await sql<{ person: string }>`
    select person_id as person from notification where kind = 'holder_absent' and task_id = ${task}`.execute(
    stage.test.adminDb,
  );
  return rows.map(({ person }) => person);
};

describe('a substitution that begins later', () => {
  it('takes along what is open on its first day, once', async () => {
    const { caseId, task } = await working();
    await agesAgo(task);
    const end = await standingIn();
    expect(await relieveAbsent(stage.deps)).toEqual({ moved: 1, told: 0 });
    expect(await holderOf(task)).toMatchObject({ holder: stand, explanation: { for: stage.cast.runner } });

    const back = { to: stage.cast.runner, assignment: 2 };
    expect((await stage.act('other', task, 'transfer', back)).json()).toMatchObject({ state: 'done' });
    expect(await relieveAbsent(stage.deps)).toEqual({ moved: 0, told: 0 });
    expect(await stage.holders(caseId)).toEqual(['work runner']);
    await end();
  });

  it('leaves alone what came after it began, and what the flow lets wait', async () => {
    const [late, waits] = [await working(), await working('waiting')];
    await agesAgo(waits.task);
    const end = await standingIn('current_date - 1');
    expect(await relieveAbsent(stage.deps)).toEqual({ moved: 0, told: 0 });
    for (const { task } of [late, waits]) expect(await holderOf(task)).toMatchObject({ holder: stage.cast.runner });
    await end();
  });
});

describe('an approved leave', () => {
  it('sends the work to the cover', async () => {
    const { task } = await working();
    const back = await onLeave(stand);
    expect(await relieveAbsent(stage.deps)).toMatchObject({ told: 0 });
    expect(await holderOf(task)).toMatchObject({ holder: stand, explanation: { for: stage.cast.runner } });
    await back();
  });

  it('is told to those who manage the work where nobody stands in, once', async () => {
    const { task } = await working();
    const back = await onLeave(null);
    await relieveAbsent(stage.deps);
    expect(await told(task)).toEqual([stage.cast.manager]);
    expect(await relieveAbsent(stage.deps)).toEqual({ moved: 0, told: 0 });
    expect(await holderOf(task)).toMatchObject({ holder: stage.cast.runner });
    await back();
  });
});

it('who has left is told of, also where the flow lets the work wait', async () => {
  const { task } = await working('waiting');
  const disable = (at: string | null) =>
    sql`update person set disabled_at = ${at}::timestamptz where id = ${stage.cast.runner}`.execute(stage.test.adminDb);
  await disable('2026-01-01');
  await relieveAbsent(stage.deps);
  await disable(null);

  expect(await told(task)).toEqual([stage.cast.manager]);
});
