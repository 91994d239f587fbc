/** Engine expressions: they parse, are bounded, mention only what there is, and no personal field (rules 16 and 18). */
import type { Checking } from '../check.ts';
import { BUILT_IN_NAMES, INDEX, wordsOf } from '../mentions.ts';
import { prepare, type Prepared } from '../feel-syntax.ts';
import type { ForEach, Step } from '../flow.gen.ts';
import { isHuman, itemsAround, partsOf, partsOfHandlers } from '../tree.ts';
import type { StepId } from '../types.ts';

export function checkExpressions(checking: Checking): void {
  const { flow, visits } = checking;
  if (flow.caseTitle !== undefined) checkMapping(checking, { step: null, property: 'caseTitle', text: flow.caseTitle });
  for (const { property, text } of partsOfHandlers(flow).expressions)
    checkExpression(checking, { step: null, property, text });
  for (const { step, path } of visits) {
    const around = itemsAround(checking, path);
    for (const { property, text, names } of partsOf(step).expressions)
      checkExpression(checking, { step: step.id, property, text, names, around });
    checkInputs(checking, step, around);
  }
}

function checkInputs(checking: Checking, step: Step, around: readonly ForEach[]): void {
  for (const [name, text] of Object.entries('input' in step ? step.input : {}))
    checkMapping(checking, { step: step.id, property: `input.${name}`, text, around });
  if (step.kind !== 'serviceTask') return;
  for (const [name, text] of Object.entries(step.compensate?.input ?? {}))
    checkMapping(checking, { step: step.id, property: `compensate.input.${name}`, text, around }, [DONE]);
}

/**
 * Evaluated outside the engine, against the record: personal fields may take part, what only the engine knows may not, and neither may
 * the clock, which there would be the machine's.
 */
function checkMapping(checking: Checking, written: Written, more: readonly string[] = []): void {
  const { context, report } = checking;
  const { step, property, text, around = [] } = written;
  const result = prepare(text, [...Object.keys(context.fields), ...around.map(({ as }) => as), ...more]);
  if (!result.ok) {
    report(step, property, result.problem.code, result.problem.params);
    return;
  }
  const clock = result.prepared.names.find((name) => CLOCK.has(name) && !context.fields[name]);
  if (clock !== undefined)
    report(step, property, 'unknown_name', { expression: text, at: text.indexOf(clock), found: clock });
  checkColumns(checking, written, result.prepared);
}
/** What a compensation undoes: a context of what the step's own activity was given and answered. */
const DONE = 'effect';
const CLOCK = new Set(['now', 'today']);

interface Written {
  step: StepId | null;
  property: string;
  text: string;
  /** Names that it alone may read. */
  names?: readonly string[] | undefined;
  /** The forEach steps around it. */
  around?: readonly ForEach[];
}

function checkExpression(checking: Checking, written: Written): void {
  const { context, report } = checking;
  const { names = [], around = [] } = written;
  const items = around.length > 0 ? [...around.map(({ as }) => as), INDEX] : [];
  const result = prepare(written.text, [...Object.keys(context.fields), ...BUILT_IN_NAMES, ...items, ...names]);
  if (!result.ok) {
    report(written.step, written.property, result.problem.code, result.problem.params);
    return;
  }
  checkMentions(checking, written, result.prepared);
  checkColumns(checking, written, result.prepared);
  checkSteps(checking, written, result.prepared);
}

/** Personal fields, also those a formula reads. */
function checkMentions(checking: Checking, written: Written, prepared: Prepared): void {
  const { context, report } = checking;
  const { names = [], around = [] } = written;
  const seen = new Set<string>();
  const visit = (name: string, above: string[], words: readonly string[]): void => {
    if (above.includes(name)) {
      report(written.step, written.property, 'formula_cycle', { field: name });
      return;
    }
    if (seen.has(name)) return;
    seen.add(name);
    const field = context.fields[name];
    if (field?.personal) report(written.step, written.property, 'personal_field', { field: name });
    for (const column of personalColumns(field, words))
      report(written.step, written.property, 'personal_field', { field: `${name}.${column}` });
    const formula = formulaOf(field?.formula);
    for (const inner of formula?.names ?? []) visit(inner, [...above, name], wordsOf(formula));
  };
  for (const name of prepared.names) {
    if (names.includes(name)) continue;
    const item = around.find(({ as }) => as === name);
    for (const field of item ? tablesOf(checking, item) : [name]) visit(field, [], wordsOf(prepared));
  }
}

/** Columns of a sub-table that are personal, among words that may name one. */
function personalColumns(field: Field | undefined, words: readonly string[]): string[] {
  const columns = Object.entries(field?.columns ?? {});
  return columns.filter(([name, { personal }]) => personal === true && words.includes(name)).map(([name]) => name);
}
type Field = Checking['context']['fields'][string];

function formulaOf(formula: string | undefined): Prepared | undefined {
  const result = formula === undefined ? undefined : prepare(formula, null);
  return result?.ok ? result.prepared : undefined;
}

/** The fields that the list of a forEach names. */
function tablesOf({ context }: Checking, { list }: ForEach): string[] {
  return (formulaOf(list)?.names ?? []).filter((name) => context.fields[name]);
}

/** `<item>.<column>` is a column of the sub-table that the items are rows of. */
function checkColumns({ context, report }: Checking, written: Written, { members }: Prepared): void {
  for (const { of, name } of members) {
    const item = written.around?.find(({ as }) => as === of);
    const columns = item && context.fields[item.list]?.columns;
    if (columns && name !== 'id' && !Object.hasOwn(columns, name))
      report(written.step, written.property, 'unknown_field', { field: `${of}.${name}` });
  }
}

/** `outcomes.<step>` and `times.<step>` name a human step. */
function checkSteps({ visits, report }: Checking, written: Written, { outcomes, times }: Prepared): void {
  for (const name of new Set([...outcomes, ...times])) {
    const known = visits.some(({ step }) => step.id === name && isHuman(step));
    if (!known) report(written.step, written.property, 'unknown_step', { step: name });
  }
}
