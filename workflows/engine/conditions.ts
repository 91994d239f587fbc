/** Evaluates a flow's expressions over the engine's variables, formulas computed from their inputs (rule 16). */
import { evaluateCondition, evaluateFeel, evaluateStrings, type Scope } from './feel.ts';
import type { Prepared } from './feel-syntax.ts';
import { computeFormulas } from './formulas.ts';
import { inputsOf, trace } from './inputs.ts';
import { itemLocals, type Locals } from './items.ts';
import { evaluateInstant, type DayEdge } from './moment.ts';
import { heldVars } from './row-vars.ts';
import type { Run } from './run.ts';
import { outcomesOf, timesOf, type Frame } from './state.ts';
import { must } from './unreachable.ts';
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

/** Whether a condition holds at a step. `own`: names that this condition alone sees. */
export function conditionOf(run: Run, frame: Frame, text: string, own: Locals = {}): Condition {
  const result = evaluate(run, { frame, text, own }, evaluateCondition);
  return result.ok ? { ok: true, value: result.value === true } : result;
}

/** The moment an expression gives; of a date its start or its end in the community's zone. */
export function instantOf(run: Run, frame: Frame, text: string, edge: DayEdge = 'end'): Instant {
  return evaluate(run, { frame, text }, (prepared, scope) => evaluateInstant(prepared, scope, edge));
}

/** The list an expression gives; nothing is an empty one, and one value a list of it. A field is taken as it is, however long. */
export function listOf(run: Run, frame: Frame, text: string): { ok: true; value: Json[] } | Failure {
  const { mentioned, formulas } = run.compiled;
  const isField = mentioned.has(text) && !formulas.has(text) && !Object.hasOwn(localsOf(run, frame, [text]), text);
  const found = isField
    ? { ok: true as const, value: run.state.vars[text] }
    : evaluate(run, { frame, text }, evaluateFeel);
  if (!found.ok) return found;
  if (found.value === null || found.value === undefined) return { ok: true, value: [] };
  return { ok: true, value: [JSON.parse(JSON.stringify(found.value)) as Json].flat<Json[]>() };
}

/** A correlation key: a text or a number, as text. */
export function correlationKeyOf(run: Run, frame: Frame, text: string): { ok: true; value: string } | Failure {
  const result = evaluate<unknown>(run, { frame, text }, evaluateFeel);
  if (!result.ok) return result;
  const { value } = result;
  if ((typeof value === 'string' && value !== '') || typeof value === 'number')
    return { ok: true, value: String(value) };
  return { ok: false, code: 'key_missing', detail: { expression: text, found: value === null ? null : typeof value } };
}

/** The text an expression gives. */
export function textOf(run: Run, frame: Frame, text: string): { ok: true; value: string } | Failure {
  const result = evaluate<unknown>(run, { frame, text }, evaluateFeel);
  if (!result.ok) return result;
  const { value } = result;
  if (typeof value === 'string') return { ok: true, value };
  const found = value === null ? null : typeof value;
  return { ok: false, code: 'expression_not_text', detail: { expression: text, found } };
}

/** The texts an expression gives: one, a list of them, or none. */
export function stringsOf(run: Run, frame: Frame, text: string): Failure | { ok: true; value: string[] } {
  return evaluate(run, { frame, text }, evaluateStrings);
}

type Result<T> = { ok: true; value: T } | { ok: false; code: string; message: string };

/** An expression and where it stands. */
interface Standing {
  frame: Frame;
  text: string;
  own?: Locals;
}

function evaluate<T>(
  run: Run,
  { frame, text, own = {} }: Standing,
  read: (prepared: Prepared, scope: Scope) => Result<T>,
): Failure | { ok: true; value: T } {
  run.evaluated += 1;
  const prepared = run.compiled.expressions.get(text);
  if (!prepared) return { ok: false, code: 'expression_invalid', detail: { expression: text } };
  const locals = { ...localsOf(run, frame, prepared.names), ...own };
  const scope: Scope = { ...scopeOf(run, prepared), locals };
  const fields = prepared.names.filter((name) => !Object.hasOwn(locals, name));
  const failed = computeFormulas(run.compiled.formulas, fields, scope);
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

function localsOf({ compiled, state }: Run, { step, item }: Frame, names: readonly string[]): Locals {
  if (item === null) return {};
  return itemLocals(compiled, state, { step: must(step, 'step of frame'), item }, names);
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
  for (const [field, value] of Object.entries(heldVars(run.compiled, run.state.vars, vars))) {
    run.state.vars[field] = value;
    run.written.add(field);
  }
}
