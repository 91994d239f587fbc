/** Real services in a folder of their own, driven as `npm start` drives them, and killed. */
import { spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { globSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { Connection } from '@temporalio/client';
import { createDb } from '../db/client.ts';
import { createTestDataDir } from '../testing/data-dir.ts';
import type { ChildRecord } from './children.ts';
import { stopPostgres } from './postgres.ts';
import { isAlive, processesIn } from './process-identity.ts';
import { stopTemporal } from './temporal.ts';
import { waitUntil } from './wait.ts';

interface Up {
  databaseAdminUrl: string;
  temporalAddress: string;
}
interface Started {
  child: ChildProcess;
  said: string[];
  up: Up | undefined;
  failed: string | undefined;
}

const program = join(import.meta.dirname, '..', 'testing', 'services-program.ts');
const running: ChildProcess[] = [];
let dataDir: string;

beforeAll(() => {
  dataDir = createTestDataDir();
});

afterEach(async () => {
  for (const child of running.splice(0))
    if (child.exitCode === null && child.signalCode === null) await stop(child, 'SIGKILL');
});

afterAll(async () => {
  await stopTemporal(dataDir);
  await stopPostgres(dataDir);
});

/** Resolves once the services are up or the start has failed. */
async function start(): Promise<Started> {
  const child = run(dataDir);
  const result: Started = { child, said: [], up: undefined, failed: undefined };
  for await (const line of createInterface({ input: child.stdout })) {
    const news = JSON.parse(line) as { said?: string; failed?: string } & Partial<Up>;
    if (news.said !== undefined) result.said.push(news.said);
    else if (news.failed !== undefined) result.failed = news.failed;
    else result.up = news as Up;
    if (result.up !== undefined || result.failed !== undefined) break;
  }
  return result;
}

function run(dir: string): ChildProcessByStdio<null, Readable, null> {
  const child = spawn(process.execPath, [program], {
    env: { ...process.env, GUANJIA_DATA_DIR: dir, GUANJIA_LOCALE: 'en', DATABASE_URL: '', TEMPORAL_ADDRESS: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.push(child);
  return child;
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const exit = once(child, 'exit');
  child.kill(signal);
  await exit;
}

function children(): Record<'postgres' | 'temporal', ChildRecord> {
  const state = JSON.parse(readFileSync(join(dataDir, 'services.json'), 'utf8')) as {
    children: Record<'postgres' | 'temporal', ChildRecord>;
  };
  return state.children;
}

async function query<T>({ up }: Started, text: string): Promise<T[]> {
  const db = createDb(up?.databaseAdminUrl ?? '', { max: 1 });
  try {
    return (await sql.raw<T>(text).execute(db)).rows;
  } finally {
    await db.destroy();
  }
}

async function ping({ up }: Started): Promise<boolean> {
  const connection = await Connection.connect({ address: up?.temporalAddress ?? '' });
  await connection.workflowService.describeNamespace({ namespace: 'default' });
  await connection.close();
  return true;
}

it('brings both up on a fresh machine, and ends both when asked', async () => {
  const first = await start();

  expect(first.said).toEqual(expect.arrayContaining(['services_starting', 'postgres_init']));
  expect(await query(first, 'select uuidv7() is not null as modern')).toEqual([{ modern: true }]);
  expect(
    await query(first, `select datlocprovider as p, datlocale as l from pg_database where datname = 'guanjia'`),
  ).toEqual([{ p: 'b', l: 'C.UTF-8' }]);
  expect(await ping(first)).toBe(true);
  expect(statSync(join(dataDir, 'secrets.json')).mode & 0o777).toBe(0o600);
  expect(statSync(join(dataDir, 'temporal.db')).mode & 0o777).toBe(0o600);
  await query(first, `create table kept as select '单' as word`);

  const { postgres, temporal } = children();
  await stop(first.child, 'SIGTERM');

  expect([isAlive(postgres), isAlive(temporal)]).toEqual([false, false]);
});

it('creates the database beside one that a killed start is still creating', async () => {
  const own = dataDir;
  dataDir = createTestDataDir();
  try {
    const killed = run(dataDir);
    // The first files are there, and two seconds of work are left.
    const half = (): Promise<boolean> => Promise.resolve(globSync('postgres.new*/base', { cwd: dataDir }).length > 0);
    await waitUntil(half, { limitMs: 20_000, everyMs: 5 });
    await stop(killed, 'SIGKILL');

    const second = await start();

    expect(second.failed).toBeUndefined();
    expect(await query(second, 'select 1 as one')).toEqual([{ one: 1 }]);
    await stop(second.child, 'SIGTERM');
    const third = await start();
    await stop(third.child, 'SIGTERM');
    expect(globSync('postgres*', { cwd: dataDir })).toEqual(['postgres']);
  } finally {
    dataDir = own;
  }
}, 60_000);

it('comes back at the same addresses with what it had, and quickly', async () => {
  const startedMs = Date.now();
  const second = await start();
  const tookMs = Date.now() - startedMs;
  const third = await start();

  expect(second.said).toEqual(['services_starting']);
  expect(await query(second, 'select word from kept')).toEqual([{ word: '单' }]);
  expect(tookMs).toBeLessThan(8000);
  expect(third.failed).toBe('Guanjia is already running at http://127.0.0.1:1');
  await stop(second.child, 'SIGTERM');
  const fourth = await start();
  expect(fourth.up).toEqual(second.up);
});

it('adopts what a killed run left behind', async () => {
  const first = await start();
  const before = children();
  await stop(first.child, 'SIGKILL');
  expect([isAlive(before.postgres), isAlive(before.temporal)]).toEqual([true, true]);

  const second = await start();

  expect(second.said.filter((line) => line === 'orphan_adopted')).toHaveLength(2);
  expect(children()).toEqual(before);
  expect(await query(second, 'select word from kept')).toEqual([{ word: '单' }]);
  await stop(second.child, 'SIGTERM');
  expect([isAlive(before.postgres), isAlive(before.temporal)]).toEqual([false, false]);
});

it('starts after everything was killed at once', async () => {
  const first = await start();
  const { postgres, temporal } = children();
  first.child.kill('SIGKILL');
  process.kill(postgres.pid, 'SIGKILL');
  process.kill(temporal.pid, 'SIGKILL');
  await waitUntil(() => Promise.resolve(!isAlive(postgres) && !isAlive(temporal)), { limitMs: 5000 });

  const second = await start();

  expect(second.failed).toBeUndefined();
  expect(await query(second, 'select word from kept')).toEqual([{ word: '单' }]);
  expect(await ping(second)).toBe(true);
});

it('waits for what outlives a killed Postgres, and is not fooled by a process id used again', async () => {
  const first = await start();
  const { postgres, temporal } = children();
  await stop(first.child, 'SIGKILL');
  const backends = processesIn(postgres.data).filter((pid) => pid !== postgres.pid);
  const [backend] = backends;
  // A stopped process stays when its postmaster dies, until it is woken.
  process.kill(backend ?? 0, 'SIGSTOP');
  process.kill(postgres.pid, 'SIGKILL');
  process.kill(temporal.pid, 'SIGKILL');
  await waitUntil(() => Promise.resolve(!isAlive(postgres)), { limitMs: 5000 });
  const pidFile = join(postgres.data, 'postmaster.pid');
  writeFileSync(pidFile, readFileSync(pidFile, 'utf8').replace(/^\d+/, String(process.pid)));
  const woken = setTimeout(() => process.kill(backend ?? 0, 'SIGCONT'), 3000);

  const startedMs = Date.now();
  const second = await start();

  expect(second.failed).toBeUndefined();
  expect(Date.now() - startedMs).toBeGreaterThan(2500);
  expect(await query(second, 'select word from kept')).toEqual([{ word: '单' }]);
  clearTimeout(woken);
}, 60_000);

it('ends an orphan that no longer answers', async () => {
  const first = await start();
  const { temporal } = children();
  await stop(first.child, 'SIGKILL');
  process.kill(temporal.pid, 'SIGSTOP');

  const second = await start();

  expect(second.said).toContain('orphan_ended');
  expect(isAlive(temporal)).toBe(false);
  expect(await ping(second)).toBe(true);
}, 60_000);

it.each(['postgres', 'temporal'] as const)(
  'starts %s again at the same address when it is killed',
  async (name) => {
    const up = await start();
    const before = children()[name];

    process.kill(before.pid, 'SIGKILL');
    const works = async (): Promise<boolean> =>
      name === 'postgres' ? (await query(up, 'select word from kept')).length === 1 : ping(up);
    await waitUntil(() => Promise.resolve(children()[name].pid !== before.pid), { limitMs: 20_000 });

    expect(await waitUntil(works, { limitMs: 20_000 })).toBeTruthy();
    expect(children()[name]).toMatchObject({ port: before.port });
    expect(isAlive(before)).toBe(false);
  },
  60_000,
);
