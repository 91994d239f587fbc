/** One lookup of a `prepare`: its conditions evaluated, the question asked, the answer as FEEL's values. */
import type { Lookup } from '../../../workflows/engine/flow.gen.ts';
import type { Values } from '../../../forms/types.ts';
import type { Tx } from '../../db/as.ts';
import { toFeel, toFeelContext } from '../../db/records/feel-values.ts';
import { loadForm, type LoadedForm } from '../../db/records/form-store.ts';
import { ask, QuestionError, type AskedFrom } from '../../db/records/question.ts';
import { AppError } from '../../errors.ts';
import { failed, valueOf, type Expression, type Names } from './expressions.ts';

/** The expressions of a lookup with their places. */
export function expressionsOf({ name, where = [] }: Lookup): Expression[] {
  return where.map(({ value }, i) => ({ at: `lookups.${name}.where.${i}`, text: value }));
}

/** As the engine role. @throws AppError prepare_failed */
export async function lookUp(tx: Tx, lookup: Lookup, names: Names, from: AskedFrom): Promise<unknown> {
  const { name, form: key, take, field, order } = lookup;
  const at: Expression = { at: `lookups.${name}`, text: key };
  const form = await loadForm(tx, key).catch((error: unknown) => {
    throw error instanceof AppError ? failed(at, 'form_unknown') : error;
  });
  const values = expressionsOf(lookup).map((expression) => valueOf(expression, names));
  const where = (lookup.where ?? []).map((test, i) => ({
    ...test,
    value: values[i],
    isNull: test.value.trim() === 'null',
  }));
  try {
    return lift(form, lookup, await ask(tx, form, { where, take, field, order }, from));
  } catch (error) {
    throw error instanceof QuestionError ? failed(at, error.message) : error;
  }
}

function lift(form: LoadedForm, { take, field: name }: Lookup, answer: unknown): unknown {
  if (take === 'one') return answer === null ? null : record(form, answer as Values);
  if (take !== 'list') return answer;
  const field = name === undefined ? undefined : form.byName.get(name);
  if (name === undefined) return (answer as Values[]).map((each) => record(form, each));
  return field === undefined ? answer : (answer as unknown[]).map((value) => toFeel(field, value));
}

function record(form: LoadedForm, values: Values): Values {
  return { id: values.id, ...toFeelContext(form.fields, values) };
}
