/** Evaluates a flow's conditions over the engine's variables, formulas computed from their inputs (rule 16). */
import type { Compiled } from './compile.ts';
import { evaluateCondition, type Scope } from './feel.ts';
import { computeFormulas } from './formulas.ts';
import type { Run } from './run.ts';
import { outcomesOf, type State } from './state.ts';
import type { Json, Vars } from './types.ts';

export type Condition = { ok: true; value: boolean } | { ok: false; code: string; detail: Record<string, Json> };

/** Whether a condition holds; a failure names the expression and the values it saw. */
export function conditionOf(run: Run, text: string): Condition {
  const prepared = run.compiled.expressions.get(text);
  if (!prepared) return { ok: false, code: 'expression_invalid', detail: { expression: text } };
  const scope = scopeOf(run.compiled, run.state, run.now);
  const failed = computeFormulas(run.compiled.formulas, prepared.names, scope);
  const result = failed ?? evaluateCondition(prepared, scope);
  if (result.ok) return { ok: true, value: result.value === true };
  const inputs = Object.fromEntries(prepared.names.map((name) => [name, scope.vars[name] ?? null]));
  return { ok: false, code: result.code, detail: { expression: text, inputs, reason: result.message } };
}

function scopeOf(compiled: Compiled, state: State, now: number): Scope {
  const { initiator, zone } = state;
  return { vars: { ...state.vars }, types: compiled.types, outcomes: outcomesOf(state), initiator, now, zone };
}

/** New values among the fields the flow mentions; whatever else came with them stays out of the state. */
export function mergeVars(run: Run, vars: Vars): void {
  for (const [field, value] of Object.entries(vars)) {
    if (run.compiled.mentioned.has(field)) run.state.vars[field] = value;
  }
}
