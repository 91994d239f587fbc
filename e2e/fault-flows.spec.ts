/**
 * Twenty-eight cases of flows with parallel and inclusive branches, items, rounds, timers, handlers, messages, signals, called cases, calls back,
 * starts by message, compensation and returns, while api, worker, Temporal and Postgres are killed with SIGKILL: each stands where its plan ends, and everything happened once.
 * The seed is printed; FAULT_SEED=<n> repeats a run's choices (not its timing).
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDb } from '../server/db/client.ts';
import type { Db } from '../server/db/as.ts';
import { loadRegisters } from '../server/demo/index.ts';
import { createRandom, type Random } from '../server/demo/random.ts';
import { readDemoAccounts } from '../server/demo/sources.ts';
import { connectTemporal, type Temporal } from '../server/temporal.ts';
import { waitUntil } from '../server/services/wait.ts';
import { openOutside } from '../server/testing/outside.ts';
import type { Ledger } from './faults/acts.ts';
import { signIn } from './faults/client.ts';
import { publishDrills } from './faults/drill-flows.ts';
import { drills, tell, ways, type Crew } from './faults/drills.ts';
import { openFire, type Fire, type Kills } from './faults/fire.ts';
import { startFleet, type Fleet } from './faults/fleet.ts';
import {
  countActs,
  countLoose,
  findBroken,
  findBrokenChains,
  pictureOfEngine,
  pictureOfRows,
} from './faults/verify.ts';
import { byCase, findUntold, readEnds, readMessages } from './faults/verify-drills.ts';

const kills: Kills = { api: 2, worker: 2, temporal: 1, postgres: 1 };
/** Acts between two kills: all six happen while work is under way. */
const actsBetween = 16;
const clients = 10;
const seed = Number(process.env.FAULT_SEED ?? Date.now() % 1_000_000);

let fleet: Fleet;
let adminDb: Db;
let temporal: Temporal;
let fire: Fire;
let crew: Crew;
let outside: Crew['outside'];
const signals: string[] = [];
const closers: (() => Promise<void>)[] = [];
const ledger: Ledger = { cases: [], acknowledged: [], onAct: () => undefined };

beforeAll(async () => {
  process.stdout.write(`fault test over flows: FAULT_SEED=${seed}\n`);
  outside = await openAround();
  fleet = await startFleet(outside.settings);
  const owner = createDb(fleet.config.databaseAdminUrl, { max: 3 });
  adminDb = owner;
  temporal = connectTemporal(fleet.config);
  closers.push(
    () => temporal.close(),
    () => owner.destroy(),
    () => fleet.stop(),
    () => {
      outside.close();
      return Promise.resolve();
    },
  );
  await loadRegisters({ adminDb }, new Date());
  await publishDrills(adminDb, outside.url);
  const random = createRandom(seed);
  fire = openFire(fleet, random, { kills, actsBetween });
  ledger.onAct = () => {
    fire.onAct();
  };
  crew = await gather();
  await driveUnderFire(random).catch((error: unknown) => {
    process.stderr.write(`killed: ${fire.killed.join(' ')}\n${fleet.tail()}\n`);
    throw error;
  });
  const settled = async (): Promise<boolean> => Object.keys(await countLoose(adminDb)).length === 0;
  // What did not settle is what the tests below report.
  await waitUntil(settled, { limitMs: 60_000 }).catch(() => undefined);
}, 400_000);

afterAll(async () => {
  for (const close of closers) await close();
}, 60_000);

describe('cases of every kind of step under kill -9', () => {
  it('were driven while api and worker were killed twice each, Temporal and Postgres once', () => {
    expect(ledger.cases).toHaveLength(drills.length * ways);
    expect(fire.counts()).toEqual(kills);
  });

  it('leave nothing pending or stuck', async () => {
    expect(await countLoose(adminDb)).toEqual({});
  });

  it('stand where their plans end, and what happened by itself happened as often as planned', async () => {
    const planned = crew.ends.map((end) => ({ ...end, open: end.open.toSorted() })).sort(byCase);

    // What happens by itself comes in its time: at one moment nothing may be loose, and the next event still on its way.
    await expect.poll(() => readEnds(adminDb), { timeout: 30_000 }).toEqual(planned);
  });

  it('gave every acknowledged command exactly one event', async () => {
    expect(await findBroken(adminDb, ledger.acknowledged)).toEqual([]);
  });

  it('did every act as often as it was acknowledged', async () => {
    const expected = new Map<string, number>();
    for (const { caseId, step, outcome } of ledger.acknowledged.filter((each) => each.step !== 'start')) {
      const act = `${caseId} ${step} ${outcome}`;
      expected.set(act, (expected.get(act) ?? 0) + 1);
    }

    expect([...(await countActs(adminDb))].sort()).toEqual([...expected].sort());
  });

  it('took each message once, and the signal once a case that waited for it', async () => {
    const messages = await readMessages(adminDb, 'message');
    const sentBySteps = crew.ends.reduce((sum, { outcome, happened }) => {
      return sum + (outcome === 'fine' ? (happened.activity_done ?? 0) : 0);
    }, 0);

    expect(messages.size).toBe(crew.sent.length + crew.posted.length + sentBySteps);
    const became = (ids: readonly string[]): (string | undefined)[] => [...new Set(ids.map((id) => messages.get(id)))];
    expect(became(crew.posted)).toEqual(['started by 0']);
    expect(became([...messages.keys()].filter((id) => !crew.posted.includes(id)))).toEqual(['taken by 1']);
    expect(crew.sent.filter((id) => !messages.has(id))).toEqual([]);
    expect([...(await readMessages(adminDb, 'signal'))]).toEqual(signals.map((id) => [id, `taken by ${ways}`]));
  });

  it('closed each called case once, and told whoever waited once', async () => {
    expect(await findUntold(adminDb)).toEqual([]);
  });

  it('left rows that equal the engine’s own picture of every case', async () => {
    for (const { caseId } of crew.ends) {
      expect(await pictureOfRows(adminDb, caseId), caseId).toEqual(await pictureOfEngine(temporal.client, caseId));
    }
  }, 60_000);

  it('left logs whose hash chains verify', async () => {
    expect(await findBrokenChains(adminDb)).toEqual([]);
  });
});

/** A service of the test's own, which nobody kills. */
async function openAround(): Promise<Crew['outside']> {
  const eager: Crew['outside']['eager'] = new Map();
  const service = Object.assign(await openOutside(), { eager });
  service.before = async (asked) => {
    await eager.get(String(asked.body.number))?.(asked);
    return 202;
  };
  return service;
}

async function gather(): Promise<Crew> {
  const { password } = readDemoAccounts();
  const enter = (username: string): ReturnType<typeof signIn> => signIn(fleet.address, username, password);
  const [worker, admin] = await Promise.all([enter('hr'), enter('admin')]);
  let waiting = 0;
  const rung = Promise.withResolvers<undefined>();
  const bell = async (): Promise<void> => {
    waiting += 1;
    if (waiting === ways) {
      await tell({ ...crew, sent: signals }, 'signals', { name: 'drill_bell' });
      rung.resolve(undefined);
    }
    await rung.promise;
  };
  return { ledger, worker, admin, bell, ends: [], sent: [], posted: [], outside };
}

/** Those that wait for each other first, the others in any order. */
async function driveUnderFire(random: Random): Promise<void> {
  const all = drills.flatMap((drill, nth) =>
    Array.from({ length: ways }, (_, way) => ({ drill, way, order: nth === 0 ? -1 : random.next() })),
  );
  const left = all.sort((a, b) => a.order - b.order).map((each, n) => ({ ...each, note: `K-${n}` }));
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift())
      await next.drill({ ...crew, note: next.note, way: next.way });
  };
  await Promise.all(Array.from({ length: clients }, work));
  await fire.cease();
}
