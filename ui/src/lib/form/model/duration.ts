// ISO 8601 durations as a person fills them: days, hours, minutes. Months and years have no fixed length and are not offered.
export interface DurationParts {
  days: number;
  hours: number;
  minutes: number;
}

const pattern = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:\d+(?:\.\d+)?S)?)?$/;

/** null for what is no duration, or one with months or years. Weeks count as seven days, seconds are left out. */
export function readDuration(iso: string): DurationParts | null {
  const found = pattern.exec(iso);
  if (!found || iso === 'P' || iso.endsWith('T')) return null;
  const [weeks = 0, days = 0, hours = 0, minutes = 0] = found
    .slice(1, 5)
    .map((part: string | undefined) => Number(part ?? 0));
  return { days: weeks * 7 + days, hours, minutes };
}

/** null when nothing is left: an empty field, not a length of zero. */
export function writeDuration({ days, hours, minutes }: DurationParts): string | null {
  const date = days > 0 ? `${days}D` : '';
  const time = `${hours > 0 ? `${hours}H` : ''}${minutes > 0 ? `${minutes}M` : ''}`;
  return date === '' && time === '' ? null : `P${date}${time === '' ? '' : `T${time}`}`;
}
