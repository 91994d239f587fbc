import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { App } from '../http.ts';
import { asUser, buildTestApp, createPerson, type Ask } from '../testing/app.ts';
import { createTestDb, type TestDb } from '../testing/database.ts';

let test: TestDb;
let app: App;
let lin: string;
let ask: Ask;

beforeAll(async () => {
  test = await createTestDb();
  app = await buildTestApp(test);
});
beforeEach(async () => {
  lin = await createPerson(test);
  ask = await asUser(app, lin);
});
afterAll(async () => {
  await app.close();
  await test.drop();
});

interface Page {
  items: { id: string; kind: string; readAt: string | null; params: unknown }[];
  next: string | null;
}

/** As applying a delta writes them: by the engine role. */
async function tell(personId: string, ...kinds: string[]): Promise<void> {
  for (const kind of kinds) {
    await test.adminDb.transaction().execute(async (tx) => {
      await tx
        .insertInto('notification')
        .values({
          person_id: personId,
          kind,
          params: '{"number":"WX-1"}',
          case_id: null,
          task_id: null,
          dedupe: null,
          read_at: null,
        })
        .execute();
    });
  }
}

/** A task of theirs, and what is told of it. */
async function aTask(personId: string): Promise<{ remind: (kind: string, at: string) => Promise<void> }> {
  const caseId = randomUUID();
  const task = `${caseId}-1`;
  await sql`insert into "case" (id, number, title, summary, flow, flow_version, form, form_version, initiator, status, position)
    values (${caseId}, ${caseId.slice(0, 8)}, '漏水', '[]', 'repair', 1, 'repair', 1, ${personId}, 'running', '{}')`.execute(
    test.adminDb,
  );
  await sql`insert into task (id, case_id, flow, step, kind, state, assignee, assignment, opened_at, opened_rev, rev)
    values (${task}, ${caseId}, 'repair', 'dispatch', 'userTask', 'open', ${personId}, 1, now(), 1, 1)`.execute(
    test.adminDb,
  );
  const remind = async (kind: string, at: string): Promise<void> => {
    await sql`insert into notification (person_id, task_id, kind, created_at)
      values (${personId}, ${task}, ${kind}, ${at})`.execute(test.adminDb);
  };
  return { remind };
}

async function list(query = ''): Promise<Page> {
  return (await ask({ url: `/api/notifications${query}` })).json<Page>();
}
const unread = async (): Promise<unknown> => (await ask({ url: '/api/notifications/counts' })).json();

describe('notifications', () => {
  it('are listed newest first, page by page', async () => {
    await tell(lin, 'one', 'two', 'three');
    const first = await list('?limit=2');
    const second = await list(`?limit=2&cursor=${first.next!}`);

    expect(first.items.map(({ kind }) => kind)).toEqual(['three', 'two']);
    expect(first.items[0]!.params).toEqual({ number: 'WX-1' });
    expect(second.items.map(({ kind }) => kind)).toEqual(['one']);
    expect(second.next).toBeNull();
  });

  it('are marked as read one by one or all together', async () => {
    await tell(lin, 'one', 'two', 'three');
    const [three] = (await list()).items;
    const marked = await ask({ method: 'POST', url: `/api/notifications/${three!.id}/read` });

    expect(marked.json()).toEqual({ unread: 2 });
    expect((await list('?unread=true')).items.map(({ kind }) => kind)).toEqual(['two', 'one']);
    expect((await ask({ method: 'POST', url: '/api/notifications/read' })).json()).toEqual({ unread: 0 });
    expect(await unread()).toEqual({ unread: 0 });
  });

  it('name who is behind them', async () => {
    const he = await createPerson(test, { name: '何雪' });
    await tell(lin, 'urge');
    const by = (value: string) =>
      test.adminDb
        .updateTable('notification')
        .set({ params: JSON.stringify({ by: value }) })
        .execute();

    await by(he);
    expect((await list()).items[0]).toMatchObject({
      by: { id: he, name: '何雪' },
      holder: null,
      flow: null,
      step: null,
    });
    await by('the plumber');
    expect((await list()).items[0]).toMatchObject({ by: null });
  });

  it('keep the time they were first read', async () => {
    await tell(lin, 'one');
    const [one] = (await list()).items;
    await ask({ method: 'POST', url: `/api/notifications/${one!.id}/read` });
    const [read] = (await list()).items;
    await ask({ method: 'POST', url: `/api/notifications/${one!.id}/read` });

    expect(read!.readAt).not.toBeNull();
    expect((await list()).items[0]!.readAt).toBe(read!.readAt);
  });

  it("of others are neither seen nor marked, and nobody else's change", async () => {
    const wang = await createPerson(test);
    const theirs = await asUser(app, wang);
    await tell(wang, 'secret');
    await tell(lin, 'mine');
    const [secret] = (await theirs({ url: '/api/notifications' })).json<Page>().items;

    expect((await list()).items.map(({ kind }) => kind)).toEqual(['mine']);
    expect((await ask({ method: 'POST', url: `/api/notifications/${secret!.id}/read` })).statusCode).toBe(404);
    await ask({ method: 'POST', url: '/api/notifications/read' });
    expect((await theirs({ url: '/api/notifications/counts' })).json()).toEqual({ unread: 1 });
  });

  it('answer 404 for an unknown id, 422 for what is none', async () => {
    expect((await ask({ method: 'POST', url: `/api/notifications/${randomUUID()}/read` })).statusCode).toBe(404);
    expect((await ask({ method: 'POST', url: '/api/notifications/1/read' })).statusCode).toBe(422);
    expect((await ask({ url: '/api/notifications?cursor=WzFd' })).json()).toMatchObject({ code: 'invalid_cursor' });
  });

  it('tell of a forgotten task once: a newer reminder takes the place of one that nobody read', async () => {
    const [leak, lift] = [await aTask(lin), await aTask(lin)];
    await leak.remind('task_opened', '2025-11-24T08:00:00Z');
    await leak.remind('task_reminder', '2025-11-24T08:10:00Z');
    await lift.remind('task_overdue', '2025-11-24T08:12:00Z');
    for (const minute of [15, 20, 25]) await leak.remind('task_overdue', `2025-11-24T08:${String(minute)}:00Z`);
    const kinds = async (): Promise<string[]> => (await list()).items.map(({ kind }) => kind);
    const unread = async (): Promise<unknown> => (await ask({ url: '/api/notifications/counts' })).json();

    expect(await kinds()).toEqual(['task_overdue', 'task_overdue', 'task_opened']);
    expect(await unread()).toEqual({ unread: 3 });

    // What was read stays beside what comes later; what was replaced does not come back by reading.
    await ask({ method: 'POST', url: '/api/notifications/read' });
    await leak.remind('task_overdue', '2999-01-01T00:00:00Z');

    expect(await kinds()).toEqual(['task_overdue', 'task_overdue', 'task_overdue', 'task_opened']);
    expect(await unread()).toEqual({ unread: 1 });
  });
});
