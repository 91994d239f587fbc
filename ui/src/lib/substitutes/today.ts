// Today as a date people mean, on this device.
import { nowIso } from '#lib/time/format.ts';

export function today(): string {
  return nowIso().slice(0, 10);
}
