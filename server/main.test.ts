/** Starts against a database that is there and a Temporal that is not. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDataDir } from './testing/data-dir.ts';
import { createTestDb, type TestDb } from './testing/database.ts';

let test: TestDb;

beforeAll(async () => {
  test = await createTestDb();
});
afterAll(() => test.drop());

it('says that it waits for Temporal, and stops when asked meanwhile', async () => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), '--role', 'worker'], {
    env: {
      PATH: process.env.PATH,
      GUANJIA_DATA_DIR: createTestDataDir(),
      GUANJIA_LOCALE: 'en',
      DATABASE_URL: test.databaseUrl,
      DATABASE_ADMIN_URL: test.databaseAdminUrl,
      TEMPORAL_ADDRESS: '127.0.0.1:1',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (line.startsWith('Temporal')) child.kill('SIGTERM');
  }

  expect(await exit).toEqual([0, null]);
  expect(lines).toEqual(['Temporal (127.0.0.1:1) does not answer yet; waiting for it …', 'Stopping …', 'Stopped.']);
}, 60_000);
