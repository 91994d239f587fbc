/** Expressions that give a moment: a date and time, or a date, which means its start or its end in the zone of the community. */
import { FeelDate, FeelDateTime } from 'feelin';
import { evaluateFeel, type Evaluation, type Scope } from './feel.ts';
import type { Prepared } from './feel-syntax.ts';

type Moment =
  | { ok: true; value: number | null }
  | Extract<Evaluation, { ok: false }>
  | { ok: false; code: 'expression_not_moment'; message: string };

/** 9999-12-31: what a clock, a column and a calendar can all tell. */
const LAST_MS = 253_402_300_799_000;

/** Work is due at the end of a day; whoever waits for a day waits for its start. */
export type DayEdge = 'start' | 'end';

/** Epoch ms; null: the expression gives nothing yet. Never throws. */
export function evaluateInstant(prepared: Prepared, scope: Scope, edge: DayEdge): Moment {
  const result = evaluateFeel(prepared, scope);
  if (!result.ok) return result;
  if (result.value === null || result.value === undefined) return { ok: true, value: null };
  const at = epochMsOf(result.value, scope.zone, edge);
  if (at !== null && at >= 0 && at <= LAST_MS) return { ok: true, value: at };
  return { ok: false, code: 'expression_not_moment', message: at === null ? typeof result.value : 'out of range' };
}

function epochMsOf(value: unknown, zone: string, edge: DayEdge): number | null {
  try {
    if (value instanceof FeelDate)
      return edge === 'end' ? endOf(value, zone) : value.unwrap().toZonedDateTime(zone).epochMilliseconds;
    if (value instanceof FeelDateTime) return value.unwrap().toZonedDateTime(value.zone ?? zone).epochMilliseconds;
  } catch {
    // Beyond what the calendar can tell.
  }
  return null;
}

/** The last second of the day, so that it shows as that day everywhere. */
function endOf(date: FeelDate, zone: string): number {
  return date.unwrap().add({ days: 1 }).toZonedDateTime(zone).epochMilliseconds - 1000;
}
