/**
 * The secret in the address that a service calls back. It comes from the effect and a key of the server's, so that a request that is sent
 * again after a crash is the same to the last letter; the tables have its hash alone.
 */
import { createHash, createHmac, hkdfSync } from 'node:crypto';
import type { CodecKey } from '../../config.ts';

export interface Token {
  /** 43 characters that go into an address as they are. */
  text: string;
  /** Of the key that it comes from. */
  keyId: string;
}

/** `keyId`: of the key it came from before; one that is retired since gives way to the first. @throws RangeError without a key */
export function tokenOf(keys: readonly CodecKey[], effect: string, keyId?: string): Token {
  const key = keys.find(({ id }) => id === keyId) ?? keys[0];
  if (key === undefined) throw new RangeError('no key to make a token with');
  const derived = Buffer.from(hkdfSync('sha256', key.key, '', 'guanjia callback', 32));
  return { text: createHmac('sha256', derived).update(effect).digest('base64url'), keyId: key.id };
}

export function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
