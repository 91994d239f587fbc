/** Finding cases over HTTP: by number, name, text and unit; what each reader may find; filters, pages, kept searches. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApp } from '../../app.ts';
import type { App } from '../../http.ts';
import { asUser, createPerson, type Ask } from '../../testing/app.ts';
import { complete, createCaseStage, intend, openTask, type CaseStage } from '../../testing/cases.ts';
import { startCase } from '../../commands/start.ts';
import { errandFlow } from '../../testing/errand.ts';

interface Found {
  items: { case: { id: string; number: string; title: string }; matches: { part: string; excerpt: string | null }[] }[];
  next: string | null;
}

let stage: CaseStage;
let app: App;
let ask: Record<'staff' | 'dispatcher' | 'runner' | 'stranger' | 'mei', Ask>;
let mei: string;
const ids: Record<string, string> = {};

async function start(person: string, what: string, fields: object = {}): Promise<string> {
  const given = await startCase(stage.deps, intend(person), {
    flow: 'errand',
    fields: { what, ...fields },
    communityId: null,
  });
  return given.caseId;
}

beforeAll(async () => {
  // Whoever reports does not see the note.
  const hidden = { ...errandFlow.start, fields: { ...errandFlow.start.fields, note: 'hidden' as const } };
  stage = await createCaseStage([{ ...errandFlow, start: hidden }]);
  await stage.worker();
  app = await buildApp(stage.deps);
  const { cast, test } = stage;
  mei = await createPerson(test, { name: '林晓梅', roles: [{ role: 'staff' }] });
  ask = {
    staff: await asUser(app, cast.staff),
    dispatcher: await asUser(app, cast.dispatcher),
    runner: await asUser(app, cast.runner),
    stranger: await asUser(app, cast.stranger),
    mei: await asUser(app, mei),
  };
  ids.pipe = await start(cast.staff, '3-2-1804 厨房水管爆裂', { kind: 'big' });
  ids.lamp = await start(mei, '地下车库灯不亮', { kind: 'small' });
  ids.lift = await start(cast.staff, 'The elevator 100% stuck');
  const task = await openTask(stage, ids.pipe);
  await complete(
    stage,
    {
      taskId: task.id,
      outcome: 'handed_out',
      fields: { runner: cast.runner, note: '业主很着急' },
      comment: '请带上梯子',
    },
    intend(cast.dispatcher),
  );
});
afterAll(async () => {
  await app.close();
  await stage.close();
});

const find = async (who: Ask, query: Record<string, string>): Promise<Found> => {
  const answer = await who({ url: `/api/cases/search?${new URLSearchParams(query).toString()}` });
  expect(answer.statusCode).toBe(200);
  return answer.json<Found>();
};
const found = async (who: Ask, query: Record<string, string>): Promise<string[]> =>
  (await find(who, query)).items.map((item) => item.case.id);

describe('words', () => {
  it('finds by number, whole or its end', async () => {
    const { items } = await find(ask.dispatcher, { q: '水管' });
    expect(items[0]?.matches).toEqual([]); // it stands in the title
    const number = items[0]?.case.number ?? '';

    expect(number).toMatch(/^ER-/);
    expect(await found(ask.dispatcher, { q: number })).toEqual([ids.pipe]);
    expect(await found(ask.dispatcher, { q: number.slice(3).toLowerCase() })).toEqual([ids.pipe]);
  });

  it('finds a unit as people write it', async () => {
    for (const q of ['3栋2单元1804', '3-2-1804', '1804', '2单元1804 水管'])
      expect(await found(ask.dispatcher, { q })).toEqual([ids.pipe]);
    expect(await found(ask.dispatcher, { q: '2栋3单元1804' })).toEqual([]);
  });

  it('finds a person by name, its initials and its sound, also who holds it', async () => {
    for (const q of ['林晓梅', 'lxm', 'linxiaomei', '晓梅'])
      expect(await found(ask.dispatcher, { q })).toEqual([ids.lamp]);
    expect(await found(ask.dispatcher, { q: 'Runner' })).toEqual([ids.pipe]);
  });

  it('finds text of fields, words of choices and what was said, and shows where', async () => {
    expect(await found(ask.dispatcher, { q: '车库' })).toEqual([ids.lamp]);
    expect(await found(ask.dispatcher, { q: 'Small' })).toEqual([ids.lamp]);
    const choice = await find(ask.dispatcher, { q: 'Small' });
    expect(choice.items[0]?.matches).toEqual([
      { part: 'kind', label: { 'zh-CN': 'Kind', en: 'Kind' }, excerpt: 'Small' },
    ]);
    const note = await find(ask.dispatcher, { q: '着急' });
    expect(note.items[0]).toMatchObject({ case: { id: ids.pipe }, matches: [{ part: 'note', excerpt: '业主很着急' }] });
    const said = await find(ask.dispatcher, { q: '梯子' });
    expect(said.items[0]?.matches).toEqual([{ part: 'talk', label: null, excerpt: '请带上梯子' }]);
  });

  it('needs every word, takes signs for spaces and nothing for a wildcard', async () => {
    expect(await found(ask.dispatcher, { q: '水管 Runner' })).toEqual([ids.pipe]);
    expect(await found(ask.dispatcher, { q: '水管 车库' })).toEqual([]);
    expect(await found(ask.dispatcher, { q: '厨房，水管' })).toEqual([ids.pipe]);
    for (const q of ['%', '_', '水%灯', "' or true --"]) expect(await found(ask.dispatcher, { q })).toEqual([]);
    expect(await found(ask.dispatcher, { q: '100%' })).toEqual([ids.lift]);
  });

  it('finds a comment, a new title and a new name as soon as they are there', async () => {
    const url = `/api/cases/${ids.lamp}/comment`;
    const key = { 'idempotency-key': randomUUID() };
    const said = await ask.mei({ method: 'POST', url, payload: { body: '备用钥匙在门卫' }, headers: key });
    expect(said.statusCode).toBe(201);
    expect(await found(ask.dispatcher, { q: '钥匙' })).toEqual([ids.lamp]);

    await sql`update person set display_name = '林晓玫' where id = ${mei}`.execute(stage.test.adminDb);
    expect(await found(ask.dispatcher, { q: '晓玫' })).toEqual([ids.lamp]);
    expect(await found(ask.dispatcher, { q: '晓梅' })).toEqual([]);
  });
});

describe('what each person may find', () => {
  it('gives owners their own cases, strangers none', async () => {
    expect(await found(ask.mei, {})).toEqual([ids.lamp]);
    expect(await found(ask.mei, { q: '水管' })).toEqual([]);
    expect(await found(ask.stranger, { q: '水管' })).toEqual([]);
    expect(await found(ask.stranger, {})).toEqual([]);
  });

  it('does not find by a field that the page hides from the reader', async () => {
    expect(await found(ask.staff, { q: '水管' })).toEqual([ids.pipe]);
    expect(await found(ask.staff, { q: '着急' })).toEqual([]);
    expect(await found(ask.dispatcher, { q: '着急' })).toEqual([ids.pipe]);
  });

  it('keeps the index itself from everybody', async () => {
    await expect(sql`select * from case_search`.execute(stage.test.db)).rejects.toThrow('permission denied');
    const { rows } = await sql`select * from search_cases(array['%'], null, '{}')`.execute(stage.test.db);
    expect(rows).toEqual([]);
  });
});

describe('the end of a phone number', () => {
  it('finds only for those who may unmask it, and shows nothing of it', async () => {
    await sql`insert into case_search (case_id, part, unmask, grams) values (${ids.lamp}, 'phone', 'party', ' 13800005678 ')`.execute(
      stage.test.adminDb,
    );
    const clerk = await createPerson(stage.test, { roles: [{ role: 'director' }] });
    const mayUnmask = await sql<{ may: boolean }>`
      select verb_matches(may, 'record.unmask:party') as may from role where key = 'director'`.execute(
      stage.test.adminDb,
    );
    const seen = await find(await asUser(app, clerk), { q: '5678' });
    expect(seen.items).toHaveLength(mayUnmask.rows[0]?.may === true ? 1 : 0);

    const byDispatcher = await find(ask.dispatcher, { q: '5678' });
    expect(byDispatcher.items[0]?.matches).toEqual([{ part: 'phone', label: null, excerpt: null }]);
    expect(await found(ask.dispatcher, { q: '13800005678' })).toEqual([ids.lamp]);
    // Digit by digit it would be told after all.
    for (const q of ['0000', '05678', '005678', '3800005678']) expect(await found(ask.dispatcher, { q })).toEqual([]);
    expect(await found(ask.mei, { q: '5678' })).toEqual([]);
  });
});

describe('filters and pages', () => {
  it('narrows by stage, status, handler, day and who started it', async () => {
    const facets = (await ask.dispatcher({ url: '/api/cases/facets' })).json<{
      flows: { key: string; stages: { step: string }[] }[];
    }>();
    const stages = facets.flows.find(({ key }) => key === 'errand')?.stages.map(({ step }) => step) ?? [];
    expect(stages).toContain('hand_out');

    expect(await found(ask.dispatcher, { flow: 'errand', stage: 'hand_out' })).toEqual([ids.lift, ids.lamp]);
    expect(await found(ask.dispatcher, { handler: stage.cast.runner })).toEqual([ids.pipe]);
    expect(await found(ask.dispatcher, { status: 'completed' })).toEqual([]);
    expect(await found(ask.dispatcher, { mine: 'true' })).toEqual([]);
    expect(await found(ask.staff, { mine: 'true' })).toEqual([ids.lift, ids.pipe]);
    expect(await found(ask.dispatcher, { to: '2020-01-01' })).toEqual([]);
    expect(await found(ask.dispatcher, { from: '2020-01-01', q: '水管' })).toEqual([ids.pipe]);
  });

  it('tells overdue from not yet', async () => {
    expect(await found(ask.dispatcher, { overdue: 'true' })).toEqual([]);
    await sql`update task set due_at = now() - interval '1 hour' where case_id = ${ids.lamp}`.execute(
      stage.test.adminDb,
    );
    expect(await found(ask.dispatcher, { overdue: 'true' })).toEqual([ids.lamp]);
  });

  it('pages without a gap, and refuses what is no cursor', async () => {
    const first = await find(ask.dispatcher, { limit: '2' });
    const second = await find(ask.dispatcher, { limit: '2', cursor: first.next ?? '' });

    expect([...first.items, ...second.items].map((item) => item.case.id)).toEqual([ids.lift, ids.lamp, ids.pipe]);
    expect(second.next).toBeNull();
    expect((await ask.dispatcher({ url: '/api/cases/search?cursor=x' })).statusCode).toBe(422);
    expect((await ask.dispatcher({ url: '/api/cases/search?from=yesterday' })).statusCode).toBe(422);
  });
});

describe('words that stand nearly everywhere', () => {
  const many = 25_000;

  it('are looked for once each, not case by case: nobody keeps the server busy with four of them', async () => {
    const { adminDb } = stage.test;
    await sql`
      with made as (
        insert into "case" (number, flow, flow_version, form, form_version, initiator, title, status, started_at)
        select 'X-' || i, 'errand', 1, 'errand', 1, ${stage.cast.other}, '水管漏水', 'completed', now() - i * interval '1 day'
          from generate_series(1, ${many}::int) i
        returning id)
      insert into case_search (case_id, part, grams) select id, 'head', ' 厨房 房水 水管 管漏 漏水 水 甲 ' from made`.execute(
      adminDb,
    );
    await sql`truncate case_search_due`.execute(adminDb);
    await sql`analyze "case"`.execute(adminDb);
    await sql`analyze case_search`.execute(adminDb);
    const asked = Date.now();
    const { items } = await find(ask.dispatcher, { q: '厨房 水管 漏水 甲', limit: '100' });

    expect(items).toHaveLength(100);
    expect(Date.now() - asked).toBeLessThan(8000);
    await sql`delete from case_search where grams like '%甲%'`.execute(adminDb);
    await sql`delete from "case" where number like 'X-%'`.execute(adminDb);
  });
});

describe('a search that takes too long', () => {
  it('is given up, and says what helps', async () => {
    const answer = await stage.test.adminDb.transaction().execute(async (tx) => {
      await sql`lock table "case" in access exclusive mode`.execute(tx);
      return ask.staff({ url: '/api/cases/search?overdue=true' });
    });

    expect(answer.json()).toMatchObject({ status: 422, code: 'search_too_broad' });
  });
});

describe('kept searches', () => {
  it('follow the person, and are nobody else’s', async () => {
    const keep = (name: string, query: string) =>
      ask.dispatcher({ method: 'PUT', url: '/api/cases/views', payload: { name, query } });
    await keep('逾期', 'overdue=true');
    const { id } = (await keep('逾期', 'overdue=true&flow=errand')).json<{ id: string }>();

    expect((await ask.dispatcher({ url: '/api/cases/views' })).json()).toMatchObject({
      items: [{ id, name: '逾期', query: 'overdue=true&flow=errand' }],
    });
    expect((await ask.staff({ url: '/api/cases/views' })).json()).toEqual({ items: [] });
    expect((await ask.staff({ method: 'DELETE', url: `/api/cases/views/${id}` })).statusCode).toBe(404);
    expect((await ask.dispatcher({ method: 'DELETE', url: `/api/cases/views/${id}` })).statusCode).toBe(204);
    expect((await keep('  ', 'x')).statusCode).toBe(422);
  });
});
