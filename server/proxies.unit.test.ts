import Fastify from 'fastify';
import { expect, it } from 'vitest';
import { readProxies, toTrust } from './proxies.ts';

/** The address that limits count by; the connection comes from 127.0.0.1. */
async function addressOf(value: string, forwarded: string): Promise<string> {
  const app = Fastify({ trustProxy: toTrust(readProxies(value)) });
  app.get('/', (request) => ({ ip: request.ip }));
  const answer = await app.inject({ url: '/', headers: { 'x-forwarded-for': forwarded } });
  await app.close();
  return answer.json<{ ip: string }>().ip;
}

it('takes of X-Forwarded-For what the proxies wrote, never what the client did', async () => {
  const forwarded = '6.6.6.6, 203.0.113.7';

  expect(await addressOf('false', forwarded)).toBe('127.0.0.1');
  expect(await addressOf('1', forwarded)).toBe('203.0.113.7');
  expect(await addressOf('127.0.0.0/8', forwarded)).toBe('203.0.113.7');
  expect(await addressOf('2', '6.6.6.6, 203.0.113.7, 10.0.0.1')).toBe('203.0.113.7');
  expect(await addressOf('10.0.0.0/8', forwarded)).toBe('127.0.0.1');
});
