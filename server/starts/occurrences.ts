/**
 * Occurrences of a recurrence rule (RFC 5545) by the clock of a community, with rrule-temporal: a local time keeps its hour over the year. A day
 * whose clock skips that hour has none, an hour that comes twice has the first. Bounded, whatever the rule says.
 */
import { RRuleTemporal } from 'rrule-temporal';

export interface Recurrence {
  rrule: string;
  /** DTSTART, local: `2026-01-25T09:00`. */
  dtstart: string;
  /** IANA. */
  zone: string;
}

/** Far more than a schedule of hours needs to come from one occurrence to the next. */
const bounds = { maxIterations: 20_000, maxCandidateEvaluations: 200_000 };

/** The first occurrence after the instant; null: there is none. @throws Error for a rule that is none */
export function nextAfter(recurrence: Recurrence, after: Date): Date | null {
  try {
    const next = ruleOf(recurrence).next(after, false);
    return next === null ? null : new Date(next.epochMilliseconds);
  } catch (error) {
    // Nothing found within the bounds: February 30th never comes.
    if (error instanceof Error && error.message.startsWith('Maximum ')) return null;
    throw error;
  }
}

/** Up to `many` after the instant. @throws Error for a rule that is none */
export function nextFew(recurrence: Recurrence, after: Date, many: number): Date[] {
  const found: Date[] = [];
  for (let last = after; found.length < many;) {
    const next = nextAfter(recurrence, last);
    if (next === null) return found;
    found.push(next);
    last = next;
  }
  return found;
}

/** The day of an instant by the clock there, `2026-01-25`. */
export function dayIn(zone: string, at: Date): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(
    at,
  );
}

function ruleOf({ rrule, dtstart, zone }: Recurrence): RRuleTemporal {
  const start = `${dtstart.replaceAll(/[-:]/g, '')}00`;
  return new RRuleTemporal({ rruleString: `DTSTART;TZID=${zone}:${start}\nRRULE:${rrule}`, ...bounds });
}
