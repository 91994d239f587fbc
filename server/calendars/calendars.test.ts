/** Calendars of a company: kept, imported, warned of; and what a change does to cases that run. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import office from '../../content/calendars/office.json' with { type: 'json' };
import service from '../../content/calendars/service.json' with { type: 'json' };
import { fold } from '../../workflows/engine/fold.ts';
import { compile } from '../../workflows/engine/compile.ts';
import { reckonerOf } from '../../workflows/engine/calendar/reckoner.ts';
import { workingTimesOf } from '../../workflows/engine/calendar/working-times.ts';
import type { DeltaEntry } from '../../workflows/engine/types.ts';
import type { Flow } from '../../workflows/engine/flow.gen.ts';
import { sweep } from '../commands/sweep.ts';
import { publishCalendar } from '../definitions/calendars.ts';
import { publishFlow } from '../definitions/flows.ts';
import { getCurrentFlow } from '../definitions/published.ts';
import { asUser, createPerson, type Ask } from '../testing/app.ts';
import { createActStage, decision, type ActStage } from '../testing/acts.ts';
import { errandFlow } from '../testing/errand.ts';
import { buildApp } from '../app.ts';
import type { App } from '../http.ts';
import { warnOfMissingYears } from './warn.ts';

const timed: Flow = {
  ...errandFlow,
  key: 'timed',
  steps: errandFlow.steps.map((step) =>
    step.kind === 'userTask'
      ? { ...step, due: { in: 'P3D', calendar: 'office' }, pause: { max: 'P9D', waitingFor: ['owner', 'supplier'] } }
      : step,
  ),
};

let stage: ActStage;
let app: App;
let admin: Ask;
let adminId: string;
beforeAll(async () => {
  stage = await createActStage([errandFlow]);
  for (const calendar of [office, service])
    await publishCalendar(stage.test.adminDb, calendar, { note: null, by: null });
  await publishFlow(stage.test.adminDb, timed, { note: null, by: null });
  app = await buildApp(stage.deps);
  adminId = await createPerson(stage.test, { roles: [{ role: 'admin' }] });
  admin = await asUser(app, adminId);
});
afterAll(async () => {
  await app.close();
  await stage.close();
});

const put = (definition: object, key = 'office') =>
  admin({ method: 'PUT', url: `/api/calendars/${key}`, payload: { definition, note: 'as told' } });
const importYear = (year: number, payload: object) =>
  admin({ method: 'POST', url: `/api/calendars/office/years/${year}`, payload: { dryRun: false, ...payload } });
const current = async () =>
  (await admin({ url: '/api/calendars/office' })).json<{ definition: typeof office }>().definition;
async function dueAt(task: string): Promise<number> {
  const row = await stage.test.adminDb
    .selectFrom('task')
    .select('due_at')
    .where('id', '=', task)
    .executeTakeFirstOrThrow();
  return row.due_at?.getTime() ?? 0;
}
/** Drives what waits until nothing does. */
async function settle(caseId: string): Promise<void> {
  await expect
    .poll(
      async () => {
        await sweep(stage.deps);
        const { rows } = await sql`select from command where case_id = ${caseId} and state = 'pending'`.execute(
          stage.test.adminDb,
        );
        return rows.length;
      },
      { timeout: 20_000 },
    )
    .toBe(0);
}

describe('a case by a working calendar', () => {
  it('is due in working days, says so, and its log folds without the calendars', async () => {
    const caseId = await stage.start('timed');
    const task = await stage.taskOf(caseId, 'hand_out');
    const { rows } = await sql<{
      entry: DeltaEntry;
    }>`select entry from case_event where case_id = ${caseId} order by rev`.execute(stage.test.adminDb);
    const [first] = rows;
    const { add } = reckonerOf(workingTimesOf(office, 1), 'Asia/Shanghai');

    expect(await dueAt(task)).toBe(add(first?.entry.at ?? 0, 'P3D'));
    expect(await stage.detail('dispatcher', task)).toMatchObject({
      task: { dueBy: { calendar: 'office', title: office.title, before: null } },
      time: [{ party: 'pool', workingMinutes: null }],
    });
    const { loaded } = await getCurrentFlow(stage.test.db, 'timed');
    const folded = fold(
      compile(loaded),
      caseId,
      rows.map(({ entry }) => entry),
    );
    expect(folded.tasks).toMatchObject([{ id: task, dueAt: await dueAt(task) }]);
  });

  it('is reckoned again when the calendar changes, in its log and in the report', async () => {
    const caseId = await stage.start('timed');
    const wall = await stage.start('errand');
    const task = await stage.taskOf(caseId, 'hand_out');
    const from = await dueAt(task);
    const definition = await current();
    const closed = { name: { 'zh-CN': '停业', en: 'Closed' }, from: '2026-01-01', to: '2026-12-31' };
    const next = { ...definition, keepsHolidays: true, years: { '2026': { holidays: [closed], worked: [] } } };
    // Wherever the test's today lies: all of this week is off.
    const today = new Date().getUTCFullYear();
    const years = Object.fromEntries(
      [today, today + 1].map((year) => [
        String(year),
        { holidays: [{ ...closed, from: `${year}-01-01`, to: `${year}-12-31` }], worked: [] },
      ]),
    );
    const published = (await put({ ...next, years })).json<{ version: number; cases: number; isNew: boolean }>();
    expect(published).toMatchObject({ isNew: true });
    expect(published.cases).toBeGreaterThan(0);
    await settle(caseId);

    const to = await dueAt(task);
    expect(to).toBeGreaterThan(from);
    const detail = await stage.detail('dispatcher', task);
    expect(detail).toMatchObject({ task: { dueBy: { before: new Date(from).toISOString() } } });
    const { timeline } = detail as { timeline: { type: string; actor: object; data: object }[] };
    expect(timeline.at(-1)).toMatchObject({ type: 'calendar_changed', actor: { id: adminId }, data: { moved: 1 } });
    const report = (await admin({ url: `/api/calendars/office/versions/${published.version}/moves` })).json<object>();
    expect(report).toMatchObject({ version: published.version, pending: 0 });
    expect((report as { items: object[] }).items).toContainEqual(
      expect.objectContaining({ caseId, task, from: new Date(from).toISOString(), to: new Date(to).toISOString() }),
    );
    const { rows } = await sql`select from command where case_id = ${wall} and kind = 'recalendar'`.execute(
      stage.test.adminDb,
    );
    expect(rows).toHaveLength(0);
    expect((await put(definition)).json()).toMatchObject({ isNew: true });
    await settle(caseId);
    expect(await dueAt(task)).toBe(from);
    // Said again it is no other version.
    expect((await put(definition)).json()).toMatchObject({ isNew: false, cases: 0 });
  });

  it('has each stretch of its time in the tables, by whom it was', async () => {
    const caseId = await stage.start('timed');
    const task = await stage.taskOf(caseId, 'hand_out');
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const refused = await stage.act('dispatcher', task, 'pause', { until, reason: 'why', waitingFor: 'authority' });
    expect(refused.json()).toMatchObject({
      code: 'invalid_fields',
      errors: [{ path: '/waitingFor', code: 'party_not_offered' }],
    });
    expect(
      (await stage.act('dispatcher', task, 'pause', { until, reason: 'why', waitingFor: 'owner' })).statusCode,
    ).toBe(200);
    expect(await stage.detail('dispatcher', task)).toMatchObject({
      task: { pause: { waitingFor: 'owner' }, dueAt: null },
      pausing: { waitingFor: ['owner', 'supplier'] },
    });
    await stage.act('dispatcher', task, 'resume');

    const { rows } = await sql<{ party: string; long: boolean; worked: boolean }>`
      select party, to_at > from_at as long, working_ms is not null as worked from task_time where task_id = ${task} order by rev`.execute(
      stage.test.adminDb,
    );
    expect(rows).toEqual([
      { party: 'pool', long: true, worked: true },
      { party: 'owner', long: true, worked: true },
    ]);
    // Less than half a minute each.
    expect(await stage.detail('dispatcher', task)).toMatchObject({
      time: expect.arrayContaining([{ party: 'owner', minutes: 0, workingMinutes: 0 }]) as unknown,
    });
    const cases = (await stage.ask.staff({ url: `/api/cases/${caseId}` })).json<{ time: { party: string }[] }>();
    expect(cases.time.map(({ party }) => party).sort()).toEqual(['owner', 'pool']);
  });
});

describe('time of a task that waits in a pool', () => {
  /** Who had it, in turn; null: has it still. */
  const claimsOf = async (task: string) => {
    const { rows } = await sql<{ by: string; to: Date | null; ended: Date | null }>`
      select c.person_id as by, c.to_at as to, (select max(to_at) from task_time s where s.task_id = c.task_id) as ended
      from task_claim c where c.task_id = ${task} order by c.from_at`.execute(stage.test.adminDb);
    return rows;
  };
  const timeOf = async (who: 'dispatcher' | 'staff', url: string) =>
    (await stage.ask[who]({ url })).json<{ time: { party: string }[] }>().time;
  /** As if the task had opened on Monday at 9 in Shanghai: each stretch and each claim from and to a moment. */
  const happened = async (task: string, stretches: [string, string, number][], claims: [string, string | null][]) => {
    for (const [index, [from, to, workingHours]] of stretches.entries())
      await sql`update task_time set from_at = ${from}, to_at = ${to}, working_ms = ${workingHours * 3_600_000}
        where (task_id, rev) = (select task_id, rev from task_time where task_id = ${task} order by rev offset ${index} limit 1)`.execute(
        stage.test.adminDb,
      );
    await sql`delete from task_claim where task_id = ${task}`.execute(stage.test.adminDb);
    for (const [from, to] of claims)
      await sql`insert into task_claim (task_id, case_id, person_id, from_at, to_at)
        select id, case_id, ${stage.cast.dispatcher}, ${from}, ${to} from task where id = ${task}`.execute(
        stage.test.adminDb,
      );
  };

  it('keeps who took it, who gave it back, and who it was taken from', async () => {
    const caseId = await stage.start('timed');
    const task = await stage.taskOf(caseId, 'hand_out');
    await stage.act('dispatcher', task, 'claim');
    await stage.act('dispatcher', task, 'claim');
    await stage.act('dispatcher', task, 'release', { comment: 'no time' });
    expect(await claimsOf(task)).toMatchObject([{ by: stage.cast.dispatcher, to: expect.any(Date) as Date }]);
    await stage.act('other', task, 'claim');
    expect(await claimsOf(task)).toMatchObject([{}, { by: stage.cast.other, to: null }]);

    const moved = await stage.act('other', task, 'transfer', { to: stage.cast.manager, comment: 'yours' });

    expect(moved.statusCode).toBe(200);
    const [, last] = await claimsOf(task);
    expect(last?.to).toEqual(last?.ended);
    expect(last?.to).not.toBeNull();
    const { rows } = await sql`select count(*)::int as n from task_claim where task_id = ${task}`.execute(
      stage.test.adminDb,
    );
    expect(rows).toEqual([{ n: 2 }]);
  });

  it('is the pool’s until it was taken, then theirs, in working minutes of its calendar as it was', async () => {
    const caseId = await stage.start('timed');
    const task = await stage.taskOf(caseId, 'hand_out');
    await stage.act('dispatcher', task, 'claim');
    const until = new Date(Date.now() + 3_600_000).toISOString();
    await stage.act('dispatcher', task, 'pause', { until, reason: 'why', waitingFor: 'owner' });
    await stage.act('dispatcher', task, 'resume');
    const done = decision('handed_out', { fields: { runner: stage.cast.runner } });
    expect((await stage.act('dispatcher', task, 'complete', done)).statusCode).toBe(200);
    // The calendar is another one by now.
    const definition = await current();
    await put({ ...definition, week: { ...definition.week, mon: [{ from: '09:00', to: '10:00' }] } });
    await happened(
      task,
      [
        ['2026-11-02T01:00:00Z', '2026-11-03T02:00:00Z', 8.5],
        ['2026-11-03T02:00:00Z', '2026-11-04T02:00:00Z', 7.5],
        ['2026-11-04T02:00:00Z', '2026-11-04T10:00:00Z', 6.5],
      ],
      [
        ['2026-11-02T02:00:00Z', '2026-11-02T03:00:00Z'],
        ['2026-11-02T06:00:00Z', null],
      ],
    );

    // Monday from 10 to 11 and from 14 to Tuesday at 10, and Wednesday from 10: 1 + 4 + 1 and 6.5 hours.
    const expected = [
      { party: 'holder', minutes: 60 + 20 * 60 + 8 * 60, workingMinutes: 60 + 5 * 60 + 6.5 * 60 },
      { party: 'owner', minutes: 24 * 60, workingMinutes: 7.5 * 60 },
      { party: 'pool', minutes: 4 * 60, workingMinutes: 2.5 * 60 },
    ];
    expect(await timeOf('dispatcher', `/api/tasks/${task}`)).toEqual(expected);
    expect(await timeOf('staff', `/api/cases/${caseId}`)).toEqual(expected);
    expect((await put(definition)).json()).toMatchObject({ isNew: true });
    await settle(caseId);
  });

  it('by the clock on the wall the stretch that goes on is told apart as well', async () => {
    const caseId = await stage.start('errand');
    const task = await stage.taskOf(caseId, 'hand_out');
    await stage.act('dispatcher', task, 'claim');
    await sql`update task set opened_at = now() - interval '3 hours' where id = ${task}`.execute(stage.test.adminDb);
    await sql`update task_claim set from_at = now() - interval '1 hour' where task_id = ${task}`.execute(
      stage.test.adminDb,
    );
    const pool = { party: 'pool', minutes: 120, workingMinutes: null };
    expect(await timeOf('dispatcher', `/api/tasks/${task}`)).toEqual([
      pool,
      { party: 'holder', minutes: 60, workingMinutes: null },
    ]);

    await stage.act('dispatcher', task, 'release', { comment: 'no time' });
    await sql`update task_claim set to_at = now() - interval '30 minutes' where task_id = ${task}`.execute(
      stage.test.adminDb,
    );
    expect(await timeOf('dispatcher', `/api/tasks/${task}`)).toEqual([
      { ...pool, minutes: 150 },
      { party: 'holder', minutes: 30, workingMinutes: null },
    ]);
  });
});

describe('keeping calendars', () => {
  it('is for who may; everybody else is told so', async () => {
    for (const url of ['/api/calendars', '/api/calendars/office', '/api/calendars/office/versions'])
      expect((await stage.ask.staff({ url })).statusCode).toBe(403);
    const payload = { definition: office, note: 'x' };
    expect((await stage.ask.staff({ method: 'PUT', url: '/api/calendars/office', payload })).statusCode).toBe(403);
  });

  it('lists what there is and who uses it', async () => {
    const { items } = (await admin({ url: '/api/calendars' })).json<{ items: { key: string }[] }>();

    expect(items).toMatchObject([
      { key: 'office', years: [2026], flows: [{ key: 'timed' }], keepsHolidays: true },
      { key: 'service', years: [], missing: [], flows: [], keepsHolidays: false, running: 0 },
    ]);
  });

  it('refuses a bad definition with path and sentence, and changes nothing', async () => {
    const week = { mon: [], tue: [], wed: [], thu: [], fri: [], sat: [], sun: [] };
    const before = (await admin({ url: '/api/calendars/office/versions' })).json<{ items: object[] }>().items.length;

    const refused = await put({ ...office, week });

    expect(refused.json()).toMatchObject({
      status: 422,
      code: 'invalid_calendar',
      errors: [{ path: '/week', code: 'no_working_time', title: expect.any(String) as string }],
    });
    expect((await put({ ...office, key: 'other' })).json()).toMatchObject({ errors: [{ path: '/definition/key' }] });
    expect((await put({ key: 'office' })).statusCode).toBe(422);
    const checked = await admin({
      method: 'POST',
      url: '/api/calendars/office/check',
      payload: { definition: { ...office, week } },
    });
    expect(checked.json()).toMatchObject({ problems: [{ code: 'no_working_time' }] });
    expect((await admin({ url: '/api/calendars/office/versions' })).json<{ items: object[] }>().items).toHaveLength(
      before,
    );
  });

  it('imports a year: told first, then done, and refused by line', async () => {
    const csv =
      'kind,from,to,name,name_en\nholiday,2027-01-01,2027-01-03,元旦,New Year’s Day\nworkday,2027-01-09,,元旦调休,Worked';
    const dry = (await importYear(2027, { csv, dryRun: true })).json<object>();
    expect(dry).toEqual({ year: 2027, daysOff: 3, daysWorked: 1, replaces: false, problems: [], published: null });
    expect(Object.keys((await current()).years)).toEqual(['2026']);

    expect((await importYear(2027, { csv, source: '国务院办公厅' })).json()).toMatchObject({
      problems: [],
      published: { key: 'office', isNew: true },
    });
    expect(Object.keys((await current()).years)).toEqual(['2026', '2027']);

    const bad = await importYear(2027, { csv: `${csv}\nworkday,2026-02-30,,x,y` });
    expect(bad.json()).toMatchObject({
      problems: [{ path: '/csv/4/from', code: 'date_invalid', title: expect.any(String) as string }],
      published: null,
    });
    const list = {
      holidays: [{ name: { 'zh-CN': '假', en: 'Off' }, from: '2027-01-03', to: '2027-01-01' }],
      worked: [],
    };
    expect((await importYear(2027, { list })).json()).toMatchObject({ problems: [{ code: 'dates_reversed' }] });
    expect(
      (await importYear(2027, { list: { days: 3 } })).json<{ problems: object[] }>().problems.length,
    ).toBeGreaterThan(0);
    expect((await importYear(2027, {})).json()).toMatchObject({ status: 422, code: 'invalid_request' });
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from audit where act = 'calendar.publish' and person_id = ${adminId}`.execute(
      stage.test.adminDb,
    );
    expect(rows[0]?.count).toBeGreaterThan(0);
  });

  it('refuses a flow that names a calendar which is not there', async () => {
    const definition = {
      ...timed,
      key: randomUUID().slice(0, 1).replace(/\d/, 'x') + 'flow',
      steps: timed.steps.map((step) => ('due' in step ? { ...step, due: { in: 'P1D', calendar: 'nowhere' } } : step)),
    };

    await expect(publishFlow(stage.test.adminDb, definition, { note: null, by: null })).rejects.toMatchObject({
      code: 'invalid_flow',
      errors: expect.arrayContaining([expect.objectContaining({ code: 'unknown_calendar' })]) as unknown,
    });
  });

  it('warns administrators once of a year that is missing', async () => {
    const now = new Date('2027-11-02T00:00:00Z');

    expect(await warnOfMissingYears(stage.deps, now)).toBe(1);
    expect(await warnOfMissingYears(stage.deps, now)).toBe(0);
    expect(await warnOfMissingYears(stage.deps, new Date('2027-10-02T00:00:00Z'))).toBe(0);

    const { items } = (await admin({ url: '/api/notifications' })).json<{
      items: { kind: string; text: { en: string } }[];
    }>();
    expect(items).toMatchObject([
      { kind: 'calendar_year_missing', text: { en: expect.stringContaining('2028') as string } },
    ]);
  });
});
