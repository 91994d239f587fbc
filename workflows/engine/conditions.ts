/** Evaluates a flow's conditions over the engine's variables, formulas computed from their inputs (rule 16). */
import type { Compiled } from './compile.ts';
import { evaluateCondition, evaluateFeel, type Scope } from './feel.ts';
import type { Prepared } from './feel-syntax.ts';
import type { Run } from './run.ts';
import { outcomesOf, type State } from './state.ts';
import type { Json, Vars } from './types.ts';

export type Condition = { ok: true; value: boolean } | { ok: false; code: string; detail: Record<string, Json> };

/** Whether a condition holds; a failure names the expression and the values it saw. */
export function conditionOf(run: Run, text: string): Condition {
  const prepared = run.compiled.expressions.get(text);
  if (!prepared) return { ok: false, code: 'expression_invalid', detail: { expression: text } };
  const scope = scopeOf(run.compiled, run.state, run.now);
  const failed = addFormulas(run.compiled, prepared, scope);
  const result = failed ?? evaluateCondition(prepared, scope);
  if (result.ok) return { ok: true, value: result.value === true };
  const inputs = Object.fromEntries(prepared.names.map((name) => [name, scope.vars[name] ?? null]));
  return { ok: false, code: result.code, detail: { expression: text, inputs, reason: result.message } };
}

function scopeOf(compiled: Compiled, state: State, now: number): Scope {
  const { initiator, zone } = state;
  return { vars: { ...state.vars }, types: compiled.types, outcomes: outcomesOf(state), initiator, now, zone };
}

/** Computes the formulas an expression reads, their own first; `check` refused cycles. */
function addFormulas(compiled: Compiled, prepared: Prepared, scope: Scope, above: string[] = []): Failed | null {
  for (const name of prepared.names) {
    const formula = compiled.formulas.get(name);
    if (!formula || above.includes(name)) continue;
    const failed = addFormulas(compiled, formula, scope, [...above, name]);
    if (failed) return failed;
    const result = evaluateFeel(formula, scope);
    if (!result.ok) return result;
    scope.vars[name] = toJson(result.value);
  }
  return null;
}
type Failed = Extract<ReturnType<typeof evaluateFeel>, { ok: false }>;

function toJson(value: unknown): Json {
  return value === undefined ? null : (JSON.parse(JSON.stringify(value)) as Json);
}

/** New values among the fields the flow mentions; whatever else came with them stays out of the state. */
export function mergeVars(run: Run, vars: Vars): void {
  for (const [field, value] of Object.entries(vars)) {
    if (run.compiled.mentioned.has(field)) run.state.vars[field] = value;
  }
}
