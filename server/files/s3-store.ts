/**
 * Files in a store that speaks S3: requests signed with SigV4 over fetch, three verbs, no SDK. Every request has a limit in time, and
 * what a busy or restarting store answers (429, 5xx, no answer) is tried again: writing the same bytes twice is the same as once.
 */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { setTimeout as sleep } from 'node:timers/promises';
import { AwsClient } from 'aws4fetch';
import type { S3Place } from './place.ts';
import { assertFileKey, type FileStore, type StoredFile } from './store.ts';

const attempts = 4;
/** To the first byte of the answer; 15 MB take a while to go up. A photo may come as slowly as the phone takes it. */
const firstByteMs = 30_000;

export function createS3Store(place: S3Place, { timeoutMs = firstByteMs } = {}): FileStore {
  const client = new AwsClient({
    accessKeyId: place.keyId,
    secretAccessKey: place.secret,
    service: 's3',
    region: place.region,
    retries: 0,
  });
  const ask = (method: string, key: string, body?: Buffer): Promise<Response> => {
    const url = urlOf(place, key);
    return send(() => within(timeoutMs, (signal) => client.fetch(url, requestOf(method, body, signal))), method);
  };
  return {
    async write(key, bytes) {
      const there = await ask('HEAD', key);
      await drop(there);
      if (there.ok && Number(there.headers.get('content-length')) === bytes.length) return;
      await drop(await ask('PUT', key, bytes));
    },
    read: async (key) => toStored(await ask('GET', key)),
  };
}

function urlOf({ endpoint, bucket, prefix, virtualHost }: S3Place, key: string): string {
  assertFileKey(key);
  const path = [...prefix.split('/'), key]
    .filter((part) => part !== '')
    .map(encodeURIComponent)
    .join('/');
  if (!virtualHost) return `${endpoint}/${bucket}/${path}`;
  return `${endpoint.replace('://', `://${bucket}.`)}/${path}`;
}

async function within(ms: number, ask: (signal: AbortSignal) => Promise<Response>): Promise<Response> {
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort(new Error(`no answer within ${ms} ms`));
  }, ms);
  try {
    return await ask(late.signal);
  } finally {
    clearTimeout(timer);
  }
}

function requestOf(
  method: string,
  body: Buffer | undefined,
  signal: AbortSignal,
): RequestInit & { body?: Uint8Array<ArrayBuffer> } {
  if (body === undefined) return { method, signal };
  // Signed with the request: bytes that change on the way are refused, not stored.
  const sha256 = createHash('sha256').update(body).digest('hex');
  const headers = { 'x-amz-content-sha256': sha256, 'content-type': 'application/octet-stream' };
  return { method, signal, headers, body: new Uint8Array(body) };
}

/** An answer that is fine or says "not there". @throws FileStoreError */
async function send(ask: () => Promise<Response>, method: string): Promise<Response> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await ask().catch((error: unknown) => new NoAnswer(error));
    if (isAnswer(answer, method)) return answer;
    if (!isPassing(answer) || attempt === attempts) throw await failure(method, answer);
    if (answer instanceof Response) await drop(answer);
    await sleep(100 * 2 ** attempt);
  }
}

class NoAnswer {
  readonly cause: unknown;

  constructor(cause: unknown) {
    this.cause = cause;
  }
}

function isAnswer(answer: Response | NoAnswer, method: string): answer is Response {
  return answer instanceof Response && (answer.ok || (answer.status === 404 && method !== 'PUT'));
}

function isPassing(answer: Response | NoAnswer): boolean {
  return answer instanceof NoAnswer || answer.status === 429 || answer.status >= 500;
}

/** The store's own code (`NoSuchBucket`, `SignatureDoesNotMatch`), which helps whoever set it up; never the address or a key. */
async function failure(method: string, answer: Response | NoAnswer): Promise<FileStoreError> {
  if (answer instanceof NoAnswer) return new FileStoreError(`the file store did not answer ${method}`, answer.cause);
  const code = /<Code>(\w+)<\/Code>/.exec(await answer.text().catch(() => ''))?.[1] ?? '';
  return new FileStoreError(`the file store answered ${method} with ${answer.status} ${code}`.trim());
}

async function toStored(answer: Response): Promise<StoredFile | undefined> {
  if (answer.ok && answer.body !== null) {
    const stream = Readable.fromWeb(answer.body as ReadableStream<Uint8Array>);
    return { bytes: Number(answer.headers.get('content-length')), stream };
  }
  await drop(answer);
  return undefined;
}

/** Gives the connection back. */
async function drop(answer: Response): Promise<void> {
  await answer.body?.cancel();
}

/** Unforeseen for whoever asked: they get 500, and the log gets this. */
class FileStoreError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'FileStoreError';
  }
}
