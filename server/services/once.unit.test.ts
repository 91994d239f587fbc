import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { onlyOnce } from './once.ts';

let folder: string;
let runs: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guanjia-once-'));
  runs = 0;
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const isDone = (): boolean => existsSync(join(folder, 'result'));
async function work(): Promise<void> {
  runs += 1;
  await sleep(50);
  writeFileSync(join(folder, 'result'), 'x');
}

it('does the work once, and lets everyone wait until it is done', async () => {
  const done = await Promise.all([1, 2, 3].map(() => onlyOnce(join(folder, 'lock'), isDone, work).then(isDone)));

  expect(done).toEqual([true, true, true]);
  expect(runs).toBe(1);
});

it('does nothing where it is done already', async () => {
  writeFileSync(join(folder, 'result'), 'x');

  await onlyOnce(join(folder, 'lock'), isDone, work);

  expect(runs).toBe(0);
  expect(existsSync(join(folder, 'lock'))).toBe(false);
});

it('lets the next one try when the first fails', async () => {
  const failing = onlyOnce(join(folder, 'lock'), isDone, async () => {
    await sleep(50);
    throw new Error('no room on the disk');
  });
  const waiting = onlyOnce(join(folder, 'lock'), isDone, work);

  await expect(failing).rejects.toThrow('no room');
  await waiting;
  expect(runs).toBe(1);
});
