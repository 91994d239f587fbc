/** The discussion of a case: page by page, and not faster than people write. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildApp } from '../app.ts';
import type { App } from '../http.ts';
import { asUser, type Ask } from '../testing/app.ts';
import { createCaseStage, startErrand, type CaseStage } from '../testing/cases.ts';

interface Page {
  items: { body: string }[];
  next: string | null;
}

let stage: CaseStage;
let app: App;
let staff: Ask;

beforeAll(async () => {
  stage = await createCaseStage();
  await stage.worker();
  app = await buildApp(stage.deps);
  staff = await asUser(app, stage.cast.staff);
});
afterAll(async () => {
  await app.close();
  await stage.close();
});

/** A case about which `count` things were said, some in the same millisecond. */
async function discussed(count: number): Promise<string> {
  const { caseId } = await startErrand(stage);
  const started = Date.now();
  const rows = Array.from({ length: count }, (_, i) => ({
    case_id: caseId,
    author: stage.cast.staff,
    body: `said ${i}`,
    created_at: new Date(started + Math.floor(i / 3) * 10),
  }));
  await stage.test.adminDb.insertInto('comment').values(rows).execute();
  return caseId;
}
const bodies = ({ items }: { items: { body: string }[] }): string[] => items.map(({ body }) => body);

it('comes with the case as far as its latest fifty, the rest by pages without a gap or a double', async () => {
  const caseId = await discussed(130);
  const detail = (await staff({ url: `/api/cases/${caseId}` })).json<{
    comments: { body: string }[];
    olderComments: string | null;
  }>();
  expect(detail.comments).toHaveLength(50);
  expect(bodies({ items: detail.comments.slice(-3) }).sort()).toEqual(['said 127', 'said 128', 'said 129'].sort());

  const seen = bodies({ items: detail.comments });
  for (let cursor = detail.olderComments; cursor !== null;) {
    const page = (await staff({ url: `/api/cases/${caseId}/comments`, query: { cursor, limit: '30' } })).json<Page>();
    expect(page.items.length).toBeLessThanOrEqual(30);
    seen.push(...bodies(page));
    cursor = page.next;
  }
  expect(seen).toHaveLength(130);
  expect(new Set(seen).size).toBe(130);
});

it('has no older ones where all came with the case', async () => {
  const caseId = await discussed(2);
  expect((await staff({ url: `/api/cases/${caseId}` })).json()).toMatchObject({ olderComments: null });
});

it('is read by who may see the case, and not by others', async () => {
  const caseId = await discussed(1);
  const stranger = await asUser(app, stage.cast.stranger);

  expect((await stranger({ url: `/api/cases/${caseId}/comments` })).statusCode).toBe(404);
  expect((await staff({ url: `/api/cases/${caseId}/comments?cursor=made-up` })).statusCode).toBe(422);
});

it('takes thirty comments a minute from one person', async () => {
  const caseId = await discussed(1);
  const dispatcher = await asUser(app, stage.cast.dispatcher);
  const say = async (who: Ask): Promise<number> =>
    (await who({ method: 'POST', url: `/api/cases/${caseId}/comment`, payload: { body: 'again' } })).statusCode;
  const statuses: number[] = [];
  for (let i = 0; i < 31; i++) statuses.push(await say(dispatcher));

  expect(statuses.filter((status) => status === 201)).toHaveLength(30);
  expect(statuses.at(-1)).toBe(429);
  expect(await say(staff)).toBe(201);
});
