/** The hash by which a repeated request is known: equal values give equal hashes, however they were written. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../definitions/canonical-json.ts';

export function sha256(value: unknown): Buffer {
  return createHash('sha256').update(canonicalJson(value)).digest();
}
