/**
 * One HTTP request to a host outside: the name is resolved once, every address it has must be public, and the connection goes to one of those
 * and no other. Redirects are not followed, an answer is read up to a limit, and the whole may take so long.
 */
import { lookup } from 'node:dns/promises';
import { request as requestHttp, type IncomingHttpHeaders, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, isIPv6 } from 'node:net';
import { isPublicAddress } from './addresses.ts';

export interface Sending {
  method: string;
  url: URL;
  headers: Record<string, string>;
  body: string | undefined;
}
export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}
/** The world as the activity has it; tests stand in for it. */
export interface Network {
  resolve(host: string): Promise<string[]>;
  isOpen(address: string): boolean;
}
export interface Limits {
  timeMs: number;
  bytes: number;
}

/** `code` is shown and kept: it holds no address and no secret. */
export class HttpError extends Error {
  readonly code: 'http_address_closed' | 'http_unresolved' | 'http_unreachable' | 'http_timeout' | 'http_too_large';
  constructor(code: HttpError['code']) {
    super(code);
    this.code = code;
  }
}

export const theInternet: Network = {
  async resolve(host) {
    const found = await lookup(host, { all: true });
    return found.map(({ address }) => address);
  },
  isOpen: isPublicAddress,
};

/** @throws HttpError */
export async function send(sending: Sending, limits: Limits, network: Network = theInternet): Promise<Answer> {
  const signal = AbortSignal.timeout(limits.timeMs);
  try {
    const address = await addressOf(sending.url, network);
    return await exchange(sending, { address, signal, bytes: limits.bytes });
  } catch (error) {
    if (error instanceof HttpError) throw error;
    throw new HttpError(signal.aborted ? 'http_timeout' : 'http_unreachable');
  }
}

async function addressOf({ hostname }: URL, network: Network): Promise<string> {
  const host = hostname.replace(/^\[|\]$/g, '');
  const addresses = isIP(host) === 0 ? await network.resolve(host).catch(() => []) : [host];
  const [first] = addresses;
  if (first === undefined) throw new HttpError('http_unresolved');
  // One closed address among open ones is how a name is made to lead inside.
  if (!addresses.every((address) => network.isOpen(address))) throw new HttpError('http_address_closed');
  return first;
}

interface Connecting {
  address: string;
  signal: AbortSignal;
  bytes: number;
}

function exchange(sending: Sending, { address, signal, bytes }: Connecting): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method, url, headers, body } = sending;
    const family = isIPv6(address) ? 6 : 4;
    const options: RequestOptions = {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }) },
      signal,
      // A connection of its own: one that is kept could lead where this name no longer does.
      agent: false,
      lookup: (_host, { all }, done) => {
        if (all === true) done(null, [{ address, family }]);
        else done(null, address, family);
      },
    };
    const open = url.protocol === 'https:' ? requestHttps : requestHttp;
    const request = open(url, options, (response) => {
      readAll(response, bytes).then(
        (read) => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: read });
        },
        (error: unknown) => {
          request.destroy();
          reject(error instanceof Error ? error : new Error('answer not read', { cause: error }));
        },
      );
    });
    request.on('error', reject);
    request.end(body);
  });
}

async function readAll(response: IncomingMessage, most: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > most) throw new HttpError('http_too_large');
    parts.push(part);
  }
  return Buffer.concat(parts);
}
