/** Expressions that give a moment: a date and time, or a date, which means its end in the zone of the community. */
import { FeelDate, FeelDateTime } from 'feelin';
import { evaluateFeel, type Evaluation, type Scope } from './feel.ts';
import type { Prepared } from './feel-syntax.ts';

type Moment =
  | { ok: true; value: number | null }
  | Extract<Evaluation, { ok: false }>
  | { ok: false; code: 'expression_not_moment'; message: string };

/** 9999-12-31: what a clock, a column and a calendar can all tell. */
const LAST_MS = 253_402_300_799_000;

/** Epoch ms; null: the expression gives nothing yet. Never throws. */
export function evaluateInstant(prepared: Prepared, scope: Scope): Moment {
  const result = evaluateFeel(prepared, scope);
  if (!result.ok) return result;
  if (result.value === null || result.value === undefined) return { ok: true, value: null };
  const at = epochMsOf(result.value, scope.zone);
  if (at !== null && at >= 0 && at <= LAST_MS) return { ok: true, value: at };
  return { ok: false, code: 'expression_not_moment', message: at === null ? typeof result.value : 'out of range' };
}

function epochMsOf(value: unknown, zone: string): number | null {
  try {
    if (value instanceof FeelDate) return endOf(value, zone);
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
