import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { call } from './http-request.ts';
import { isPublicAddress } from './http/addresses.ts';
import { send, type Network } from './http/send.ts';
import { makeRequest, type HttpInput } from './http/request.ts';
import { readConnectors } from './settings.ts';

interface Asked {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}
const asked: Asked[] = [];
let respond: (response: ServerResponse) => void;
let port: number;
const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    const { method = '', url = '', headers } = request;
    asked.push({ method, url, headers, body: Buffer.concat(parts).toString('utf8') });
    respond(response);
  });
});
beforeAll(async () => {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  port = (server.address() as AddressInfo).port;
});
beforeEach(() => {
  asked.length = 0;
  respond = json({ ok: true });
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const json =
  (value: unknown, status = 200, headers: Record<string, string> = {}) =>
  (response: ServerResponse): void => {
    response
      .writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
      .end(JSON.stringify(value));
  };

/** The service of the test stands for one outside: its name leads here, and here counts as open. */
const outside: Network = { resolve: () => Promise.resolve(['127.0.0.1']), isOpen: () => true };
const key = '0199aaaa-0000-7000-8000-000000000001:7';
const secret = 'pa"ss-wörd'.replace('ö', 'o');

function settings() {
  const problems: string[] = [];
  const here = `http://erp.example.com:${port}`;
  const read = readConnectors(
    JSON.stringify({
      hosts: [here, `http://*.wuye.example:${port}`, 'http://169.254.169.254', 'https://inner.example.com'],
      secrets: { erp: { value: secret, hosts: [here] } },
    }),
    problems,
  );
  expect(problems).toEqual([]);
  return read;
}
const ask = (input: Partial<HttpInput>, network = outside) =>
  call(
    { url: `http://erp.example.com:${port}/orders`, ...input },
    { connectors: settings(), idempotencyKey: key },
    network,
  );

describe('a request', () => {
  it('goes to the host by its name, with query, headers, JSON and a key that stays the same', async () => {
    await ask({
      method: 'POST',
      query: { page: 2, q: '电梯 维保', all: true },
      headers: { 'x-tenant': 'wy' },
      body: { a: [1] },
    });

    expect(asked).toHaveLength(1);
    const { method, url, headers, body } = asked[0]!;
    expect(method).toBe('POST');
    expect(url).toBe('/orders?page=2&q=%E7%94%B5%E6%A2%AF+%E7%BB%B4%E4%BF%9D&all=true');
    expect(headers).toMatchObject({
      host: `erp.example.com:${port}`,
      'x-tenant': 'wy',
      'content-type': 'application/json',
      'idempotency-key': key,
      'accept-encoding': 'identity',
    });
    expect(JSON.parse(body)).toEqual({ a: [1] });
  });

  it('carries secrets in header, query and body, and nothing that is kept has them', async () => {
    respond = json({ echo: `Bearer ${secret}`, again: encodeURIComponent(secret) });
    const output = await ask({
      method: 'POST',
      headers: { authorization: 'Bearer {{secret.erp}}' },
      query: { token: '{{secret.erp}}' },
      body: { password: '{{secret.erp}}' },
    });

    const { url, headers, body } = asked[0]!;
    expect(headers.authorization).toBe(`Bearer ${secret}`);
    expect(new URL(url, 'http://x').searchParams.get('token')).toBe(secret);
    expect(JSON.parse(body)).toEqual({ password: secret });
    expect(output).toEqual({ status: 200, body: { echo: 'Bearer ***', again: '***' } });
  });

  it.each<[string, Partial<HttpInput>]>([
    ['http_host_not_allowed', { url: 'https://elsewhere.example.com/' }],
    ['http_host_not_allowed', { url: 'http://erp.example.com/' }],
    ['http_host_not_allowed', { url: 'https://wuye.example/' }],
    ['http_url_invalid', { url: 'file:///etc/passwd' }],
    ['http_url_invalid', { url: 'http://user:pw@erp.example.com/' }],
    ['http_url_invalid', { url: 'http://erp.example.com/?t={{secret.erp}}' }],
    ['http_url_invalid', { url: 'not an address' }],
    ['secret_unknown', { headers: { authorization: '{{secret.other}}' } }],
  ])('is refused with %s for %j, and nothing leaves', async (type, input) => {
    await expect(ask(input)).rejects.toMatchObject({ type, nonRetryable: true });
    expect(asked).toEqual([]);
  });

  it('takes a secret to no other host than its own', async () => {
    const url = `http://a.wuye.example:${port}/`;
    await ask({ url });
    await expect(ask({ url, headers: { authorization: '{{secret.erp}}' } })).rejects.toMatchObject({
      type: 'secret_not_for_host',
    });
    expect(asked).toHaveLength(1);
  });
});

describe('an address inside', () => {
  const inside = (...addresses: string[]): Network => ({
    resolve: () => Promise.resolve(addresses),
    isOpen: isPublicAddress,
  });

  it.each([
    [['127.0.0.1']],
    [['10.1.2.3']],
    [['169.254.169.254']],
    [['::ffff:127.0.0.1']],
    [['8.8.8.8', '192.168.1.1']],
    [['fd00::1', '2400:3200::1']],
  ])('is never connected to, by whatever name: %j', async (addresses) => {
    await expect(ask({}, inside(...addresses))).rejects.toMatchObject({
      type: 'http_address_closed',
      nonRetryable: true,
    });
    expect(asked).toEqual([]);
  });

  it('is not connected to by its number either, though it be allowed', async () => {
    await expect(ask({ url: 'http://169.254.169.254/latest/meta-data/' }, inside())).rejects.toMatchObject({
      type: 'http_address_closed',
    });
  });

  it('is not reached by a name that leads elsewhere when it is asked again', async () => {
    let times = 0;
    const rebinding: Network = {
      resolve: () => Promise.resolve([['127.0.0.1'], ['127.0.0.2']][times++] ?? []),
      isOpen: (address) => address === '127.0.0.1',
    };
    await ask({}, rebinding);

    expect(times).toBe(1);
    expect(asked).toHaveLength(1);
  });

  it('is not reached by a redirect', async () => {
    respond = (response) => response.writeHead(302, { location: 'http://169.254.169.254/' }).end();
    await expect(ask({})).rejects.toMatchObject({ type: 'http_redirected', nonRetryable: true });
    expect(asked).toHaveLength(1);
  });
});

describe('an answer', () => {
  it('fills what is taken of it', async () => {
    respond = json({ order: { total: 120.5, lines: [{ name: 'a' }, { name: 'b' }] } }, 201);
    const take = { total: 'body.order.total', names: 'body.order.lines.name', many: 'count(body.order.lines) > 1' };

    expect(await ask({ take })).toEqual({ status: 201, total: 120.5, names: ['a', 'b'], many: true });
  });

  it('may be a text, or nothing', async () => {
    respond = (response) => response.writeHead(200, { 'content-type': 'text/plain' }).end('好');
    expect(await ask({})).toEqual({ status: 200, body: '好' });
    respond = (response) => response.writeHead(204).end();
    expect(await ask({})).toEqual({ status: 204, body: null });
  });

  it.each<[string, number]>([
    ['http_bad_request', 400],
    ['http_bad_request', 422],
    ['http_not_found', 404],
    ['http_conflict', 409],
    ['http_refused', 418],
    ['http_unauthorized', 401],
  ])('is %s at %i and not asked again', async (type, status) => {
    respond = json({ secret: 'inner' }, status);
    await expect(ask({})).rejects.toMatchObject({ type, nonRetryable: true, message: `HTTP ${status}` });
  });

  it.each<[string, number, string | undefined, number | undefined]>([
    ['http_too_many', 429, '7', 7000],
    ['http_too_many', 429, '86400', 600_000],
    ['http_unavailable', 503, undefined, undefined],
    ['http_unavailable', 500, 'soon', undefined],
  ])('is %s at %i and asked again, after %s as it says', async (type, status, after, nextRetryDelay) => {
    respond = json({}, status, after === undefined ? {} : { 'retry-after': after });
    await expect(ask({})).rejects.toMatchObject({ type, nonRetryable: false, nextRetryDelay });
  });

  it('is left when it is too large, of any length it says', async () => {
    respond = (response) => {
      response.writeHead(200);
      response.on('error', () => undefined);
      for (let n = 0; n < 20; n++) response.write(Buffer.alloc(65_536, 'a'));
      response.end();
    };
    await expect(ask({})).rejects.toMatchObject({ type: 'http_too_large', nonRetryable: true });

    respond = json({ list: Array.from({ length: 700 }, () => 'a'.repeat(100)), pages: 3 });
    await expect(ask({})).rejects.toMatchObject({ type: 'http_too_large' });
    expect(await ask({ take: { pages: 'body.pages' } })).toEqual({ status: 200, pages: 3 });
  });

  it('that never ends, or nobody gives, is asked again', async () => {
    respond = (response) => response.writeHead(200).write('a');
    const { sending } = makeRequest({ url: `http://erp.example.com:${port}/` }, settings(), key);
    await expect(send(sending, { timeMs: 200, bytes: 1000 }, outside)).rejects.toMatchObject({ code: 'http_timeout' });

    const gone: Network = { resolve: () => Promise.reject(new Error('ENOTFOUND')), isOpen: () => true };
    await expect(ask({}, gone)).rejects.toMatchObject({ type: 'http_unresolved', nonRetryable: false });
  });

  it('that says it is JSON and is not, or has not what is taken, is an incident', async () => {
    respond = (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('<html>');
    await expect(ask({})).rejects.toMatchObject({ type: 'http_not_json' });
    respond = json({ a: 'x' });
    await expect(ask({ take: { n: 'body.a -' } })).rejects.toMatchObject({ type: 'http_take_failed' });
  });
});
