import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { asPerson } from '../db/as.ts';
import { asSuperuser } from '../db/bootstrap.ts';
import { sendHints, type HintMessage } from '../db/hint.ts';
import type { App } from '../http.ts';
import { buildTestApp, createPerson, signInForTest } from '../testing/app.ts';
import { createTestDb, type TestDb } from '../testing/database.ts';

let test: TestDb;
let app: App;
let base: string;
const opened: AbortController[] = [];

beforeAll(async () => {
  test = await createTestDb();
  app = await buildTestApp(test);
  await app.listen({ port: 0, host: '127.0.0.1' });
  base = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
});
afterEach(() => {
  for (const each of opened.splice(0)) each.abort();
});
afterAll(async () => {
  await app.close();
  await test.drop();
});

interface Reader {
  hints: { kind: string; caseId: string | null; taskId: string | null }[];
  /** All that came, as text. */
  text(): string;
  isOver(): boolean;
  response: Response;
}

async function follow(token: string, headers: Record<string, string> = {}): Promise<Reader> {
  const abort = new AbortController();
  opened.push(abort);
  const response = await fetch(`${base}/api/events`, {
    headers: { authorization: `Bearer ${token}`, ...headers },
    signal: abort.signal,
  });
  const reader: Reader & { all: string; over: boolean } = {
    all: '',
    over: response.status !== 200,
    hints: [],
    response,
    text: () => reader.all,
    isOver: () => reader.over,
  };
  if (response.status === 200) void read(response, reader);
  return reader;
}

async function read(response: Response, reader: { all: string; over: boolean; hints: Reader['hints'] }): Promise<void> {
  try {
    for await (const part of response.body!.pipeThrough(new TextDecoderStream())) {
      reader.all += part;
      const data = [...reader.all.matchAll(/^data: (.*)$/gm)];
      reader.hints = data.map(([, json]) => JSON.parse(json!) as Reader['hints'][number]);
    }
  } catch {
    // Cut off: over, like an end.
  }
  reader.over = true;
}

async function tell(...hints: Partial<HintMessage>[]): Promise<void> {
  const whole = hints.map((hint) => ({
    kind: 'task' as const,
    caseId: null,
    taskId: null,
    persons: [],
    pools: [],
    ...hint,
  }));
  await asPerson(test.db, crypto.randomUUID(), (tx) => {
    sendHints(tx, whole);
    return Promise.resolve();
  });
}

async function until(isTrue: () => boolean, ms = 5000): Promise<void> {
  const end = Date.now() + ms;
  while (!isTrue()) {
    if (Date.now() > end) throw new Error('it did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('the event stream', () => {
  it('needs a session and holds nothing back', async () => {
    expect((await fetch(`${base}/api/events`)).status).toBe(401);

    const { response } = await follow(await signInForTest(app, await createPerson(test)));
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store, no-transform');
    expect(response.headers.get('x-accel-buffering')).toBe('no');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('brings a hint to whom it names, and says nothing of the others', async () => {
    const [lin, wang] = await Promise.all([createPerson(test), createPerson(test)]);
    const mine = await follow(await signInForTest(app, lin));
    const theirs = await follow(await signInForTest(app, wang));
    const caseId = crypto.randomUUID();
    await tell({ caseId, taskId: `${caseId}-3`, persons: [lin] });
    await tell({ kind: 'notification', persons: [wang] });
    await until(() => mine.hints.length === 1 && theirs.hints.length === 1);

    expect(mine.hints).toEqual([{ kind: 'task', caseId, taskId: `${caseId}-3` }]);
    expect(theirs.hints).toEqual([{ kind: 'notification', caseId: null, taskId: null }]);
    expect(mine.text()).not.toContain(lin);
  });

  it('brings a hint of a pool to those who hold its role where it happened', async () => {
    const [here, there] = [crypto.randomUUID(), crypto.randomUUID()];
    await test.adminDb
      .insertInto('role')
      .values({ key: 'plumber', title: '{"zh-CN":"水工","en":"Plumber"}', description: '{}', may: [] })
      .execute();
    const open = async (roles: { role: string; communityId?: string }[]): Promise<Reader> =>
      follow(await signInForTest(app, await createPerson(test, { roles })));
    const local = await open([{ role: 'plumber', communityId: here }]);
    const foreign = await open([{ role: 'plumber', communityId: there }]);
    const everywhere = await open([{ role: 'plumber' }]);
    await tell({ caseId: here, pools: [{ role: 'plumber', communityId: here }] });
    await tell({ caseId: there, pools: [{ role: 'plumber', communityId: there }] });
    await until(() => local.hints.length === 1 && foreign.hints.length === 1 && everywhere.hints.length === 2);

    expect(local.hints[0]!.caseId).toBe(here);
    expect(foreign.hints[0]!.caseId).toBe(there);
  });

  it('brings a case to those who may read every case where it happened, though it waits for nobody of them', async () => {
    const [here, there] = [crypto.randomUUID(), crypto.randomUUID()];
    await test.adminDb
      .insertInto('role')
      .values({ key: 'overseer', title: '{"zh-CN":"主管","en":"Overseer"}', description: '{}', may: ['case.read'] })
      .execute();
    const open = async (roles: { role: string; communityId?: string }[]): Promise<Reader> =>
      follow(await signInForTest(app, await createPerson(test, { roles })));
    const local = await open([{ role: 'overseer', communityId: here }]);
    const everywhere = await open([{ role: 'overseer' }]);
    const other = await createPerson(test);
    const worker = await follow(await signInForTest(app, other));
    await tell({ kind: 'watch', caseId: here, watchedIn: here }, { kind: 'watch', caseId: there, watchedIn: there });
    await tell({ kind: 'watch', caseId: null, watchedIn: null }, { persons: [other] });
    await until(() => local.hints.length === 1 && everywhere.hints.length === 3 && worker.hints.length === 1);

    expect(local.hints[0]).toEqual({ kind: 'watch', caseId: here, taskId: null });
    expect(everywhere.hints.map(({ kind }) => kind)).toEqual(['watch', 'watch', 'watch']);
    expect(worker.hints[0]!.kind).toBe('task');
  });

  it('says equal hints of one moment once', async () => {
    const lin = await createPerson(test);
    const reader = await follow(await signInForTest(app, lin));
    const caseId = crypto.randomUUID();
    await tell(...Array.from({ length: 20 }, () => ({ caseId, persons: [lin] })), {
      kind: 'case',
      caseId,
      persons: [lin],
    });
    await until(() => reader.hints.some(({ kind }) => kind === 'case'));

    expect(reader.hints).toHaveLength(2);
  });

  it('tells a page that comes back to read everything again', async () => {
    const lin = await createPerson(test);
    const reader = await follow(await signInForTest(app, lin), { 'last-event-id': '7' });
    await until(() => reader.hints.length === 1);

    expect(reader.hints[0]).toEqual({ kind: 'resync', caseId: null, taskId: null });
  });

  it('tells a page that is just opening what happened while it loaded', async () => {
    const lin = await createPerson(test);
    const token = await signInForTest(app, lin);
    const watcher = await follow(token);
    const caseId = crypto.randomUUID();
    await tell({ caseId, persons: [lin] });
    await until(() => watcher.hints.length === 1);
    const late = await follow(token);
    await until(() => late.hints.length === 1);

    expect(late.hints[0]!.caseId).toBe(caseId);
  });

  it('ends when its session ends, and only then', async () => {
    const lin = await createPerson(test);
    const [leaving, staying] = await Promise.all([signInForTest(app, lin), signInForTest(app, lin)]);
    const gone = await follow(leaving);
    const here = await follow(staying);
    await fetch(`${base}/api/session`, { method: 'DELETE', headers: { authorization: `Bearer ${leaving}` } });
    await until(() => gone.isOver());

    expect(here.isOver()).toBe(false);
  });

  it('is not opened without end by one person', async () => {
    const token = await signInForTest(app, await createPerson(test));
    const readers = await Promise.all(Array.from({ length: 21 }, () => follow(token)));
    const refused = readers.filter(({ response }) => response.status === 429);

    expect(refused).toHaveLength(1);
    expect(await refused[0]!.response.json()).toMatchObject({ code: 'too_many_streams' });
  });

  it('rule 12: comes back with resync after Postgres cut the connection', async () => {
    const lin = await createPerson(test);
    const reader = await follow(await signInForTest(app, lin));
    expect(await cutListening()).toBe(1);
    await until(() => reader.hints.some(({ kind }) => kind === 'resync'));
    await tell({ kind: 'case', persons: [lin] });
    await until(() => reader.hints.some(({ kind }) => kind === 'case'));
  });

  /** Ends the LISTEN connection of this database; gives how many there were. */
  function cutListening(): Promise<number> {
    const name = new URL(test.databaseUrl).pathname.slice(1);
    return asSuperuser(inject('postgresUrl'), async (client) => {
      const cut = `select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and application_name = 'guanjia hints'`;
      return (await client.query(cut, [name])).rowCount ?? 0;
    });
  }
});
