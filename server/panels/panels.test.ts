/** Panels show what content/panels says, to whom it says, and no more. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Static } from 'typebox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadBuiltIn } from '../content.ts';
import type { App } from '../http.ts';
import { createLog } from '../log.ts';
import { asUser, buildTestApp, createPerson, type Ask } from '../testing/app.ts';
import { createTestDb, type TestDb } from '../testing/database.ts';
import { loadForm } from '../db/records/index.ts';
import { checkQuestion } from '../db/records/question.ts';
import { parse } from '../commands/prepare/expressions.ts';
import { readPanelSources } from './content.ts';
import type { Panels } from './schemas.ts';

type PanelView = Static<typeof Panels>['items'][number];

const [garden, tower] = [randomUUID(), randomUUID()];
const leaveType = randomUUID();
let test: TestDb;
let app: App;

interface Worker {
  person: string;
  employee: string;
}
let mei: Worker;
let bo: Worker;

beforeAll(async () => {
  test = await createTestDb();
  await loadBuiltIn({ adminDb: test.adminDb, log: createLog('silent', () => undefined) });
  app = await buildTestApp(test);
  for (const [id, name] of [
    [garden, '花园'],
    [tower, '塔楼'],
  ]) {
    await sql`insert into record.community (id, code, name, time_zone, form_version)
      values (${id}, ${name}, ${name}, 'Asia/Shanghai', 1)`.execute(test.adminDb);
  }
  await sql`insert into record.leave_type (id, code, name, form_version) values (${leaveType}, 'NJ', '年假', 1)`.execute(
    test.adminDb,
  );
  mei = await aWorker('林晓梅', garden);
  bo = await aWorker('王博', tower);
  await aLeave(mei, garden, { from: -1, to: 1, result: 'approved', reason: '看病' });
  await aLeave(mei, garden, { from: 30, to: 31, result: 'approved' });
  await aLeave(bo, tower, { from: 0, to: 0, result: 'approved' });
  await aLeave(bo, tower, { from: 3, to: 4, result: 'approved' });
  await aLeave(bo, tower, { from: 5, to: 5, result: 'pending' });
  for (const [{ employee }, days] of [
    [mei, 10],
    [mei, -2.5],
    [bo, 5],
  ] as const) {
    await sql`insert into record.leave_ledger (employee, leave_type, year, kind, days, form_version)
      values (${employee}, ${leaveType}, extract(year from now() at time zone 'Asia/Shanghai')::int, 'grant', ${days}, 1)`.execute(
      test.adminDb,
    );
  }
}, 60_000);
afterAll(async () => {
  await app.close();
  await test.drop();
});

async function aWorker(name: string, communityId: string): Promise<Worker> {
  const person = await createPerson(test, { name, roles: [{ role: 'staff', communityId }] });
  const employee = randomUUID();
  await sql`insert into record.employee (id, number, name, status, form_version) values (${employee}, ${employee.slice(0, 8)}, ${name}, 'active', 1)`.execute(
    test.adminDb,
  );
  await sql`update person set employee_id = ${employee} where id = ${person}`.execute(test.adminDb);
  return { person, employee };
}

/** A case with its record; days are from today. */
async function aLeave(
  { person, employee }: Worker,
  community: string,
  { from, to, result, reason = '事假' }: { from: number; to: number; result: string; reason?: string },
): Promise<string> {
  const id = randomUUID();
  await sql`insert into "case" (id, number, title, summary, flow, flow_version, form, form_version, community_id, initiator, status, position)
    values (${id}, ${id.slice(0, 8)}, '请假', '[]', 'leave', 1, 'leave', 1, ${community}, ${person}, 'running', '{}')`.execute(
    test.adminDb,
  );
  const today = sql`(now() at time zone 'Asia/Shanghai')::date`;
  await sql`insert into record.leave (id, community_id, applicant, employee, leave_type, from_date, to_date, ends_on, days, reason, cover, result, form_version)
    values (${id}, ${community}, ${person}, ${employee}, ${leaveType}, ${today} + ${from}::int, ${today} + ${to}::int, ${today} + ${to}::int, 1, ${reason}, ${person}, ${result}, 1)`.execute(
    test.adminDb,
  );
  return id;
}

async function panels(ask: Ask, query: string): Promise<Record<string, PanelView>> {
  const answer = await ask({ url: `/api/panels?${query}` });
  expect(answer.statusCode, answer.payload).toBe(200);
  return Object.fromEntries(answer.json<Static<typeof Panels>>().items.map((panel) => [panel.key, panel]));
}
const names = (panel: PanelView | undefined): string[] =>
  (panel?.rows ?? []).map(({ fields, labels }) => labels[String(fields.applicant ?? fields.employee)] ?? '?');

describe('the panels of the content', () => {
  it.each(readPanelSources())('$key asks what its form can answer', async (source) => {
    const form = await loadForm(test.db, source.form);
    for (const [i, { value }] of (source.where ?? []).entries()) parse({ at: `where.${i}`, text: value });
    const where = (source.where ?? []).map((each) => ({ ...each, value: null }));
    checkQuestion(form, { where, take: 'list', order: source.order });
    if (source.sum !== undefined) checkQuestion(form, { where: [], take: 'sum', field: source.sum });

    expect([...source.show, source.own ?? source.show[0]].filter((name) => !form.byName.has(name!))).toEqual([]);
    const roles = await test.adminDb.selectFrom('role').select('key').where('key', 'in', source.who).execute();
    expect(roles).toHaveLength(source.who.length);
  });
});

describe('the first page of HR', () => {
  it('says who is away, who will be, what waits and what is left', async () => {
    const hr = await asUser(app, await createPerson(test, { roles: [{ role: 'hr' }] }));
    const found = await panels(hr, 'at=home');

    expect(names(found['away-today']).sort()).toEqual(['林晓梅', '王博']);
    expect(names(found['away-soon'])).toEqual(['王博']);
    expect(names(found['leave-waiting'])).toEqual(['王博']);
    expect(
      Object.values(found)
        .filter(({ summed }) => summed)
        .map(({ key }) => key),
    ).toEqual(['leave-balances']);
    const balances = (found['leave-balances']?.rows ?? []).map(({ fields, labels }) => [
      labels[fields.employee as string],
      labels[fields.leaveType as string],
      fields.days,
    ]);
    expect(balances.sort()).toEqual([
      ['林晓梅', '年假', 7.5],
      ['王博', '年假', 5],
    ]);
  });

  it('tells nothing that the panel does not show, and opens no case that HR may not read', async () => {
    const hr = await asUser(app, await createPerson(test, { roles: [{ role: 'hr' }] }));
    const answer = await hr({ url: '/api/panels?at=home' });

    expect(answer.payload).not.toContain('看病');
    const [row] = (await panels(hr, 'at=home'))['away-today']!.rows;
    expect(row!.caseId).toBeNull();
    expect(Object.keys(row!.fields).sort()).toEqual(['applicant', 'cover', 'endsOn', 'leaveType']);
  });

  it('ends at the communities in which the role is held, and at the one asked for', async () => {
    const manager = await asUser(app, await createPerson(test, { roles: [{ role: 'manager', communityId: garden }] }));
    const hr = await asUser(app, await createPerson(test, { roles: [{ role: 'hr' }] }));

    const own = await panels(manager, 'at=home');
    expect(names(own['away-today'])).toEqual(['林晓梅']);
    expect(own['away-today']!.rows[0]!.caseId).not.toBeNull();
    expect(Object.keys(own)).not.toContain('leave-balances');
    expect(await panels(manager, `at=home&community=${tower}`)).toEqual({});
    expect(names((await panels(hr, `at=home&community=${tower}`))['away-today'])).toEqual(['王博']);
  });

  it('is limited a person: each panel asks the tables', async () => {
    const busy = await asUser(app, await createPerson(test));
    for (let i = 0; i < 120; i += 1) await busy({ url: '/api/panels?at=home' });

    expect((await busy({ url: '/api/panels?at=home' })).json()).toMatchObject({ status: 429, code: 'rate_limited' });
  });

  it('is nobody else’s', async () => {
    expect(await panels(await asUser(app, mei.person), 'at=home')).toEqual({});
    expect((await app.inject({ url: '/api/panels?at=home' })).statusCode).toBe(401);
  });
});

describe('what is about oneself', () => {
  it('shows one’s own balance and requests, though the ledger is closed to staff', async () => {
    const ask = await asUser(app, mei.person);
    const found = await panels(ask, 'at=me');

    expect((await ask({ url: '/api/forms/leaveLedger/records' })).json<{ items?: object[] }>().items ?? []).toEqual([]);
    expect(found['my-balances']?.rows.map(({ fields }) => fields.days)).toEqual([7.5]);
    expect(found['my-leaves']?.rows).toHaveLength(2);
    expect(found['my-leaves']?.rows.every(({ caseId }) => caseId !== null)).toBe(true);
  });

  it('is empty for who is no employee, and for who comes from outside', async () => {
    const bare = await asUser(app, await createPerson(test, { roles: [{ role: 'staff' }] }));
    const owner = await asUser(app, await createPerson(test, { roles: [{ role: 'owner', communityId: garden }] }));

    expect(Object.keys(await panels(bare, 'at=me'))).toEqual(['my-leaves']);
    expect(await panels(owner, 'at=me')).toEqual({});
  });
});
