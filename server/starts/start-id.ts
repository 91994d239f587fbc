/** The id of a case that the program starts, from what causes it: the same cause gives the same case (protocol.md rule 10). */
import { createHash } from 'node:crypto';

/** A UUID of version 8, which stands for "made by a rule of one's own" (RFC 9562). */
export function startId(cause: readonly string[]): string {
  const hex = createHash('sha256').update(JSON.stringify(cause)).digest('hex');
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
