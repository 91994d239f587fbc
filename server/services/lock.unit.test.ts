import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { endChild, findOrphan, startChild } from './children.ts';
import { acquireLock, findHolder, type Lock } from './lock.ts';
import { commandLine, identify, isAlive, ownIdentity } from './process-identity.ts';
import { writePrivate } from './private-file.ts';
import { waitUntil } from './wait.ts';

let dataDir: string;
const started: ChildProcess[] = [];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'guanjia-lock-'));
});

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  rmSync(dataDir, { recursive: true });
});

/** A process that takes the lock and keeps it, or says who has it. */
async function contender(): Promise<{ child: ChildProcess; answer: string }> {
  const program = `
    import { acquireLock } from ${JSON.stringify(join(import.meta.dirname, 'lock.ts'))};
    const attempt = await acquireLock(${JSON.stringify(dataDir)});
    console.log('lock' in attempt ? 'held' : 'busy ' + attempt.heldBy.pid);
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  started.push(child);
  const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, answer: chunk.toString().trim() };
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function take(): Promise<Lock> {
  const attempt = await acquireLock(dataDir);
  if ('heldBy' in attempt) throw new Error(`held by ${attempt.heldBy.pid}`);
  return attempt.lock;
}

/** Something long-running whose command line holds the data folder, as a service's does. */
async function startSleeper(): ReturnType<typeof startChild> {
  return startChild({
    name: 'temporal',
    dataDir,
    command: process.execPath,
    args: ['-e', 'setInterval(() => undefined, 1000)', dataDir],
    port: 7233,
    data: dataDir,
    environment: process.env,
  });
}

it('lets a second start say where the first one listens', async () => {
  const lock = await take();
  expect(await acquireLock(dataDir)).toEqual({ heldBy: ownIdentity() });

  lock.publish('http://127.0.0.1:3000');

  expect(await acquireLock(dataDir)).toEqual({ heldBy: { ...ownIdentity(), address: 'http://127.0.0.1:3000' } });
  lock.release();
  expect(findHolder(dataDir)).toBeUndefined();
});

it('takes over the lock of a killed process', async () => {
  const { child, answer } = await contender();
  expect(answer).toBe('held');
  expect(await acquireLock(dataDir)).toMatchObject({ heldBy: { pid: child.pid } });

  await kill(child);

  (await take()).release();
});

it('takes over when the process id was given to another program', async () => {
  writePrivate(join(dataDir, 'guanjia.lock'), { pid: process.pid, startedAt: 'another boot/17' });

  expect(findHolder(dataDir)).toBeUndefined();
  (await take()).release();
});

it('takes over a lock that was never written to its end', async () => {
  writeFileSync(join(dataDir, 'guanjia.lock'), '{"pid": 4');

  (await take()).release();
});

it('lets exactly one of many take a stale lock', async () => {
  writePrivate(join(dataDir, 'guanjia.lock'), { pid: 1, startedAt: 'long ago' });

  const answers = (await Promise.all(Array.from({ length: 6 }, contender))).map(({ answer }) => answer);

  expect(answers.filter((answer) => answer === 'held')).toHaveLength(1);
  expect(answers.filter((answer) => answer.startsWith('busy'))).toHaveLength(5);
});

it('does not release a lock that another has taken over', async () => {
  const lock = await take();
  writePrivate(join(dataDir, 'guanjia.lock'), { ...ownIdentity(), startedAt: 'someone else' });

  lock.release();

  const { answer } = await contender();
  expect(answer).toBe('held');
});

it('knows a process by its start, and a dead one as dead', async () => {
  const { child } = await contender();
  const identity = identify(child.pid ?? 0);
  expect(identity).toBeDefined();
  expect(commandLine(child.pid ?? 0)).toContain('lock.ts');

  await kill(child);

  expect(isAlive(identity ?? ownIdentity())).toBe(false);
});

it('finds and ends a program that it recorded', async () => {
  const record = await startSleeper();
  expect(findOrphan(dataDir, 'temporal')).toEqual(record);

  await endChild(dataDir, 'temporal', { signal: 'SIGTERM', graceMs: 2000 });

  expect(isAlive(record)).toBe(false);
  expect(findOrphan(dataDir, 'temporal')).toBeUndefined();
});

it('finds a program whose start was killed before it knew the process id, and no other', async () => {
  const record = await startSleeper();
  const line = commandLine(record.pid);
  const forget = (commandLine: string): void => {
    const launch = { port: 7, data: dataDir, commandLine };
    writePrivate(join(dataDir, 'services.json'), { children: {}, launches: { temporal: launch }, ports: {} });
  };

  forget(`${line} --other`);
  expect(findOrphan(dataDir, 'temporal')).toBeUndefined();
  forget(line);
  expect(findOrphan(dataDir, 'temporal')).toEqual({ ...record, port: 7 });
  forget(line);
  await endChild(dataDir, 'temporal', { signal: 'SIGTERM', graceMs: 2000 });

  expect(isAlive(record)).toBe(false);
});

it('insists with a program that ignores the question', async () => {
  const record = await startChild({
    name: 'postgres',
    dataDir,
    command: process.execPath,
    args: ['-e', "process.on('SIGINT', () => undefined); setInterval(() => undefined, 1000)", dataDir],
    port: 1,
    data: dataDir,
    environment: process.env,
  });
  await waitUntil(() => Promise.resolve(commandLine(record.pid).includes('SIGINT')), { limitMs: 2000 });

  await endChild(dataDir, 'postgres', { signal: 'SIGINT', graceMs: 500 });

  expect(isAlive(record)).toBe(false);
});

it('leaves alone a process that is not the recorded one', async () => {
  const record = await startSleeper();
  const state = (change: object): void => {
    writePrivate(join(dataDir, 'services.json'), { children: { temporal: { ...record, ...change } }, ports: {} });
  };

  state({ startedAt: 'another boot/17' });
  await endChild(dataDir, 'temporal', { signal: 'SIGKILL', graceMs: 100 });
  expect(isAlive(record)).toBe(true);
  state({ data: '/somewhere/else' });
  await endChild(dataDir, 'temporal', { signal: 'SIGKILL', graceMs: 100 });
  expect(isAlive(record)).toBe(true);

  state({});
  await endChild(dataDir, 'temporal', { signal: 'SIGKILL', graceMs: 2000 });
  expect(isAlive(record)).toBe(false);
});

it('refuses a program that does not exist', async () => {
  const start = startChild({
    name: 'temporal',
    dataDir,
    command: join(dataDir, 'nothing'),
    args: [],
    port: 1,
    data: dataDir,
    environment: {},
  });

  await expect(start).rejects.toThrow('ENOENT');
});
