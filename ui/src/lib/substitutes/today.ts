// Today as a date people mean, on this device.
import { nowIso } from '#lib/time/format.ts';

export function today(now = new Date(nowIso())): string {
  const parts = [now.getFullYear(), now.getMonth() + 1, now.getDate()];
  return parts.map((part) => String(part).padStart(2, '0')).join('-');
}
