import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Config } from '../config.ts';
import { createLog } from '../log.ts';
import { testConfig } from '../testing/app.ts';
import { createTestDb, type TestDb } from '../testing/database.ts';
import { DeliveryError, type Message } from './channel.ts';
import { leaseDue, markFailed, markGone, removeOld } from './rows.ts';
import { aCommunity, aRepair, aResident, tell } from './testing.ts';
import { openChannels, sendDue, startOutbound, type Channels } from './worker.ts';

let test: TestDb;
let garden: string;
const log = createLog('silent', () => undefined);

beforeAll(async () => {
  test = await createTestDb();
  garden = await aCommunity(test);
});
beforeEach(() => sql`delete from outbound`.execute(test.adminDb));
afterAll(() => test.drop());

/** One message by mail; gives who gets it. */
async function oneMail(): Promise<string> {
  const lin = await aResident(test, { email: 'lin@example.com' });
  const repair = await aRepair(test, { initiator: lin, communityId: garden });
  await tell(test, { person: lin, kind: 'case_completed', of: repair });
  return lin;
}

const rows = () => test.adminDb.selectFrom('outbound').selectAll().orderBy('id').execute();
const theRow = async () => (await rows())[0]!;
const makeDue = () => sql`update outbound set next_at = now() where state = 'queued'`.execute(test.adminDb);

function production(send: (message: Message) => Promise<string | null>): {
  deps: { config: Config; db: TestDb['db']; log: typeof log };
  channels: Channels;
} {
  const config = testConfig(test, { mode: 'production', publicUrl: 'https://wuye.example.com' });
  const channel = { send, close: () => Promise.resolve() };
  return { deps: { config, db: test.db, log }, channels: { mail: channel, sms: channel, robot: channel } };
}

describe('the worker', () => {
  it('sends what is due, once, with a link to the public address', async () => {
    await oneMail();
    const sent: Message[] = [];
    const { deps, channels } = production((message) => {
      sent.push(message);
      return Promise.resolve('their-id');
    });
    await sendDue(deps, channels);
    await sendDue(deps, channels);

    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({ address: 'lin@example.com', name: '林晓' });
    expect(sent[0]!.link).toMatch(/^https:\/\/wuye\.example\.com\/portal\//);
    expect(await theRow()).toMatchObject({ state: 'sent', provider_id: 'their-id', attempts: 1, error: null });
  });

  it('sends each message once, however many workers there are', async () => {
    for (let n = 0; n < 12; n++) await oneMail();
    const sent: string[] = [];
    const { deps, channels } = production(({ id }) => {
      sent.push(id);
      return Promise.resolve(null);
    });
    await Promise.all([1, 2, 3].map(() => sendDue(deps, channels)));
    await sendDue(deps, channels);

    expect(sent).toHaveLength(12);
    expect(new Set(sent).size).toBe(12);
  });

  it('tries what may pass again, later each time, and gives up after eight', async () => {
    await oneMail();
    const { deps, channels } = production(() => Promise.reject(new DeliveryError('smtp_451', { isFinal: false })));
    const waits: number[] = [];
    for (let n = 0; n < 8; n++) {
      await sendDue(deps, channels);
      const { next_at, state } = await theRow();
      if (state === 'queued') waits.push(next_at.getTime() - Date.now());
      await sendDue(deps, channels);
      await makeDue();
    }

    expect(waits).toHaveLength(7);
    for (const [n, wait] of waits.entries()) {
      expect(wait).toBeGreaterThan(30_000 * 2 ** n * 0.9 - 5000);
      expect(wait).toBeLessThan(30_000 * 2 ** n * 1.1 + 5000);
    }
    expect(await theRow()).toMatchObject({ state: 'failed', attempts: 8, error: 'smtp_451' });
  });

  it('gives up at once where trying again cannot help, and on a channel that is not set up', async () => {
    await oneMail();
    const { deps, channels } = production(() => Promise.reject(new DeliveryError('smtp_550', { isFinal: true })));
    await sendDue(deps, channels);
    expect(await theRow()).toMatchObject({ state: 'failed', attempts: 1, error: 'smtp_550' });

    await sql`delete from outbound`.execute(test.adminDb);
    await oneMail();
    await sendDue(deps, { mail: null, sms: null, robot: null });
    expect(await theRow()).toMatchObject({ state: 'failed', error: 'not_configured' });
  });

  it('keeps a fault that nobody foresaw to a word of its own', async () => {
    await oneMail();
    const { deps, channels } = production(() => Promise.reject(new Error('connect to 10.0.0.1 as root:secret')));
    await sendDue(deps, channels);

    expect(await theRow()).toMatchObject({ state: 'queued', error: 'delivery_failed' });
  });
});

describe('a sender that dies', () => {
  it('has its message sent by another when the lease ends, not before', async () => {
    await oneMail();
    const [lost] = await leaseDue(test.db, 10);
    expect(await leaseDue(test.db, 10)).toEqual([]);
    await sql`update outbound set lease_until = now() - interval '1 second'`.execute(test.adminDb);
    const [again] = await leaseDue(test.db, 10);

    expect(again).toMatchObject({ id: lost!.id, attempts: 2 });
  });

  it('settles nothing when it wakes up after all', async () => {
    await oneMail();
    const [late] = await leaseDue(test.db, 10);
    await sql`update outbound set lease_until = now() - interval '1 second'`.execute(test.adminDb);
    const [holder] = await leaseDue(test.db, 10);
    await markFailed(test.db, late!, { code: 'smtp_timeout', isFinal: true });
    expect((await theRow()).state).toBe('sending');

    await markGone(test.db, holder!, { state: 'sent', providerId: null });
    await markGone(test.db, late!, { state: 'shown', providerId: null });
    expect((await theRow()).state).toBe('sent');
  });
});

describe('a demo', () => {
  it('opens no channel whatever the settings say, and shows what it would have sent', async () => {
    const mail = { url: 'smtp://127.0.0.1:1', from: 'a@example.com', dkim: null };
    const sms = {
      endpoint: 'http://127.0.0.1:1',
      keyId: 'k',
      secret: 's',
      sign: 'x',
      templates: new Map<string, string>(),
    };
    const config = testConfig(test, { outbound: { mail, sms } });
    expect(openChannels(config)).toEqual({ mail: null, sms: null, robot: null });

    await oneMail();
    const running = startOutbound({ config, db: test.db, adminDb: test.adminDb, log });
    await expect.poll(async () => (await theRow()).state, { timeout: 10_000 }).toBe('shown');
    await running.stop();
    const { rows: kept } = await sql`select value from setting where key = 'locale'`.execute(test.adminDb);
    expect(kept).toEqual([{ value: 'zh-CN' }]);
  });
});

it('keeps messages for 90 days, and what still waits for longer', async () => {
  for (let n = 0; n < 3; n++) await oneMail();
  const [old, waiting, fresh] = await rows();
  const setOld = (id: string, state: 'sent' | 'queued', days: number) =>
    test.adminDb
      .updateTable('outbound')
      .set({ state, created_at: new Date(Date.now() - days * 86_400_000) })
      .where('id', '=', id)
      .execute();
  await setOld(old!.id, 'sent', 91);
  await setOld(waiting!.id, 'queued', 91);
  await setOld(fresh!.id, 'sent', 89);
  await removeOld(test.db);

  expect((await rows()).map(({ id }) => id)).toEqual([waiting!.id, fresh!.id]);
});
