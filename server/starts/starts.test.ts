/** Cases that nobody starts by hand: each cause starts exactly one (protocol.md rule 10). */
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Flow, Starter } from '../../workflows/engine/flow.gen.ts';
import { buildApp } from '../app.ts';
import { asPerson } from '../db/as.ts';
import { insertRecord, loadForm, patchRecord } from '../db/records/index.ts';
import { publishFlow } from '../definitions/flows.ts';
import { publishForm } from '../definitions/forms.ts';
import type { App } from '../http.ts';
import { asUser, createPerson, type Ask } from '../testing/app.ts';
import { createCaseStage, type CaseStage } from '../testing/cases.ts';
import { quotaForm, tripForm } from '../testing/trip.ts';
import { driveStarts } from './drive.ts';
import { reconcileAll } from './reconcile.ts';
import { runSchedules } from './schedules.ts';

const text = (en: string) => ({ 'zh-CN': en, en });
const look: Flow['steps'] = [
  { id: 'look', kind: 'userTask', title: text('Look'), people: { assign: { rule: 'pool', role: 'staff' } } },
];
const flow = (key: string, on?: Starter[]): Flow => ({
  key,
  title: text(key),
  form: 'trip',
  start: {
    who: ['staff'],
    fields: { kind: 'required', days: 'required', from: 'edit', note: 'edit', quota: 'edit' },
    ...(on === undefined ? {} : { on: on }),
  },
  steps: look,
});
const fields = { kind: '"near"', days: '2' };
const daily: Starter = {
  id: 'daily',
  by: 'schedule',
  rrule: 'FREQ=DAILY',
  from: '2026-01-01T09:00',
  catchUp: 'PT4H',
  onHoliday: 'skip',
  fields: { ...fields, from: 'today' },
};
const onQuota: Starter[] = [
  {
    id: 'made',
    by: 'record',
    form: 'quota',
    event: 'created',
    fields: { ...fields, quota: 'record.id', note: 'record.name' },
  },
  {
    id: 'spent',
    by: 'record',
    form: 'quota',
    event: 'changed',
    changes: ['days'],
    when: 'record.days <= 0 and old.days > 0',
    fields: { ...fields, note: '"spent: " + record.name + " of " + string(old.days)' },
    initiator: { rule: 'role', role: 'manager' },
  },
];

let stage: CaseStage;
let app: App;
let here: string;
let keeper: string;
let ask: Ask;
beforeAll(async () => {
  stage = await createCaseStage([]);
  const { test, deps } = stage;
  for (const form of [quotaForm, tripForm]) await publishForm(test.adminDb, form, { note: null, by: null });
  await stage.worker();
  app = await buildApp(deps);
  keeper = await createPerson(test, { name: 'Keeper', roles: [{ role: 'admin' }] });
  ask = await asUser(app, keeper);
  const place = (code: string, timeZone: string) =>
    add('community', { code, name: code, address: '一号路', timeZone }, null);
  here = await place('HERE', 'Asia/Shanghai');
  await place('WEST', 'Asia/Urumqi');
});
beforeEach(async () => {
  await sql`delete from automatic_start`.execute(stage.test.adminDb);
});
afterAll(async () => {
  await app.close();
  await stage.close();
});

const publish = (given: Flow) => publishFlow(stage.test.adminDb, given, { note: null, by: null });
async function add(key: string, given: Record<string, unknown>, communityId: string | null): Promise<string> {
  const form = await loadForm(stage.deps.db, key);
  return asPerson(
    stage.deps.db,
    keeper,
    async (tx) => (await insertRecord(tx, form, { communityId, fields: given, by: keeper })).id,
  );
}
async function change(id: string, given: Record<string, unknown>): Promise<void> {
  const form = await loadForm(stage.deps.db, 'quota');
  await asPerson(stage.deps.db, keeper, (tx) => patchRecord(tx, form, id, { fields: given, by: keeper }));
}
interface Started {
  id: string;
  community: string;
  initiator: string;
  from: string | null;
  note: string | null;
  quota: string | null;
}
async function cases(key: string): Promise<Started[]> {
  const { rows } = await sql<Started>`
    select c.id, m.code as community, p.display_name as initiator, r."from"::text as "from", r.note, r.quota from "case" c
      join record.trip r on r.id = c.id join record.community m on m.id = c.community_id join person p on p.id = c.initiator
    where c.flow = ${key} order by m.code, c.started_at`.execute(stage.test.adminDb);
  return rows;
}
const starts = async () => {
  const { rows } = await sql<{ starter: string; state: string; error: { code: string } | null }>`
    select starter, state, error from automatic_start order by created_at, id`.execute(stage.test.adminDb);
  return rows;
};
const schedules = async () => {
  const { rows } = await sql<{ id: string; community: string; zone: string; nextAt: Date; skipped: number }>`
    select s.id, m.code as community, s.zone, s.next_at as "nextAt", s.skipped from schedule s
      join record.community m on m.id = s.community_id order by m.code`.execute(stage.test.adminDb);
  return rows;
};
/** Every schedule stands before this instant's occurrence. */
const setNext = (at: string, of = 'daily') =>
  sql`update schedule set next_at = ${at}::timestamptz, skipped = 0 where starter = ${of}`.execute(stage.test.adminDb);

describe('a schedule', () => {
  it('starts one case an occurrence in each community, by its clock, however many workers there are', async () => {
    await publish(flow('rounds', [daily]));
    expect((await schedules()).map(({ community, zone }) => [community, zone])).toEqual([
      ['HERE', 'Asia/Shanghai'],
      ['WEST', 'Asia/Urumqi'],
    ]);
    await setNext('2026-03-02T23:30:00Z');
    const { db } = stage.deps;
    const now = new Date('2026-03-02T23:31:00Z');
    const handled = await Promise.all([1, 2, 3].map(() => runSchedules(db, now)));
    expect(handled.reduce((sum, n) => sum + n, 0)).toBe(2);
    await Promise.all([1, 2, 3].map(() => driveStarts(stage.deps)));
    await driveStarts(stage.deps);

    expect(await cases('rounds')).toMatchObject([
      { community: 'HERE', from: '2026-03-03', initiator: '系统' },
      { community: 'WEST', from: '2026-03-03', initiator: '系统' },
    ]);
    expect((await schedules()).map(({ nextAt }) => nextAt.toISOString())).toEqual([
      '2026-03-03T01:00:00.000Z',
      '2026-03-03T03:00:00.000Z',
    ]);
  });

  it('starts the same case when a crash lost what was written after it', async () => {
    await setNext('2026-03-04T01:00:00Z');
    const run = () => runSchedules(stage.deps.db, new Date('2026-03-04T01:01:00Z'));
    await run();
    await driveStarts(stage.deps);
    const before = await cases('rounds');
    await sql`update automatic_start set state = 'pending', ended_at = null`.execute(stage.test.adminDb);
    await setNext('2026-03-04T01:00:00Z');
    await run();
    await driveStarts(stage.deps);

    expect(await cases('rounds')).toEqual(before);
    expect(new Set((await starts()).map(({ state }) => state))).toEqual(new Set(['done']));
  });

  it('catches up what is not too old, and skips and counts the rest and holidays', async () => {
    await setNext('2026-03-05T01:00:00Z');
    await runSchedules(stage.deps.db, new Date('2026-03-09T02:00:00Z'));
    const [shanghai] = await schedules();
    expect(await starts()).toEqual([]);
    // Four hours back from then, the next is that morning's.
    expect(shanghai).toMatchObject({ skipped: 1, nextAt: new Date('2026-03-09T01:00:00Z') });
    await runSchedules(stage.deps.db, new Date('2026-03-09T02:00:00Z'));
    expect(await starts()).toHaveLength(1);

    await add('holiday', { date: '2026-10-01', kind: 'holiday', name: '国庆节' }, null);
    await setNext('2026-10-01T01:00:00Z');
    await runSchedules(stage.deps.db, new Date('2026-10-01T01:01:00Z'));
    expect(await starts()).toHaveLength(1);
    expect((await schedules())[0]).toMatchObject({ skipped: 1, nextAt: new Date('2026-10-02T01:00:00Z') });
  });

  it('follows communities that come, and the flow that is published', async () => {
    const third = await add(
      'community',
      { code: 'A3', name: 'A3', address: '一号路', timeZone: 'Asia/Shanghai' },
      null,
    );
    await reconcileAll(stage.deps.adminDb);
    expect((await schedules()).map(({ community }) => community)).toEqual(['A3', 'HERE', 'WEST']);
    await sql`update record.community set deleted_at = now() where id = ${third}`.execute(stage.test.adminDb);

    await setNext('2026-03-02T23:30:00Z');
    await publish(flow('rounds', [{ ...daily, communities: ['HERE'], fields }]));
    const kept = await schedules();
    // The rule is as it was: an occurrence that is due is not lost.
    expect(kept).toMatchObject([{ community: 'HERE', nextAt: new Date('2026-03-02T23:30:00Z') }]);
    await publish(flow('rounds', [{ ...daily, communities: ['HERE'], rrule: 'FREQ=WEEKLY', fields }]));
    expect((await schedules())[0]!.nextAt.getTime()).toBeGreaterThan(Date.now());
    await publish(flow('rounds'));
    expect(await schedules()).toEqual([]);
  });

  it('is listed with what comes next, paused and run by hand', async () => {
    await publish(flow('rounds', [{ ...daily, communities: ['HERE'] }]));
    const list = async () =>
      (await ask({ url: '/api/schedules' })).json<{ items: { id: string; next: string[]; paused: boolean }[] }>();
    const [one] = (await list()).items;
    expect(one).toMatchObject({
      flow: 'rounds',
      starter: 'daily',
      zone: 'Asia/Shanghai',
      community: { name: 'HERE' },
      paused: false,
    });
    expect(one!.next).toHaveLength(5);
    expect(one!.next.every((at) => at.endsWith('T01:00:00.000Z'))).toBe(true);
    const act = (name: string, headers = {}) =>
      ask({ method: 'POST', url: `/api/schedules/${one!.id}/${name}`, headers });

    expect((await act('pause')).statusCode).toBe(204);
    await setNext('2026-03-02T01:00:00Z');
    expect(await runSchedules(stage.deps.db, new Date('2026-03-02T01:01:00Z'))).toBe(0);
    expect((await act('resume')).statusCode).toBe(204);

    const headers = { 'idempotency-key': '0199aaaa-0000-4000-8000-000000000001' };
    const ran = [await act('run', headers), await act('run', headers)].map(
      (answer) => answer.json<{ caseId: string }>().caseId,
    );
    await driveStarts(stage.deps);
    expect(ran[0]).toBe(ran[1]);
    expect((await cases('rounds')).map(({ id }) => id)).toContain(ran[0]);

    const stranger = await asUser(app, stage.cast.stranger);
    expect((await stranger({ url: '/api/schedules' })).statusCode).toBe(403);
    expect((await stranger({ method: 'POST', url: `/api/schedules/${one!.id}/pause` })).statusCode).toBe(404);
  });
});

describe('a record', () => {
  it('starts a case when it is made, and when a field becomes what is waited for', async () => {
    await publish(flow('quotas', onQuota));
    const quota = await add('quota', { name: 'this year', kind: 'near', days: 10 }, here);
    await driveStarts(stage.deps);
    expect(await cases('quotas')).toMatchObject([{ community: 'HERE', initiator: 'Keeper', quota, note: 'this year' }]);

    await change(quota, { name: 'another name' });
    await change(quota, { days: 5 });
    await change(quota, { days: -1 });
    await change(quota, { days: -2 });
    await driveStarts(stage.deps);
    expect((await starts()).map(({ starter, state }) => [starter, state])).toEqual([
      ['made', 'done'],
      ['spent', 'skipped'],
      ['spent', 'done'],
      ['spent', 'skipped'],
    ]);
    expect((await cases('quotas'))[1]).toMatchObject({ initiator: 'Manager', note: 'spent: another name of 5' });
    const { rows } = await sql<{ source: object }>`select source from automatic_start`.execute(stage.test.adminDb);
    expect(rows.every(({ source }) => Object.keys(source).length === 0)).toBe(true);
  });

  it('starts none when it was not written after all, nor when it is only deleted', async () => {
    const form = await loadForm(stage.deps.db, 'quota');
    const undone = asPerson(stage.deps.db, keeper, async (tx) => {
      await insertRecord(tx, form, { communityId: here, fields: { name: 'x', kind: 'near', days: 1 }, by: keeper });
      throw new Error('something else failed');
    });
    await expect(undone).rejects.toThrow('something else failed');
    expect(await starts()).toEqual([]);

    await sql`update record.quota set deleted_at = now()`.execute(stage.test.adminDb);
    expect(await starts()).toEqual([]);
  });

  it('that a chain of starts has written starts none without end', async () => {
    const asCase = (cause: string) =>
      stage.test.adminDb.transaction().execute(async (tx) => {
        await sql`select set_config('guanjia.cause', ${cause}, true)`.execute(tx);
        await sql`insert into record.quota (name, kind, days, community_id, form_version) values ('loop', 'near', 1, ${here}, 1)`.execute(
          tx,
        );
        const { rows } = await sql<{ id: string; depth: number; state: string; error: { code: string } | null }>`
          select id, depth, state, error from automatic_start order by created_at desc, depth desc limit 1`.execute(tx);
        return rows[0]!;
      });
    let cause = stage.cast.staff;
    const seen = [];
    for (let n = 0; n < 5; n++) {
      const made = await asCase(cause);
      seen.push([made.depth, made.state, made.error?.code]);
      cause = made.id;
    }

    expect(seen).toEqual([
      [2, 'pending', undefined],
      [3, 'pending', undefined],
      [4, 'pending', undefined],
      [5, 'pending', undefined],
      [6, 'failed', 'start_loop'],
    ]);
  });

  it('has no trigger once no flow waits for it', async () => {
    await publish(flow('quotas'));
    await add('quota', { name: 'unseen', kind: 'near', days: 1 }, here);
    expect(await starts()).toEqual([]);
    const { rows } = await sql`select from pg_trigger where tgname = 'start_on_record'`.execute(stage.test.adminDb);
    expect(rows).toEqual([]);
  });
});

describe('a start that cannot be', () => {
  it('is failed and seen with its reason, and tried again or let be', async () => {
    await publish(flow('quotas', [{ ...onQuota[0]!, fields: { kind: 'record.name', days: '2' } }]));
    await add('quota', { name: 'near', kind: 'near', days: 1 }, here);
    await add('quota', { name: 'nonsense', kind: 'near', days: 1 }, here);
    await driveStarts(stage.deps);
    const list = async () =>
      (await ask({ url: '/api/automatic-starts?state=failed' })).json<{ items: { id: string; error: object }[] }>()
        .items;
    const [failed, ...others] = await list();
    expect(others).toEqual([]);
    expect(failed).toMatchObject({
      starter: 'made',
      by: 'record',
      error: { code: 'invalid_fields', errors: [{ path: '/fields/kind' }] },
    });

    const act = (name: string) => ask({ method: 'POST', url: `/api/automatic-starts/${failed!.id}/${name}` });
    await publish(flow('quotas', [onQuota[0]!]));
    expect((await act('retry')).statusCode).toBe(204);
    await driveStarts(stage.deps);
    expect((await cases('quotas')).at(-1)).toMatchObject({ id: failed!.id, note: 'nonsense' });
    expect((await act('retry')).statusCode).toBe(409);

    await sql`update automatic_start set state = 'failed'`.execute(stage.test.adminDb);
    expect((await act('discard')).statusCode).toBe(204);
    await driveStarts(stage.deps);
    expect((await list()).map(({ id }) => id)).not.toContain(failed!.id);
  });

  it.each<[string, string, Starter]>([
    ['/start.on.0.rrule', 'rrule_invalid', { ...daily, rrule: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30' }],
    ['/start.on.0.form', 'form_unknown', { ...onQuota[0]!, form: 'nowhere' } as Starter],
    ['/start.on.0.changes.0', 'unknown_field', { ...onQuota[1]!, changes: ['colour'] } as Starter],
  ])('is not published: %s %s', async (path, code, starter) => {
    await expect(publish(flow('wrong', [starter]))).rejects.toMatchObject({
      code: 'invalid_flow',
      errors: [{ path, code }],
    });
  });
});
