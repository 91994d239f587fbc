import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { readPlace } from './place.ts';
import { createS3Store } from './s3-store.ts';

const ends: (() => unknown)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** A store whose answer begins at once and takes its time, as it does for a phone far from a mast. */
async function serveSlowly(parts: readonly string[], everyMs: number): Promise<string> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-length': parts.join('').length });
    response.flushHeaders();
    void (async () => {
      for (const part of parts) {
        await sleep(everyMs);
        response.write(part);
      }
      response.end();
    })();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  ends.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const storeAt = (endpoint: string, timeoutMs: number) =>
  createS3Store(readPlace(`s3://photos?endpoint=${endpoint}`, { id: 'id', secret: 'secret' })!, { timeoutMs });
const key = '0'.repeat(64);

it('lets a photo take its time once it has begun to come', async () => {
  const store = storeAt(await serveSlowly(['slow', 'ly'], 300), 200);
  const stored = await store.read(key);

  expect((await buffer(stored!.stream)).toString()).toBe('slowly');
});

it('waits for no answer that does not begin', async () => {
  const silent = createServer(() => undefined);
  await new Promise<void>((resolve) => {
    silent.listen(0, '127.0.0.1', resolve);
  });
  ends.push(() => {
    silent.closeAllConnections();
    silent.close();
  });
  const store = storeAt(`http://127.0.0.1:${(silent.address() as AddressInfo).port}`, 50);

  await expect(store.read(key)).rejects.toThrow('did not answer GET');
});
