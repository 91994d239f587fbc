/** A case as a PDF over HTTP: Chinese text that can be read and searched, what the reader may see, photos, both languages, the zone. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { sql } from 'kysely';
import sharp from 'sharp';
import { extractImages, extractText, getDocumentProxy, getMeta } from 'unpdf';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Flow } from '../../workflows/engine/flow.gen.ts';
import { buildApp } from '../app.ts';
import { startCase } from '../commands/start.ts';
import { publishFlow } from '../definitions/flows.ts';
import { publishForm } from '../definitions/forms.ts';
import type { App } from '../http.ts';
import { asUser, createPerson, type Ask } from '../testing/app.ts';
import { complete, createCaseStage, intend, openTask, type CaseStage } from '../testing/cases.ts';

const both = (zh: string, en: string) => ({ 'zh-CN': zh, en });
const form = {
  schema: {
    title: 'Visit',
    type: 'object',
    additionalProperties: false,
    'x-key': 'visit',
    'x-kind': 'case',
    'x-title': both('上门单', 'Visit'),
    'x-local': false,
    'x-label': '{number}',
    required: ['what'],
    properties: {
      number: {
        type: 'string',
        'x-field': 'autoNumber',
        'x-title': both('单号', 'Number'),
        'x-number': { pattern: 'SM-{yyyy}-{seq:4}' },
      },
      what: { type: 'string', 'x-field': 'longText', 'x-title': both('情况', 'What') },
      kind: {
        type: 'string',
        'x-field': 'choice',
        'x-title': both('类别', 'Kind'),
        oneOf: [{ const: 'water', 'x-title': both('水路', 'Plumbing') }],
      },
      cost: { type: 'number', 'x-field': 'money', 'x-title': both('费用', 'Cost') },
      at: { type: 'string', format: 'date-time', 'x-field': 'dateTime', 'x-title': both('预约时间', 'Appointment') },
      secret: { type: 'string', 'x-field': 'text', 'x-title': both('内部备注', 'Internal note') },
      photos: {
        type: 'array',
        items: { type: 'string', format: 'uuid' },
        'x-field': 'files',
        uniqueItems: true,
        'x-title': both('照片', 'Photos'),
      },
      lines: {
        type: 'array',
        'x-field': 'table',
        'x-title': both('材料', 'Materials'),
        items: {
          type: 'object',
          additionalProperties: false,
          properties: {
            item: { type: 'string', 'x-field': 'text', 'x-title': both('名称', 'Item') },
            price: { type: 'number', 'x-field': 'money', 'x-title': both('单价', 'Price') },
          },
        },
      },
    },
  },
  layout: {
    sections: [
      { title: both('基本情况', 'About'), fields: ['number', 'what', 'kind', 'cost', 'at', 'secret'] },
      { title: both('现场', 'On site'), fields: ['photos', 'lines'] },
    ],
    list: ['number'],
  },
};
const edit = 'edit' as const;
const flow: Flow = {
  key: 'visit',
  title: both('上门服务', 'Visit'),
  form: 'visit',
  caseTitle: 'what',
  start: {
    who: ['staff'],
    fields: { what: 'required', kind: edit, cost: edit, at: edit, photos: edit, lines: edit, secret: 'hidden' },
  },
  steps: [
    {
      id: 'dispatch',
      kind: 'userTask',
      title: both('派单', 'Dispatch'),
      people: { assign: { rule: 'pool', role: 'dispatcher' } },
      fields: { secret: edit },
      actions: [{ outcome: 'done', label: both('已安排', 'Arranged'), intent: 'primary' }],
    },
  ],
};

let stage: CaseStage;
let app: App;
let caseId: string;
let number: string;
let ask: Record<'staff' | 'dispatcher' | 'english' | 'stranger', Ask>;

beforeAll(async () => {
  stage = await createCaseStage();
  await publishForm(stage.test.adminDb, form, { note: null, by: null });
  await publishFlow(stage.test.adminDb, flow, { note: null, by: null });
  await stage.worker();
  stage.deps.config.publicUrl = 'https://guanjia.example';
  app = await buildApp(stage.deps);
  const { cast, test } = stage;
  const english = await createPerson(test, { name: 'Ann', locale: 'en', roles: [{ role: 'dispatcher' }] });
  ask = {
    staff: await asUser(app, cast.staff),
    dispatcher: await asUser(app, cast.dispatcher),
    english: await asUser(app, english),
    stranger: await asUser(app, cast.stranger),
  };
  const photo = await upload(ask.staff);
  const given = await startCase(stage.deps, intend(cast.staff), {
    flow: 'visit',
    fields: {
      what: '厨房水管爆裂，漏水严重，请尽快上门。',
      kind: 'water',
      cost: 1234.5,
      at: '2026-11-24T18:30:00Z',
      photos: [photo],
      lines: [{ item: '角阀', price: 35 }],
    },
    communityId: null,
  });
  caseId = given.caseId;
  await sql`update person set display_name = '赵敏' where id = ${cast.dispatcher}`.execute(test.adminDb);
  const task = await openTask(stage, caseId);
  await sql`update task set opened_at = now() - interval '95 minutes' where id = ${task.id}`.execute(test.adminDb);
  const act = { taskId: task.id, fields: { secret: '业主欠费' }, comment: '已约王师傅' };
  await complete(stage, act, intend(cast.dispatcher));
  const { rows } = await sql<{ number: string }>`select number from "case" where id = ${caseId}`.execute(test.adminDb);
  number = rows[0]?.number ?? '';
});
afterAll(async () => {
  await app.close();
  await stage.close();
});

async function upload(who: Ask): Promise<string> {
  const image = await sharp({ create: { width: 900, height: 600, channels: 3, background: '#2f7d6d' } })
    .jpeg()
    .toBuffer();
  const head =
    '--b\r\ncontent-disposition: form-data; name="file"; filename="a.jpg"\r\ncontent-type: image/jpeg\r\n\r\n';
  const payload = Buffer.concat([Buffer.from(head), image, Buffer.from('\r\n--b--\r\n')]);
  const headers = { 'content-type': 'multipart/form-data; boundary=b' };
  const answer = await who({ method: 'POST', url: '/api/files', payload, headers });
  expect(answer.statusCode).toBe(201);
  return answer.json<{ id: string }>().id;
}

async function print(who: Ask, query = '') {
  const answer = await who({ url: `/api/cases/${caseId}/print.pdf${query}` });
  expect(answer.statusCode).toBe(200);
  const pdf = await getDocumentProxy(new Uint8Array(answer.rawPayload));
  const { text } = await extractText(pdf, { mergePages: true });
  return { answer, pdf, text: text.replaceAll(/\s+/g, ' ') };
}

it('is a PDF whose Chinese text can be read: number, record, log, who printed it when', async () => {
  const { answer, pdf, text } = await print(ask.dispatcher);

  expect(answer.headers['content-type']).toBe('application/pdf');
  expect(answer.headers['content-disposition']).toContain(encodeURIComponent(`上门服务 ${number}.pdf`));
  for (const words of [
    ...['上门服务', number, '厨房水管爆裂，漏水严重', '水路', '¥ 1,234.50', '角阀', '¥ 35.00', '内部备注', '业主欠费'],
    ...['办理过程', 'Staff 发起', '赵敏 完成「派单」：已安排', '已约王师傅', '用时 1 小时 35 分钟', '已完成'],
    ...['赵敏 打印于', 'Asia/Shanghai', '第 1 页，共 1 页', `https://guanjia.example/cases/${caseId}`],
  ])
    expect(text).toContain(words);
  expect((await getMeta(pdf)).info).toMatchObject({ Title: `上门服务 ${number}` });
});

it('has a log that says who did what, how long it took, and why it was theirs', async () => {
  const { timeline } = (await ask.dispatcher({ url: `/api/cases/${caseId}` })).json<{ timeline: object[] }>();

  expect(timeline).toContainEqual(
    expect.objectContaining({
      type: 'task_completed',
      actor: expect.objectContaining({ name: '赵敏' }) as unknown,
      comment: '已约王师傅',
      tookSeconds: expect.closeTo(95 * 60, -2) as unknown,
      explanation: expect.objectContaining({ rule: 'pool' }) as unknown,
    }),
  );
});

it('has times where the case is, not where the server is', async () => {
  const { text } = await print(ask.dispatcher);

  expect(text).toContain('2026-11-25 02:30');
});

it('shows the photos, made small', async () => {
  const { answer, pdf } = await print(ask.staff);
  const images = await extractImages(pdf, 1);

  expect(images.map(({ width, height }) => [width, height])).toContainEqual([720, 480]);
  expect(answer.rawPayload.length).toBeLessThan(200_000);
});

it('has nothing that its reader may not see', async () => {
  const { text } = await print(ask.staff);

  expect(text).toContain('厨房水管爆裂');
  expect(text).not.toContain('内部备注');
  expect(text).not.toContain('业主欠费');
  expect((await ask.stranger({ url: `/api/cases/${caseId}/print.pdf` })).statusCode).toBe(404);
});

it('speaks the language of who prints', async () => {
  const { text } = await print(ask.english);

  for (const words of ['Visit', 'Plumbing', '赵敏 completed “Dispatch”: Arranged', 'Printed by Ann', 'Page 1 of 1'])
    expect(text).toContain(words);
  expect(text).not.toContain('办理过程');
  expect((await print(ask.english, '?language=zh-CN')).text).toContain('办理过程');
});

it('leaves the code to scan out where the only address anybody named is none', async () => {
  const { publicUrl } = stage.deps.config;
  stage.deps.config.publicUrl = undefined;
  const by =
    (host: string): Ask =>
    (options) =>
      ask.dispatcher({ ...options, headers: { host } });

  const named = await print(by('wuye.example:3000'));
  const absurd = await print(by(`${'a'.repeat(5000)}.example`));
  stage.deps.config.publicUrl = publicUrl;

  expect(named.text).toContain(`http://wuye.example:3000/cases/${caseId}`);
  expect(named.text).toContain('扫码');
  expect(absurd.text).toContain(number);
  expect(absurd.text).not.toContain('扫码');
});

it('keeps the event loop free: other requests go on', async () => {
  await print(ask.dispatcher);
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  await Promise.all(Array.from({ length: 4 }, () => ask.dispatcher({ url: `/api/cases/${caseId}/print.pdf` })));
  delay.disable();

  // Half a second would be a font parsed here; a busy test machine takes some of it.
  expect(delay.max / 1e6).toBeLessThan(400);
});
