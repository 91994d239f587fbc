/** A service outside, as a real HTTP server of the test: it is asked, and calls back where it was told to. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ConnectorSettings } from '../../activities/settings.ts';

interface Asked {
  /** Address to call, as the request brought it. */
  callback: string;
  body: Record<string, unknown>;
  headers: IncomingHttpHeaders;
}
export interface Outside {
  /** By its name, which nobody but the test's own network knows. */
  url: string;
  asked: Asked[];
  /** What it does before it answers with a status; default: 202 at once. */
  before: (asked: Asked) => Promise<number>;
  settings: ConnectorSettings;
  /** Asked under this number, the nth time (from 1); waits for it. */
  whenAsked(number: string, nth?: number): Promise<Asked>;
  close(): void;
}

export async function openOutside(): Promise<Outside> {
  const asked: Asked[] = [];
  const waiting = new Set<() => void>();
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(parts).toString('utf8')) as Record<string, unknown>;
      const one = { callback: String(body.callback), body, headers: request.headers };
      asked.push(one);
      void outside.before(one).then((status) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end('{"accepted":true}');
        for (const wake of waiting) wake();
      });
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const host = `http://lab.example.com:${(server.address() as AddressInfo).port}`;
  const outside: Outside = {
    url: `${host}/orders`,
    asked,
    before: () => Promise.resolve(202),
    settings: {
      hosts: [host],
      secrets: new Map(),
      robots: new Map(),
      network: { resolve: () => Promise.resolve(['127.0.0.1']), isOpen: () => true },
    },
    async whenAsked(number, nth = 1) {
      for (;;) {
        const found = asked.filter(({ body }) => body.number === number)[nth - 1];
        if (found) return found;
        await new Promise<void>((resolve) => {
          waiting.add(resolve);
        });
      }
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return outside;
}

/** Calls an address as the service does. */
export async function callBack(url: string, body: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}
