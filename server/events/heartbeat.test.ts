import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HintMessage } from '../db/hint.ts';
import type { App } from '../http.ts';
import { hashToken } from '../security/authenticate.ts';
import { buildTestApp, createPerson, signInForTest } from '../testing/app.ts';
import { createTestDb, type TestDb } from '../testing/database.ts';
import { beat } from './heartbeat.ts';
import { Streams, type Stream } from './streams.ts';

let test: TestDb;
let app: App;
let streams: Streams;

beforeAll(async () => {
  test = await createTestDb();
  app = await buildTestApp(test);
  await test.adminDb
    .insertInto('role')
    .values({ key: 'gardener', title: '{"zh-CN":"园丁","en":"Gardener"}', description: '{}', may: [] })
    .execute();
});
beforeEach(() => {
  streams = new Streams();
});
afterAll(async () => {
  await app.close();
  await test.drop();
});

interface Paper {
  stream: Stream;
  written: string[];
  isEnded: boolean;
  waitingBytes: number;
}

async function open(personId: string): Promise<Paper> {
  const token = hashToken(await signInForTest(app, personId)).toString('hex');
  const paper: Omit<Paper, 'stream'> = { written: [], isEnded: false, waitingBytes: 0 };
  const pipe = {
    write: (text: string) => void paper.written.push(text),
    end: () => void (paper.isEnded = true),
    get waitingBytes() {
      return paper.waitingBytes;
    },
  };
  const stream = { personId, token, holdings: [], pipe };
  streams.open(stream, false);
  return Object.assign(paper, { stream });
}

const forGardeners: HintMessage = {
  kind: 'task',
  caseId: null,
  taskId: null,
  persons: [],
  pools: [{ role: 'gardener', communityId: null }],
};

describe('the heartbeat', () => {
  it('keeps the line alive', async () => {
    const paper = await open(await createPerson(test));
    await beat(test.db, streams);

    expect(paper.written.at(-1)).toBe(': alive\n\n');
    expect(paper.isEnded).toBe(false);
  });

  it('ends streams of sessions that ran out or whose person was disabled', async () => {
    const [late, disabled, fine] = await Promise.all([1, 2, 3].map(async () => open(await createPerson(test))));
    const past = new Date(Date.now() - 1);
    await test.adminDb
      .updateTable('session')
      .set({ expires_at: past })
      .where('person_id', '=', late!.stream.personId)
      .execute();
    await test.adminDb
      .updateTable('person')
      .set({ disabled_at: past })
      .where('id', '=', disabled!.stream.personId)
      .execute();
    await beat(test.db, streams);

    expect([late!.isEnded, disabled!.isEnded, fine!.isEnded]).toEqual([true, true, false]);
    expect(streams.all()).toEqual([fine!.stream]);
  });

  it('takes up a role that was given, and lets go of one that was taken', async () => {
    const person = await createPerson(test);
    const paper = await open(person);
    const heard = (): number => paper.written.filter((text) => text.includes('"task"')).length;
    const tell = (): void => {
      streams.hear(forGardeners);
      streams.flush();
    };
    tell();
    expect(heard()).toBe(0);

    await test.adminDb
      .insertInto('role_grant')
      .values({ person_id: person, role: 'gardener', community_id: null, granted_by: null })
      .execute();
    await beat(test.db, streams);
    tell();
    expect(heard()).toBe(1);

    await test.adminDb.deleteFrom('role_grant').where('person_id', '=', person).execute();
    await beat(test.db, streams);
    tell();
    expect(heard()).toBe(1);
  });

  it('cuts off a reader that takes nothing any more', async () => {
    const paper = await open(await createPerson(test));
    paper.waitingBytes = 1_000_001;
    await beat(test.db, streams);

    expect(paper.isEnded).toBe(true);
  });
});
