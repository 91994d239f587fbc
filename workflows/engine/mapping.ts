/**
 * Mappings and titles: FEEL over a record, evaluated outside the engine (protocol.md rule 16) and bounded as within (rule 18). They know the
 * record only: no clock, no outcomes (`check`).
 */
import { evaluateFeel, type Evaluation } from './feel.ts';
import { prepare, type Preparation } from './feel-syntax.ts';
import type { Compiled } from './compile.ts';
import { isOfItems, roundsAround } from './items.ts';
import type { Json, StepId } from './types.ts';

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

interface Within {
  step: StepId;
  item?: string | null;
  items?: Record<string, Json>;
}

/** The items around a step by their names: rows as the record has them, others as the engine read them. */
export function itemsWithin(
  compiled: Compiled,
  { step, item = null, items = {} }: Within,
  fields: Record<string, unknown>,
): Record<string, unknown> {
  const named: Record<string, unknown> = { ...items };
  for (const { owner, key } of roundsAround(compiled, { step, item }).filter(isOfItems)) {
    if (Object.hasOwn(items, owner.as)) continue;
    const rows = (compiled.sources.get(owner.id) ?? []).flatMap((field) => fields[field] ?? []) as { id?: unknown }[];
    named[owner.as] = rows.find(({ id }) => id === key) ?? null;
  }
  return named;
}
