import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildApp } from './app.ts';
import { createLog } from './log.ts';
import type { App } from './http.ts';
import { asUser, buildTestApp, createPerson, testConfig } from './testing/app.ts';
import { createTestDb, type TestDb } from './testing/database.ts';

const script = 'start("管家")';
let test: TestDb;
let app: App;
let uiDir: string;

beforeAll(async () => {
  test = await createTestDb();
  uiDir = await mkdtemp(join(tmpdir(), 'guanjia-ui-'));
  await mkdir(join(uiDir, '_app', 'immutable'), { recursive: true });
  await writeFile(
    join(uiDir, 'index.html'),
    `<!doctype html><script src="/theme.js"></script><script>${script}</script>`,
  );
  await writeFile(join(uiDir, '_app', 'immutable', 'a.abc.js'), 'export {}');
  await writeFile(join(uiDir, '_app', 'immutable', 'a.abc.js.gz'), gzipSync('export {}'));
  await writeFile(join(uiDir, 'theme.js'), '');
  const plain = await buildTestApp(test);
  app = await buildApp(plain.deps, { uiDir });
  await plain.close();
});
afterAll(async () => {
  await app.close();
  await test.drop();
  await rm(uiDir, { recursive: true, force: true });
});

describe('the built interface', () => {
  it.each(['/', '/inbox', '/cases/0190-3?tab=log', '/portal/'])('is one page for the place %s', async (url) => {
    const answer = await app.inject({ url, headers: { accept: 'text/html' } });

    expect(answer.statusCode).toBe(200);
    expect(answer.payload).toContain('<!doctype html>');
    expect(answer.headers['cache-control']).toBe('no-cache');
    expect(answer.headers['content-type']).toContain('text/html');
  });

  it.each(['/api/nothing', '/_app/immutable/gone.js', '/missing.png'])('is no page for %s', async (url) => {
    const ask = await asUser(app, await createPerson(test));

    expect((await ask({ url, headers: { accept: 'text/html' } })).json()).toMatchObject({
      code: 'not_found',
      status: 404,
    });
  });

  it('keeps what has a hash in its name for ever, sent small', async () => {
    const url = '/_app/immutable/a.abc.js';
    const zipped = await app.inject({ url, headers: { 'accept-encoding': 'gzip' } });

    expect(zipped.headers).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-encoding': 'gzip',
    });
    expect((await app.inject({ url: '/theme.js' })).headers['cache-control']).toBe('no-cache');
  });

  it.each([
    '/../package.json',
    '/%2e%2e/package.json',
    '/..%2f..%2fpackage.json',
    '/_app/..%5c..%5cpackage.json',
    '/.env',
  ])('gives nothing outside its folder: %s', async (url) => {
    const answer = await app.inject({ url, headers: { accept: '*/*' } });

    expect([400, 403, 404]).toContain(answer.statusCode);
    expect(answer.payload).not.toContain('dependencies');
  });
});

describe('the page after a rebuild under a running server', () => {
  const write = async (text: string, atSeconds: number): Promise<void> => {
    const path = join(uiDir, 'index.html');
    await writeFile(path, `<!doctype html><html lang="zh-CN"><script>${text}</script></html>`);
    await utimes(path, atSeconds, atSeconds);
  };
  const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64');
  const policy = async (): Promise<string> =>
    String((await app.inject({ url: '/inbox' })).headers['content-security-policy']);

  afterEach(() => write(script, 1_900_000_000));

  it('is the new one, with a policy that lets its start script run', async () => {
    await write('start("new")', 2_000_000_000);

    expect((await app.inject({ url: '/inbox' })).payload).toContain('start("new")');
    expect(await policy()).toContain(hashOf('start("new")'));
    expect(await policy()).not.toContain(hashOf(script));
  });

  it('stays the last one while there is none for a moment', async () => {
    await policy();
    await rm(join(uiDir, 'index.html'));

    expect(await policy()).toContain(hashOf(script));
    expect((await app.inject({ url: '/' })).payload).toContain(script);
  });

  it("carries the server's language, also as the service worker fetches it", async () => {
    await write(script, 2_000_000_001);
    const english = await buildApp({ ...app.deps, config: { ...testConfig(test), locale: 'en' } }, { uiDir });

    expect((await english.inject({ url: '/' })).payload).toContain('<html lang="en"');
    const kept = await english.inject({ url: '/index.html', headers: { accept: '*/*' } });
    expect(kept.payload).toContain('<html lang="en"');
    await english.close();
  });
});

describe('headers of every answer', () => {
  it('allow the one start script by its hash, and no other inline script', async () => {
    const { headers } = await app.inject({ url: '/' });
    const hash = createHash('sha256').update(script).digest('base64');

    const policy = String(headers['content-security-policy']);
    expect(policy).toContain(`script-src 'self' 'sha256-${hash}';`);
    expect(policy).not.toMatch(/unsafe-eval|script-src[^;]*unsafe/);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("object-src 'none'");
  });

  it.each(['/', '/api/me', '/api/nothing', '/healthz'])('are strict on %s', async (url) => {
    const { headers } = await app.inject({ url });

    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
    });
    expect(headers['permissions-policy']).toContain('camera=(self)');
    expect(headers['x-request-id']).toMatch(/^[\da-f-]{36}$/);
    expect(headers['strict-transport-security']).toBeUndefined();
    expect(headers['x-powered-by']).toBeUndefined();
  });
});

describe('the log', () => {
  it('has one line a request, without what was asked or sent', async () => {
    const lines: string[] = [];
    const log = createLog('info', (line) => void lines.push(line));
    const logged = await buildApp({ ...app.deps, log, config: testConfig(test) }, { uiDir });
    const payload = { username: '13800000000', password: 'a secret password' };
    const headers = { authorization: 'Bearer a-secret-token', cookie: 'guanjia=a-secret-cookie' };
    await logged.inject({ method: 'POST', url: '/api/session?q=林晓梅', payload });
    await logged.inject({ url: `/api/people?q=${encodeURIComponent('林晓梅')}`, headers });
    await logged.close();

    const answered = lines.filter((line) => line.includes('"answered"'));
    expect(answered).toHaveLength(2);
    expect(JSON.parse(answered[1]!)).toMatchObject({ method: 'GET', route: '/api/people', status: 401 });
    expect(lines.join('')).not.toMatch(/13800000000|secret|林晓梅|%E6/);
  });
});
