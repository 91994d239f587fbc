/** The LISTEN connection through a wire that goes dead without closing, as behind a firewall. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { HINT_CHANNEL, type HintMessage } from '../db/hint.ts';
import { createLog } from '../log.ts';
import { waitUntil } from '../services/wait.ts';
import { createTestDb, type TestDb } from '../testing/database.ts';
import { HintListener } from './listener.ts';

let test: TestDb;
let wire: Server;
const sockets: Socket[] = [];

beforeAll(async () => {
  test = await createTestDb();
  const { hostname, port } = new URL(test.databaseUrl);
  wire = createServer((here) => {
    const there = connect(Number(port), hostname);
    for (const [from, to] of [
      [here, there],
      [there, here],
    ] as const) {
      sockets.push(from);
      from.on('error', () => undefined);
      from.pipe(to);
    }
  }).listen(0, '127.0.0.1');
  await once(wire, 'listening');
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  wire.close();
  await test.drop();
});

it('notices a connection that died without a word, and says that hints may be missing', async () => {
  const url = new URL(test.databaseUrl);
  // Through the network, not over the local socket.
  url.searchParams.delete('host');
  url.port = String((wire.address() as AddressInfo).port);
  const heard: string[] = [];
  const ears = { hint: ({ kind }: HintMessage) => heard.push(kind), gap: () => heard.push('gap') };
  const listener = new HintListener(
    url.href,
    ears,
    createLog('silent', () => undefined),
  );
  await listener.start();
  await listener.check();
  expect(heard).toEqual([]);

  for (const socket of sockets) socket.unpipe().pause();
  await listener.check();
  await waitUntil(() => Promise.resolve(heard.includes('gap')), { limitMs: 5000 });
  const hint = JSON.stringify({ kind: 'case', caseId: null, taskId: null, persons: [], pools: [] });
  await sql`select pg_notify(${HINT_CHANNEL}, ${hint})`.execute(test.db);

  await waitUntil(() => Promise.resolve(heard.includes('case')), { limitMs: 5000 });
  await listener.stop();
});
