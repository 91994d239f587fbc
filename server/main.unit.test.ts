/** Starts that must end at once with a sentence. What comes after is driven by the journeys in e2e/. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { acquireLock } from './services/lock.ts';

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'guanjia-main-'));
});

afterEach(() => {
  rmSync(dataDir, { recursive: true });
});

async function run(program: string, environment: NodeJS.ProcessEnv, ...argv: string[]) {
  const child = spawn(process.execPath, [join(import.meta.dirname, program), ...argv], {
    env: { PATH: process.env.PATH, GUANJIA_DATA_DIR: dataDir, GUANJIA_LOCALE: 'en', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output: output.trim() };
}

it('lists every wrong setting and starts nothing', async () => {
  const { code, output } = await run('main.ts', { HOST: '0.0.0.0', PORT: 'http' });

  expect(code).toBe(1);
  expect(output).toMatch(/HOST is 0\.0\.0\.0/);
  expect(output).toMatch(/PORT is "http"/);
  expect(readdirSync(dataDir)).toEqual([]);
});

it('says which port is taken and how to take another, before anything slow', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = String((server.address() as AddressInfo).port);

  const { code, output } = await run('main.ts', { PORT: port, GUANJIA_LOCALE: 'zh-CN' });

  server.close();
  expect(code).toBe(1);
  expect(output).toMatch(new RegExp(`^端口 ${port} 已被别的程序占用。换一个端口：PORT=\\d+ npm start`));
  expect(readdirSync(dataDir)).toEqual([]);
});

it('says where it is already running, and that is no failure', async () => {
  const attempt = await acquireLock(dataDir);
  if ('heldBy' in attempt) throw new Error('a new folder is held');

  expect(await run('main.ts', {})).toMatchObject({
    code: 1,
    output: expect.stringContaining('already starting') as unknown,
  });
  attempt.lock.publish('http://127.0.0.1:4711');
  expect(await run('main.ts', {})).toEqual({ code: 0, output: 'Guanjia is already running at http://127.0.0.1:4711' });
  expect(await run('demo-reset.ts', {})).toEqual({
    code: 1,
    output: `Guanjia is running (process ${process.pid}). Stop it before the reset.`,
  });
});

it('says which database does not answer', async () => {
  const environment = {
    DATABASE_URL: 'postgres://guanjia_app@127.0.0.1:1/none',
    DATABASE_ADMIN_URL: 'postgres://guanjia_owner@127.0.0.1:1/none',
    TEMPORAL_ADDRESS: '127.0.0.1:1',
  };
  const { code, output } = await run('main.ts', environment, '--role', 'worker');

  expect(code).toBe(1);
  expect(output).toMatch(/^The database cannot be reached: .*ECONNREFUSED.*Check DATABASE_URL\.$/);
});

it('resets nothing but a demo of its own', async () => {
  const { code, output } = await run('demo-reset.ts', {
    DATABASE_URL: 'postgres://a@b/c',
    DATABASE_ADMIN_URL: 'postgres://a@b/c',
  });

  expect(code).toBe(1);
  expect(output).toBe('Only a demo can be reset: this is not one, and nothing was changed.');
});
