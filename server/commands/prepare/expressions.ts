/** Evaluates the expressions of a `prepare` in the bounded FEEL of the engine (protocol.md rule 18); each is parsed once a process. */
import { evaluateCondition, evaluateFeel, type Evaluation, type Scope } from '../../../workflows/engine/feel.ts';
import { prepare, type Preparation, type Prepared } from '../../../workflows/engine/feel-syntax.ts';
import type { Json } from '../../../workflows/engine/types.ts';
import { AppError } from '../../errors.ts';

/** An expression and where in the definition it stands, for whoever must mend it. */
export interface Expression {
  at: string;
  text: string;
}
/** What names stand for, already as FEEL's values. */
export interface Names {
  values: ReadonlyMap<string, unknown>;
  /** Epoch ms. */
  now: number;
  /** IANA zone of the community. */
  zone: string;
}

const cache = new Map<string, Preparation>();
const mostCached = 1000;

/** @throws AppError prepare_failed (422) naming the expression */
export function parse({ at, text }: Expression): Prepared {
  const known = cache.get(text) ?? prepare(text, null);
  if (cache.size >= mostCached) cache.clear();
  cache.set(text, known);
  if (!known.ok) throw failed({ at, text }, known.problem.code);
  return known.prepared;
}

/** @throws AppError prepare_failed (422) naming the expression */
export function valueOf(expression: Expression, names: Names): unknown {
  return result(expression, evaluateFeel(parse(expression), scopeOf(names)));
}

/** @throws AppError prepare_failed (422) naming the expression */
export function isTrue(expression: Expression, names: Names): boolean {
  return result(expression, evaluateCondition(parse(expression), scopeOf(names))) === true;
}

function result(expression: Expression, evaluation: Evaluation): unknown {
  if (!evaluation.ok) throw failed(expression, `${evaluation.code} ${evaluation.message}`);
  return evaluation.value;
}

/** Values stay as they are: none of them is typed by name, FEEL's own dates pass through. */
function scopeOf({ values, now, zone }: Names): Scope {
  const vars = Object.fromEntries(values) as Record<string, Json>;
  return { vars, types: {}, outcomes: {}, initiator: null, now, zone };
}

export function failed({ at, text }: Expression, reason: string): AppError {
  return new AppError('prepare_failed', 422, { at, expression: text, reason });
}
