/**
 * Mappings and titles: FEEL over a record, evaluated outside the engine (protocol.md rule 16) and bounded as within (rule 18). They know the
 * record only: no clock, no outcomes (`check`).
 */
import { evaluateFeel, type Evaluation } from './feel.ts';
import { prepare, type Preparation } from './feel-syntax.ts';
import type { Json } from './types.ts';

const cache = new Map<string, Preparation>();
const CACHE_SIZE = 500;

/** The value of a published flow's mapping over values by name. Never throws. */
export function evaluateMapping(text: string, values: Record<string, unknown>): Evaluation {
  const preparation = cache.get(text) ?? prepare(text, null);
  if (cache.size >= CACHE_SIZE) cache.clear();
  cache.set(text, preparation);
  if (!preparation.ok) return { ok: false, code: 'expression_failed', message: preparation.problem.code };
  const vars = values as Record<string, Json>;
  return evaluateFeel(preparation.prepared, { vars, types: {}, outcomes: {}, initiator: null, now: 0, zone: 'UTC' });
}
