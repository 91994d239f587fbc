/** The S3 side of the file port against a real server; without one these tests are skipped (server/testing/s3-server.ts). */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asUser, buildTestApp, createPerson, testConfig } from '../testing/app.ts';
import { createTestDb } from '../testing/database.ts';
import { findS3Server, s3Keys, startS3Server, type S3Server } from '../testing/s3-server.ts';
import { readPlace, type S3Place } from './place.ts';
import { createS3Store } from './s3-store.ts';

const program = findS3Server();
const keyOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe.skipIf(program === undefined)(
  'files in a store that speaks S3 (needs versitygw: CI=true node tools/ci-s3.ts)',
  () => {
    let server: S3Server;
    let place: S3Place;

    beforeAll(async () => {
      server = await startS3Server(program!, 'guanjia');
      place = readPlace(`s3://guanjia/photos/2026?endpoint=${server.endpoint}&region=us-east-1`, s3Keys)!;
    });
    afterAll(() => server.kill());

    it('come back as they went in, under the prefix, and are there once', async () => {
      const store = createS3Store(place);
      const bytes = Buffer.from('漏水的水管'.repeat(50_000));
      const key = keyOf(bytes);
      await store.write(key, bytes);
      await store.write(key, bytes);
      const read = await store.read(key);

      expect(read?.bytes).toBe(bytes.length);
      expect(await buffer(read!.stream)).toEqual(bytes);
      expect(readdirSync(join(server.buckets, 'guanjia', 'photos', '2026'))).toEqual([key]);
    });

    it('are undefined when there is none, and never anything but a hash', async () => {
      const store = createS3Store(place);

      expect(await store.read('0'.repeat(64))).toBeUndefined();
      await expect(store.read('../secrets')).rejects.toThrow('not a file key');
      await expect(store.write('a', Buffer.from('x'))).rejects.toThrow('not a file key');
    });

    it('are written again over what a broken upload left', async () => {
      const bytes = Buffer.from('the whole photo');
      const key = keyOf(bytes);
      mkdirSync(join(server.buckets, 'guanjia', 'photos', '2026'), { recursive: true });
      const path = join(server.buckets, 'guanjia', 'photos', '2026', key);
      writeFileSync(path, 'half');
      await createS3Store(place).write(key, bytes);

      expect(readFileSync(path)).toEqual(bytes);
    });

    it('wait for a store that is just being restarted', async () => {
      const store = createS3Store(place);
      const bytes = Buffer.from('during a restart');
      await server.kill();
      const writing = store.write(keyOf(bytes), bytes);
      await server.restart();
      await writing;

      expect(await buffer((await store.read(keyOf(bytes)))!.stream)).toEqual(bytes);
    });

    it('are refused with the store’s own word for it, and without the key', async () => {
      const wrong = createS3Store({ ...place, secret: 'not-the-secret' });
      const error: Error = (await wrong
        .write('1'.repeat(64), Buffer.from('x'))
        .catch((each: unknown) => each as Error)) as Error;

      expect(error.message).toMatch(/^the file store answered \w+ with 403/);
      expect(error.message).not.toContain('not-the-secret');
      const lost = createS3Store({ ...place, bucket: 'nowhere' });
      await expect(lost.write('1'.repeat(64), Buffer.from('x'))).rejects.toThrow('NoSuchBucket');
    });

    it('serve uploads and thumbnails of the api', async () => {
      const test = await createTestDb();
      const app = await buildTestApp(test, { config: testConfig(test, { files: place }) });
      const ask = await asUser(app, await createPerson(test));
      const photo = await sharp({ create: { width: 900, height: 450, channels: 3, background: '#0a0' } })
        .jpeg()
        .toBuffer();
      const form = new FormData();
      form.append('file', new Blob([new Uint8Array(photo)], { type: 'image/jpeg' }), 'a.jpg');
      const { id } = (await ask({ method: 'POST', url: '/api/files', payload: form })).json<{ id: string }>();
      const served = await ask({ url: `/api/files/${id}` });
      const thumbnail = await ask({ url: `/api/files/${id}?size=thumb` });
      await app.close();
      await test.drop();

      const names = readdirSync(join(server.buckets, 'guanjia', 'photos', '2026'));
      expect(names).toEqual(expect.arrayContaining([keyOf(served.rawPayload), `${keyOf(served.rawPayload)}.320`]));
      expect(await sharp(thumbnail.rawPayload).metadata()).toMatchObject({ width: 320, format: 'webp' });
    });
  },
);
