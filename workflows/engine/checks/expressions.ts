/** Engine expressions: they parse, are bounded, mention only what there is, and no personal field (rules 16 and 18). */
import type { Checking } from '../check.ts';
import { BUILT_IN_NAMES } from '../compile.ts';
import { prepare, type Prepared } from '../feel-syntax.ts';
import type { Step } from '../flow.gen.ts';
import { isHuman, partsOf, partsOfHandlers } from '../tree.ts';
import type { StepId } from '../types.ts';

export function checkExpressions(checking: Checking): void {
  const { flow, visits } = checking;
  if (flow.caseTitle !== undefined) checkMapping(checking, { step: null, property: 'caseTitle', text: flow.caseTitle });
  for (const { property, text } of partsOfHandlers(flow).expressions)
    checkExpression(checking, { step: null, property, text });
  for (const { step } of visits) {
    for (const { property, text } of partsOf(step).expressions)
      checkExpression(checking, { step: step.id, property, text });
    checkInputs(checking, step);
  }
}

function checkInputs(checking: Checking, step: Step): void {
  for (const [name, text] of Object.entries('input' in step ? step.input : {}))
    checkMapping(checking, { step: step.id, property: `input.${name}`, text });
  if (step.kind !== 'serviceTask') return;
  for (const [name, text] of Object.entries(step.compensate?.input ?? {}))
    checkMapping(checking, { step: step.id, property: `compensate.input.${name}`, text }, [DONE]);
}

/**
 * Evaluated outside the engine, against the record: personal fields may take part, what only the engine knows may not, and neither may
 * the clock, which there would be the machine's.
 */
function checkMapping(
  { context, report }: Checking,
  { step, property, text }: Written,
  more: readonly string[] = [],
): void {
  const result = prepare(text, [...Object.keys(context.fields), ...more]);
  if (!result.ok) {
    report(step, property, result.problem.code, result.problem.params);
    return;
  }
  const clock = result.prepared.names.find((name) => CLOCK.has(name) && !context.fields[name]);
  if (clock !== undefined)
    report(step, property, 'unknown_name', { expression: text, at: text.indexOf(clock), found: clock });
}
/** What a compensation undoes: a context of what the step's own activity was given and answered. */
const DONE = 'effect';
const CLOCK = new Set(['now', 'today']);

interface Written {
  step: StepId | null;
  property: string;
  text: string;
}

function checkExpression(checking: Checking, written: Written): void {
  const { context, report } = checking;
  const result = prepare(written.text, [...Object.keys(context.fields), ...BUILT_IN_NAMES]);
  if (!result.ok) {
    report(written.step, written.property, result.problem.code, result.problem.params);
    return;
  }
  checkMentions(checking, written, result.prepared);
  checkSteps(checking, written, result.prepared);
}

/** Personal fields, also those a formula reads. */
function checkMentions(checking: Checking, written: Written, prepared: Prepared): void {
  const { context, report } = checking;
  const seen = new Set<string>();
  const visit = (name: string, above: string[]): void => {
    if (above.includes(name)) {
      report(written.step, written.property, 'formula_cycle', { field: name });
      return;
    }
    if (seen.has(name)) return;
    seen.add(name);
    const field = context.fields[name];
    if (field?.personal) report(written.step, written.property, 'personal_field', { field: name });
    for (const inner of formulaNames(field?.formula)) visit(inner, [...above, name]);
  };
  for (const name of prepared.names) visit(name, []);
}

function formulaNames(formula: string | undefined): string[] {
  if (formula === undefined) return [];
  const result = prepare(formula, null);
  return result.ok ? result.prepared.names : [];
}

/** `outcomes.<step>` and `times.<step>` name a human step. */
function checkSteps({ visits, report }: Checking, written: Written, { outcomes, times }: Prepared): void {
  for (const name of new Set([...outcomes, ...times])) {
    const known = visits.some(({ step }) => step.id === name && isHuman(step));
    if (!known) report(written.step, written.property, 'unknown_step', { step: name });
  }
}
