/**
 * What Temporal stores is unreadable to it (protocol.md rule 15): every payload is AES-256-GCM under a key whose id travels with it,
 * big ones are compressed first, and the messages and traces of failures are payloads too. The first key encrypts, all decrypt.
 */
import { createCipheriv, createDecipheriv, createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { fileURLToPath } from 'node:url';
import { ValueError, type Payload, type PayloadCodec } from '@temporalio/common';
import type { DataConverter } from '@temporalio/common';
import type { CodecKey } from './config.ts';

const encoding = 'binary/guanjia-aes256gcm';
/** Below, compressing takes longer than storing what it saves. */
const gzipAboveBytes = 4096;
const ivBytes = 12;
const tagBytes = 16;
const zip = promisify(gzip);
const unzip = promisify(gunzip);

/** A payload names a key that this process was not given; `/readyz` says which. */
export class MissingCodecKeyError extends ValueError {
  readonly keyId: string;

  constructor(keyId: string) {
    super(`payload is encrypted with key "${keyId}", which is not among GUANJIA_CODEC_KEYS`);
    this.keyId = keyId;
  }
}

export interface KeyedCodec extends PayloadCodec {
  /** Ids of keys that a payload asked for in vain since the start. */
  missingKeys(): readonly string[];
}

interface ReadyKey {
  id: string;
  key: KeyObject;
}

/** @throws RangeError without a key */
export function createCodec(keys: readonly CodecKey[]): KeyedCodec {
  // As key objects: made of bytes, a key is set up again for every payload.
  const ready = keys.map(({ id, key }): ReadyKey => ({ id, key: createSecretKey(key) }));
  const [current] = ready;
  if (current === undefined) throw new RangeError('the payload codec needs a key');
  const byId = new Map(ready.map(({ id, key }) => [id, key]));
  const missing = new Set<string>();
  const decode = async (payload: Payload): Promise<Payload> => {
    if (textOf(payload.metadata?.encoding) !== encoding) return payload;
    const id = textOf(payload.metadata?.['key-id']);
    const key = byId.get(id);
    if (key === undefined) {
      missing.add(id);
      throw new MissingCodecKeyError(id);
    }
    const plain = decrypt(Buffer.from(payload.data ?? []), key);
    const isZipped = textOf(payload.metadata?.compression) === 'gzip';
    return unframe(isZipped ? await unzip(plain) : plain);
  };
  return {
    encode: (all) => Promise.all(all.map((payload) => encode(payload, current))),
    decode: (all) => Promise.all(all.map(decode)),
    missingKeys: () => [...missing].sort(),
  };
}

/** For clients and workers alike; both must be given the same keys. */
export function createDataConverter(codec: PayloadCodec): DataConverter {
  return {
    payloadCodecs: [codec],
    failureConverterPath: failureConverterPath(),
  };
}

/** Module that the worker, the client and the workflow bundle load. */
export function failureConverterPath(): string {
  return fileURLToPath(new URL('./failure-converter.ts', import.meta.url));
}

async function encode(payload: Payload, { id, key }: ReadyKey): Promise<Payload> {
  const plain = frame(payload);
  const isBig = plain.length > gzipAboveBytes;
  const metadata: Record<string, Uint8Array> = { encoding: Buffer.from(encoding), 'key-id': Buffer.from(id) };
  if (isBig) metadata.compression = Buffer.from('gzip');
  return { metadata, data: encrypt(isBig ? await zip(plain) : plain, key) };
}

/** Length of the metadata (4 bytes), the metadata as JSON, the data. */
function frame({ metadata, data }: Payload): Buffer {
  const entries = Object.entries(metadata ?? {}).map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')]);
  const head = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(head.length);
  return Buffer.concat([length, head, Buffer.from(data ?? [])]);
}

function unframe(plain: Buffer): Payload {
  const end = 4 + plain.readUInt32BE(0);
  const head = JSON.parse(plain.toString('utf8', 4, end)) as Record<string, string>;
  const metadata = Object.entries(head).map(([name, text]) => [name, Buffer.from(text, 'base64')] as const);
  return { metadata: Object.fromEntries(metadata), data: plain.subarray(end) };
}

/** iv ‖ tag ‖ ciphertext */
function encrypt(plain: Uint8Array, key: KeyObject): Uint8Array {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  const text = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), text]);
}

function decrypt(sealed: Buffer, key: KeyObject): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, ivBytes), { authTagLength: tagBytes });
  decipher.setAuthTag(sealed.subarray(ivBytes, ivBytes + tagBytes));
  return Buffer.concat([decipher.update(sealed.subarray(ivBytes + tagBytes)), decipher.final()]);
}

function textOf(bytes: Uint8Array | null | undefined): string {
  return bytes ? Buffer.from(bytes).toString() : '';
}
