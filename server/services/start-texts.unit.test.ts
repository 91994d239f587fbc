import Fastify from 'fastify';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClosers } from '../closers.ts';
import { ConfigError, readSettings } from '../config.ts';
import { AppError } from '../errors.ts';
import { listen, requirePort } from '../start.ts';
import { cachedBundle } from './bundle-cache.ts';
import { StartError, message } from './messages.ts';
import { checkPort, freePort } from './ports.ts';
import { canReach } from './postgres-user.ts';
import { loadSecrets } from './secrets.ts';
import { findTemporalBinary } from './temporal-binary.ts';
import { createSay, describeAccounts, explain } from './terminal.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guanjia-start-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** A program that only exists, or does what `script` says. */
function addProgram(path: string, script = 'exit 0'): string {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

describe('finding temporal', () => {
  const said: string[] = [];
  const find = (path: string[]): Promise<string> =>
    findTemporalBinary({
      environment: { PATH: path.join(delimiter), HOME: folder, XDG_CACHE_HOME: join(folder, 'cache') },
      say: (key) => said.push(key),
    });

  it('takes the one on the PATH before the cached one', async () => {
    const cached = addProgram(join(folder, 'cache', 'guanjia', 'temporal-v1.5.1', 'temporal'));
    const onPath = addProgram(join(folder, 'bin', 'temporal'));

    expect(await find([join(folder, 'empty'), join(folder, 'bin')])).toBe(onPath);
    expect(await find([])).toBe(cached);
    expect(said).toEqual([]);
  });

  it('builds one with Go where nothing else helps, and keeps it', async () => {
    const go = addProgram(
      join(folder, 'bin', 'go'),
      'test "$1" = install && echo program > "$GOBIN/temporal" && /bin/chmod 755 "$GOBIN/temporal"',
    );
    // Without a proxy that answers, the SDK's download fails at once: no test downloads anything.
    const find = (): Promise<string> =>
      findTemporalBinary({
        environment: { PATH: join(go, '..'), HOME: folder, XDG_CACHE_HOME: join(folder, 'cache'), ...noNetwork },
        say: (key) => said.push(key),
      });

    const built = await find();

    expect(built).toBe(join(folder, 'cache', 'guanjia', 'temporal-v1.5.1', 'temporal'));
    expect(said.splice(0)).toEqual(['temporal_download', 'temporal_build']);
    expect(await find()).toBe(built);
    expect(said).toEqual([]);
  }, 60_000);

  it('lists every way when there is none', async () => {
    const failure = findTemporalBinary({
      environment: { PATH: '', HOME: folder, XDG_CACHE_HOME: join(folder, 'cache'), ...noNetwork },
      say: () => undefined,
    });

    const error = await failure.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ key: 'temporal_missing' });
    for (const way of [
      'PATH',
      'Go 1.24',
      join(folder, 'cache'),
      'TEMPORAL_ADDRESS',
      'download:',
      'go: not on the PATH',
    ]) {
      expect(explain(error, 'zh-CN')).toContain(way);
    }
  }, 60_000);
});

const noNetwork = { HTTPS_PROXY: 'http://127.0.0.1:9', https_proxy: 'http://127.0.0.1:9', NO_PROXY: '', no_proxy: '' };

describe('ports', () => {
  it('gives the wished port when it is free, else another', async () => {
    const port = await freePort();
    expect(await freePort(port)).toBe(port);
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');

    expect(await checkPort(port)).toBe('EADDRINUSE');
    expect(await freePort(port)).not.toBe(port);
    const settings = readSettings({ PORT: String(port), GUANJIA_DATA_DIR: folder }, []);
    await expect(requirePort(settings)).rejects.toMatchObject({ key: 'port_in_use', params: { port } });

    server.close();
  });

  it('says the same when somebody took the port since it was checked, or when the user may not have it', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const where = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
    const app = Fastify();
    const refusing = {
      listen: () => Promise.reject(Object.assign(new Error(), { code: 'EACCES', syscall: 'listen' })),
    };

    await expect(listen(app, where)).rejects.toMatchObject({ key: 'port_in_use', params: { port: where.port } });
    await expect(listen(refusing, { ...where, port: 80 })).rejects.toMatchObject({ key: 'port_forbidden' });

    await app.close();
    server.close();
  });

  it('says when this machine has no such address', async () => {
    const settings = readSettings({ HOST: '127.0.0.1', GUANJIA_DATA_DIR: folder }, []);

    await expect(requirePort({ ...settings, host: '192.0.2.1' })).rejects.toMatchObject({ key: 'host_unknown' });
  });
});

describe('reach of another user', () => {
  const user = { uid: 54_321, gid: 54_321 };

  it('ends at the first closed folder', () => {
    chmodSync(folder, 0o755);
    mkdirSync(join(folder, 'home', 'clone'), { recursive: true });
    expect(canReach(user, join(folder, 'home', 'clone', '.data'))).toBe(true);

    chmodSync(join(folder, 'home'), 0o700);

    expect(canReach(user, join(folder, 'home', 'clone', '.data'))).toBe(false);
    expect(canReach(user, join(folder, 'elsewhere'))).toBe(true);
  });
});

describe('the bundle cache', () => {
  it('builds once for the same sources and clears away old bundles', async () => {
    let builds = 0;
    const build = (): Promise<string> => {
      builds += 1;
      return Promise.resolve('code');
    };
    for (const name of ['workflows-0ld.js', 'workflows-n3w.js']) writeFileSync(join(folder, name), name);
    utimesSync(join(folder, 'workflows-0ld.js'), 0, 0);

    const first = await cachedBundle(folder, build);
    const second = await cachedBundle(folder, build);

    expect([builds, second]).toEqual([1, first]);
    expect(readdirSync(folder).sort()).toEqual([basename(first), 'workflows-n3w.js'].sort());
    await expect(cachedBundle(folder, () => Promise.reject(new Error('unused')))).resolves.toBe(first);
  });
});

it('makes secrets once and never replaces a file it cannot read', () => {
  const made = loadSecrets(folder);
  expect(loadSecrets(folder)).toEqual(made);
  expect(new Set(Object.values(made)).size).toBe(4);

  writeFileSync(join(folder, 'secrets.json'), '{"half');

  expect(() => loadSecrets(folder)).toThrow('cannot be read');
});

it('closes in reverse order, once, and all of it even when one step fails', async () => {
  const closers = createClosers();
  const closed: number[] = [];
  for (const n of [1, 2, 3]) {
    closers.add(() => {
      closed.push(n);
      return n === 2 ? Promise.reject(new Error('two')) : Promise.resolve();
    });
  }

  await expect(closers.closeAll()).rejects.toThrow('two');
  await expect(closers.closeAll()).rejects.toThrow('two');

  expect(closed).toEqual([3, 2, 1]);
});

describe('texts of the start', () => {
  it('explains in the language of the start', () => {
    const taken = new StartError('port_in_use', { port: 3000, other: 3001 });

    expect(explain(taken, 'zh-CN')).toBe(
      '端口 3000 已被别的程序占用。换一个端口：PORT=3001 npm start，或先停掉占用它的程序。',
    );
    expect(explain(taken, 'en')).toContain('PORT=3001 npm start');
    expect(explain(new AppError('database_newer_than_program', 500, { migrations: ['0042-x'] }), 'en')).toContain(
      '0042-x',
    );
    expect(explain(new ConfigError(['PORT is bad']), 'zh-CN')).toContain('PORT is bad');
  });

  it('shows the stack of what nobody expected', () => {
    expect(explain(new TypeError('a bug'), 'zh-CN')).toMatch(/a bug[^]*start-texts/);
  });

  it('prints progress and the demo accounts', () => {
    const lines: string[] = [];
    createSay('en', (line) => lines.push(line))('migrated', { count: 2 });
    const texts = { title: { 'zh-CN': '业主', en: 'Owner' }, description: { 'zh-CN': '报修', en: 'Reports' } };

    expect(lines).toEqual(['Database migrated: 2 steps']);
    expect(describeAccounts({ password: 'pw', items: [{ username: 'owner', ...texts }] }, { locale: 'zh-CN' })).toBe(
      `${message('zh-CN', 'demo_accounts', { password: 'pw' })}\n  owner       业主 · 报修`,
    );
  });
});
