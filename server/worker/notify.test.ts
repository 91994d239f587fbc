/** `notify` beyond the product: robots of chat groups, through the outbox, once. */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { notify } from '../../activities/notify.ts';
import { noConnectors } from '../../activities/settings.ts';
import type { ActivityContext } from '../../activities/types.ts';
import { createLog } from '../log.ts';
import { aCommunity, aRepair, aResident } from '../outbound/testing.ts';
import { openChannels, sendDue } from '../outbound/worker.ts';
import { testConfig } from '../testing/app.ts';
import { createTestDb, type TestDb } from '../testing/database.ts';

let test: TestDb;
let garden: string;
let caseId: string;
const log = createLog('silent', () => undefined);
beforeAll(async () => {
  test = await createTestDb();
  garden = await aCommunity(test);
  caseId = (await aRepair(test, { initiator: await aResident(test), communityId: garden })).id;
});
afterAll(() => test.drop());

const context = (effect: number): ActivityContext => ({
  db: test.db,
  connectors: noConnectors,
  caseId,
  communityId: garden,
  idempotencyKey: `${caseId}:${effect}`,
  startCase: () => Promise.reject(new Error('none is started here')),
  openCallback: () => Promise.reject(new Error('nobody is asked here')),
});
const input = { text: 'repair_late', robots: ['desk', 'boss'], message: '报修已超时' };
const rows = () =>
  test.adminDb.selectFrom('outbound').selectAll().where('channel', '=', 'robot').orderBy('name').execute();

it('puts one message a robot into the outbox, however often it is asked', async () => {
  for (let n = 0; n < 2; n++) expect(await notify.run(input, context(1))).toEqual({ told: 0 });

  expect(await rows()).toMatchObject([
    {
      name: 'boss',
      address: 'boss',
      person_id: null,
      community_id: garden,
      text: '报修已超时',
      path: `/cases/${caseId}`,
    },
    { name: 'desk', state: 'queued' },
  ]);
});

it('shows them in a demo, and fails in production where nobody set the robot up', async () => {
  const demo = { config: testConfig(test), db: test.db, log };
  await sendDue(demo, openChannels(demo.config));
  expect((await rows()).map(({ state }) => state)).toEqual(['shown', 'shown']);

  await sql`update outbound set state = 'queued', attempts = 0, ended_at = null`.execute(test.adminDb);
  const production = { ...demo, config: testConfig(test, { mode: 'production', connectors: noConnectors }) };
  await sendDue(production, openChannels(production.config));
  expect((await rows()).map(({ state, error }) => [state, error])).toEqual([
    ['failed', 'robot_unknown'],
    ['failed', 'robot_unknown'],
  ]);
});
