/** UUIDs of version 7: their order is the order of their making, so that an index grows at its end. */
import { randomUUID } from 'node:crypto';

export function uuidv7(now = Date.now()): string {
  const time = now.toString(16).padStart(12, '0');
  // One of version 4 has its variant and random bits where this one has them.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}
