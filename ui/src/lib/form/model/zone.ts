// Between an instant (sent, stored) and the wall clock of the community (typed). The browser's own zone plays no part.
const DAY = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/;

function wallAt(ms: number, zone: string): string {
  const parts = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' }).format(ms);
  return parts.replace(' ', 'T').slice(0, 16);
}

/** `2026-11-23T09:00:00Z` → `2026-11-23T17:00` in Asia/Shanghai; '' for what is no instant. */
export function toWall(instant: string, zone: string): string {
  const ms = Date.parse(instant);
  return Number.isNaN(ms) ? '' : wallAt(ms, zone);
}

/** `2026-11-23T17:00` in the zone as an instant; null for what is incomplete. A wall time that a clock change skips moves forward. */
export function toInstant(wall: string, zone: string): string | null {
  if (!DAY.test(wall)) return null;
  const asUtc = Date.parse(`${wall}:00Z`);
  const offset = Date.parse(`${wallAt(asUtc, zone)}:00Z`) - asUtc;
  const first = asUtc - offset;
  const again = Date.parse(`${wallAt(first, zone)}:00Z`) - first;
  return new Date(asUtc - again).toISOString().replace('.000Z', 'Z');
}
