/** Evaluates a flow's expressions over the engine's variables, formulas computed from their inputs (rule 16). */
import { evaluateCondition, evaluateFeel, evaluateStrings, type Scope } from './feel.ts';
import type { Prepared } from './feel-syntax.ts';
import { computeFormulas } from './formulas.ts';
import { inputsOf, trace } from './inputs.ts';
import { evaluateInstant, type DayEdge } from './moment.ts';
import type { Run } from './run.ts';
import { outcomesOf, timesOf } from './state.ts';
import type { Json, Vars } from './types.ts';

/** A failure names the expression and the values it saw. */
export interface Failure {
  ok: false;
  code: string;
  detail: Record<string, Json>;
}
type Condition = { ok: true; value: boolean } | Failure;
/** Epoch ms; null: the expression gives no moment. */
type Instant = { ok: true; value: number | null } | Failure;

/** Whether a condition holds. */
export function conditionOf(run: Run, text: string): Condition {
  const result = evaluate(run, text, evaluateCondition);
  return result.ok ? { ok: true, value: result.value === true } : result;
}

/** The moment an expression gives; of a date its start or its end in the community's zone. */
export function instantOf(run: Run, text: string, edge: DayEdge = 'end'): Instant {
  return evaluate(run, text, (prepared, scope) => evaluateInstant(prepared, scope, edge));
}

/** A correlation key: a text or a number, as text. */
export function correlationKeyOf(run: Run, text: string): { ok: true; value: string } | Failure {
  const result = evaluate<unknown>(run, text, evaluateFeel);
  if (!result.ok) return result;
  const { value } = result;
  if ((typeof value === 'string' && value !== '') || typeof value === 'number')
    return { ok: true, value: String(value) };
  return { ok: false, code: 'key_missing', detail: { expression: text, found: value === null ? null : typeof value } };
}

/** The texts an expression gives: one, a list of them, or none. */
export function stringsOf(run: Run, text: string): Failure | { ok: true; value: string[] } {
  return evaluate(run, text, evaluateStrings);
}

type Result<T> = { ok: true; value: T } | { ok: false; code: string; message: string };

function evaluate<T>(
  run: Run,
  text: string,
  read: (prepared: Prepared, scope: Scope) => Result<T>,
): Failure | { ok: true; value: T } {
  run.evaluated += 1;
  const prepared = run.compiled.expressions.get(text);
  if (!prepared) return { ok: false, code: 'expression_invalid', detail: { expression: text } };
  const scope = scopeOf(run, prepared);
  const failed = computeFormulas(run.compiled.formulas, prepared.names, scope);
  const result = failed ?? read(prepared, scope);
  if (result.ok) {
    trace(run, prepared, scope, result);
    return result;
  }
  const { code, message: reason } = result;
  const inputs = inputsOf(prepared, scope);
  trace(run, prepared, scope, result);
  return { ok: false, code, detail: { expression: text, inputs, reason } };
}

function scopeOf({ compiled, state, now }: Run, { names, times }: Prepared): Scope {
  const { initiator, zone } = state;
  // A long trail is read only where the expression asks for it.
  const outcomes = names.includes('outcomes') ? outcomesOf(state) : {};
  return {
    vars: { ...state.vars },
    types: compiled.types,
    outcomes,
    times: timesOf(state, times),
    initiator,
    now,
    zone,
  };
}

/** New values among the fields the flow mentions; whatever else came with them stays out of the state. */
export function mergeVars(run: Run, vars: Vars): void {
  for (const [field, value] of Object.entries(vars)) {
    if (run.compiled.mentioned.has(field)) run.state.vars[field] = value;
  }
}
