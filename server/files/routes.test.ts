import type { LightMyRequestResponse } from 'fastify';
import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../http.ts';
import { asUser, buildTestApp, createPerson, testConfig, type Ask } from '../testing/app.ts';
import { createTestDb, type TestDb } from '../testing/database.ts';
import { createDiskStore } from './store.ts';

interface Info {
  id: string;
  name: string;
  mediaType: string;
  bytes: number;
  width: number;
  height: number;
}

let test: TestDb;
let app: App;
let dataDir: string;
let owner: string;
let ask: Ask;

beforeAll(async () => {
  test = await createTestDb();
  dataDir = await mkdtemp(join(tmpdir(), 'guanjia-files-'));
  app = await buildTestApp(test, { config: testConfig(test, { dataDir }) });
  owner = await createPerson(test);
  ask = await asUser(app, owner);
});
afterAll(async () => {
  await app.close();
  await test.drop();
  await rm(dataDir, { recursive: true, force: true });
});

/** 40×20, red left of blue, turned by EXIF, with a position. */
async function photoOfHere(): Promise<Buffer> {
  const left = await sharp({ create: { width: 20, height: 20, channels: 3, background: '#f00' } })
    .png()
    .toBuffer();
  return sharp({ create: { width: 40, height: 20, channels: 3, background: '#00f' } })
    .composite([{ input: left, left: 0, top: 0 }])
    .withExif({
      IFD0: { Make: 'SecretPhone' },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '31/1 14/1 0/1', GPSLongitudeRef: 'E', GPSLongitude: '121/1 28/1 0/1' },
    })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer();
}

function upload(
  bytes: Buffer,
  { name = 'a.jpg', as = ask, type = 'image/jpeg' } = {},
): Promise<LightMyRequestResponse> {
  const form = new FormData();
  form.append('file', new Blob([new Uint8Array(bytes)], { type }), name);
  return as({ method: 'POST', url: '/api/files', payload: form });
}

describe('an uploaded photo', () => {
  it('is kept upright, with neither the place nor the phone it came from', async () => {
    const original = await photoOfHere();
    expect((await sharp(original).metadata()).exif?.toString('latin1')).toContain('SecretPhone');

    const answer = await upload(original, { name: '../../漏水 "1".jpg' });
    const info = answer.json<Info>();
    const served = await ask({ url: `/api/files/${info.id}` });

    expect(answer.statusCode).toBe(201);
    expect(info).toMatchObject({ name: '漏水 1.jpg', mediaType: 'image/jpeg', width: 20, height: 40 });
    const kept = await sharp(served.rawPayload).metadata();
    expect(kept).toMatchObject({ width: 20, height: 40, format: 'jpeg' });
    expect(kept.exif).toBeUndefined();
    expect(served.rawPayload.toString('latin1')).not.toContain('SecretPhone');
    // Turned clockwise, what was left is on top.
    const [red] = (
      await sharp(served.rawPayload).extract({ left: 5, top: 2, width: 1, height: 1 }).raw().toBuffer()
    ).values();
    expect(red).toBeGreaterThan(200);
  });

  it('is named by its content on disk, once however often it comes', async () => {
    const photo = await sharp({ create: { width: 9, height: 7, channels: 3, background: '#0a0' } })
      .png()
      .toBuffer();
    const first = (await upload(photo, { type: 'image/png' })).json<Info>();
    const second = (await upload(photo, { type: 'image/png' })).json<Info>();
    const served = await ask({ url: `/api/files/${first.id}` });

    const sha256 = createHash('sha256').update(served.rawPayload).digest('hex');
    const folder = join(dataDir, 'files', sha256.slice(0, 2));
    expect(await readFile(join(folder, sha256.slice(2)))).toEqual(served.rawPayload);
    expect((await readdir(folder)).filter((name) => name.startsWith(sha256.slice(2)))).toHaveLength(1);
    expect(second.id).not.toBe(first.id);
  });

  it('is served to be kept by this browser only, and never to be run', async () => {
    const { id } = (await upload(await photoOfHere(), { name: "x'y.jpg" })).json<Info>();
    const { headers } = await ask({ url: `/api/files/${id}` });

    expect(headers).toMatchObject({
      'content-type': 'image/jpeg',
      'cache-control': 'private, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      'content-disposition': "inline; filename*=UTF-8''x%27y.jpg",
      'content-security-policy': "default-src 'none'; sandbox",
    });
  });

  it('has a thumbnail', async () => {
    const big = await sharp({ create: { width: 1000, height: 500, channels: 3, background: '#ccc' } })
      .jpeg()
      .toBuffer();
    const { id } = (await upload(big)).json<Info>();
    const made = await ask({ url: `/api/files/${id}?size=thumb` });
    const kept = await ask({ url: `/api/files/${id}?size=thumb` });

    expect(await sharp(made.rawPayload).metadata()).toMatchObject({ width: 320, height: 160, format: 'webp' });
    expect(kept.rawPayload).toEqual(made.rawPayload);
    expect((await ask({ url: `/api/files/${id}?size=huge` })).statusCode).toBe(422);
  });
});

describe('who may see a photo', () => {
  it('is who uploaded it, and nobody else while no record shows it', async () => {
    const { id } = (await upload(await photoOfHere())).json<Info>();
    const stranger = await asUser(app, await createPerson(test));

    for (const url of [`/api/files/${id}`, `/api/files/${id}?size=thumb`, `/api/files/${randomUUID()}`]) {
      expect((await stranger({ url })).json(), url).toMatchObject({ code: 'not_found', status: 404 });
      expect((await app.inject({ url })).statusCode, url).toBe(401);
    }
  });

  it('is who may see the case whose record shows it', async () => {
    const { id } = (await upload(await photoOfHere())).json<Info>();
    const readerId = await createPerson(test);
    const reader = await asUser(app, readerId);
    const caseId = await insertCase();
    await test.adminDb
      .insertInto('file_use')
      .values({ file_id: id, form: 'repair', record_id: caseId, field: 'photos' })
      .execute();
    const before = await reader({ url: `/api/files/${id}` });
    await test.adminDb.insertInto('case_reader').values({ case_id: caseId, person_id: readerId, why: 'cc' }).execute();

    expect(before.statusCode).toBe(404);
    expect((await reader({ url: `/api/files/${id}` })).statusCode).toBe(200);
  });

  async function insertCase(): Promise<string> {
    const form = `probe${Math.random().toString(36).slice(2, 8)}`;
    const text = JSON.stringify({ 'zh-CN': '试', en: 'Probe' });
    const { adminDb } = test;
    await adminDb
      .insertInto('form_type')
      .values({ key: form, kind: 'case', title: text, current_version: 1 })
      .execute();
    await adminDb
      .insertInto('form_version')
      .values({ form, version: 1, schema: '{}', layout: '{}', sha256: '' })
      .execute();
    await adminDb.insertInto('flow').values({ key: form, form, title: text, current_version: 1 }).execute();
    await adminDb
      .insertInto('flow_version')
      .values({ flow: form, version: 1, definition: '{}', form_version: 1, sha256: '' })
      .execute();
    const { id } = await adminDb
      .insertInto('case')
      .values({
        number: form,
        flow: form,
        flow_version: 1,
        form,
        form_version: 1,
        initiator: owner,
        title: 'x',
        status: 'running',
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    return id;
  }
});

describe('what is no photo', () => {
  const jpegHead = Buffer.from([0xff, 0xd8, 0xff, 0xe0]);

  it.each([
    ['a page that calls itself a photo', Buffer.from('<html><script>alert(1)</script>')],
    ['an SVG, which can hold scripts', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>')],
    ['a GIF', Buffer.from('GIF89a\x01\x00\x01\x00')],
    ['nothing', Buffer.alloc(0)],
    ['a page behind the first bytes of a photo', Buffer.concat([jpegHead, Buffer.from('<script>alert(1)</script>')])],
    ['a promise of a photo', Buffer.from('RIFF\x10\x00\x00\x00WEBPVP8 ', 'latin1')],
  ])('is refused: %s', async (_what, bytes) => {
    const answer = await upload(bytes);

    expect(answer.json()).toMatchObject({ code: 'unsupported_file', status: 415 });
  });

  it('does not survive inside a photo', async () => {
    const polyglot = Buffer.concat([await photoOfHere(), Buffer.from('<script>alert("polyglot")</script>PK\x03\x04')]);
    const { id } = (await upload(polyglot)).json<Info>();
    const served = await ask({ url: `/api/files/${id}` });

    expect(served.rawPayload.toString('latin1')).not.toContain('polyglot');
  });

  it('is refused when it is small packed and huge unpacked', async () => {
    const bomb = await sharp({ create: { width: 16_000, height: 6000, channels: 3, background: '#fff' } })
      .png({ compressionLevel: 9 })
      .toBuffer();

    expect(bomb.length).toBeLessThan(1_000_000);
    expect((await upload(bomb)).json()).toMatchObject({ code: 'unsupported_file' });
  });

  it('is refused when too large, before it is all read', async () => {
    const large = Buffer.concat([await photoOfHere(), Buffer.alloc(15_000_001)]);

    expect((await upload(large)).json()).toMatchObject({
      code: 'too_large',
      status: 413,
      params: { limitBytes: 15_000_000 },
    });
  });

  it('is refused when the form has no file, is broken or is none', async () => {
    const form = new FormData();
    form.append('note', 'x');
    const noFile = await ask({ method: 'POST', url: '/api/files', payload: form });
    const multipart = { 'content-type': 'multipart/form-data; boundary=x' };
    const broken = await ask({ method: 'POST', url: '/api/files', payload: '--x\r\nContent-Disp', headers: multipart });
    const none = await ask({ method: 'POST', url: '/api/files', payload: { file: 'x' } });

    expect(noFile.json()).toMatchObject({ status: 422, errors: [{ path: '/file', code: 'required' }] });
    expect(broken.json()).toMatchObject({ status: 422, errors: [{ path: '/file' }] });
    expect(none.json()).toMatchObject({ status: 415, code: 'unsupported_media_type' });
  });

  it('is taken by no other route', async () => {
    const form = new FormData();
    form.append('locale', 'en');

    expect((await ask({ method: 'PATCH', url: '/api/me', payload: form })).statusCode).toBe(415);
  });
});

describe('ids and paths', () => {
  it.each(['/api/files/..%2f..%2fetc%2fpasswd', '/api/files/%2e%2e', '/api/files/1', '/api/files/x%00'])(
    'of another shape find nothing: %s',
    async (url) => {
      expect([404, 422]).toContain((await ask({ url })).statusCode);
    },
  );

  it('never reach the disk when they are no hashes', () => {
    const store = createDiskStore(dataDir);

    expect(() => store.read('../../etc/passwd')).toThrow(RangeError);
    expect(() => store.write(`${'a'.repeat(64)}/../x`, Buffer.alloc(1))).toThrow(RangeError);
  });
});
