/**
 * What the server prepares before an act is accepted: its expressions can be read, its names are each one thing, and it sets only what may
 * be written. Personal fields may take part, because nothing of it enters the engine (rule 16).
 */
import type { Checking } from '../check.ts';
import { prepare as parse } from '../feel-syntax.ts';
import type { Lookup, Prepare, RefuseRule } from '../flow.gen.ts';
import { isHuman } from '../tree.ts';
import type { StepId } from '../types.ts';

/** Names beside fields and lookups. */
const GIVEN = ['person', 'number', 'now', 'today'];
/** What asks for one field of the records it finds. */
const OF_A_FIELD: Lookup['take'][] = ['sum', 'list'];

interface Place {
  step: StepId | null;
  property: string;
}

export function checkPreparations(checking: Checking): void {
  const { flow, visits } = checking;
  checkPrepare(checking, { step: null, property: 'start.prepare' }, flow.start.prepare);
  for (const { step } of visits) {
    if (!isHuman(step)) continue;
    for (const [index, action] of (step.actions ?? []).entries())
      checkPrepare(checking, { step: step.id, property: `actions.${index}.prepare` }, action.prepare);
  }
}

function checkPrepare(checking: Checking, { step, property }: Place, prepared: Prepare = {}): void {
  const names = new Set([...Object.keys(checking.context.fields), ...GIVEN]);
  const at = (inner: string): Place => ({ step, property: `${property}.${inner}` });
  for (const [index, lookup] of (prepared.lookups ?? []).entries()) {
    checkLookup(checking, at(`lookups.${index}`), lookup, names);
    names.add(lookup.name);
  }
  for (const [field, text] of Object.entries(prepared.set ?? {})) {
    checkTarget(checking, at(`set.${field}`), field);
    checkText(checking, at(`set.${field}`), text, names);
  }
  for (const [index, rule] of (prepared.refuse ?? []).entries())
    checkRefusal(checking, at(`refuse.${index}`), rule, names);
}

function checkLookup(checking: Checking, place: Place, lookup: Lookup, names: ReadonlySet<string>): void {
  const { report } = checking;
  const { name, take, field, where = [] } = lookup;
  if (names.has(name)) report(place.step, `${place.property}.name`, 'lookup_name_taken', { name });
  if (OF_A_FIELD.includes(take) && field === undefined)
    report(place.step, `${place.property}.field`, 'lookup_field_missing', { take });
  for (const [index, { value }] of where.entries())
    checkText(checking, { ...place, property: `${place.property}.where.${index}.value` }, value, names);
}

function checkTarget({ context, report }: Checking, { step, property }: Place, name: string): void {
  const field = context.fields[name];
  if (!field) report(step, property, 'unknown_field', { field: name });
  else if (field.readOnly === true || field.formula !== undefined)
    report(step, property, 'field_not_writable', { field: name });
}

function checkRefusal(checking: Checking, place: Place, rule: RefuseRule, names: ReadonlySet<string>): void {
  const { context, report } = checking;
  checkText(checking, { ...place, property: `${place.property}.when` }, rule.when, names);
  if (rule.field !== undefined && !context.fields[rule.field])
    report(place.step, `${place.property}.field`, 'unknown_field', { field: rule.field });
  for (const language of ['zh-CN', 'en'] as const) {
    const text = rule.message[language];
    // `{name}` and `{name.part}` show a value.
    for (const { 1: found = '', index: at } of text.matchAll(/\{([a-zA-Z]\w*)(?:\.\w+)*\}/g))
      if (!names.has(found))
        report(place.step, `${place.property}.message.${language}`, 'unknown_name', { expression: text, at, found });
  }
}

function checkText({ report }: Checking, { step, property }: Place, text: string, names: ReadonlySet<string>): void {
  const result = parse(text, names);
  if (!result.ok) report(step, property, result.problem.code, result.problem.params);
}
