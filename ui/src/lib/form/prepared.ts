// Pure: what the server would fill in and refuse, laid over what a person writes. It never blocks writing and is never sent.
import type { PrepareAnswer } from '#lib/api/types.gen.ts';
import { fieldOf, fromServer } from './model/problems.ts';
import type { Access, FieldProblem, Values } from './model/types.ts';
import { isEmpty, isSame } from './model/values.ts';

export interface Prepared {
  /** Values by field that the act fills by itself. */
  set: Values;
  /** Why it would be refused as it stands. */
  refusals: FieldProblem[];
}

export const unprepared: Prepared = { set: {}, refusals: [] };

/** Only refusals are told early: what is merely not filled yet the form says itself, when it is time. */
export function preparedOf(answer: PrepareAnswer): Prepared {
  return { set: answer.set, refusals: fromServer(answer.problems.filter(({ code }) => code === 'refused')) };
}

function isWritable(access: Access | undefined): boolean {
  return access === 'edit' || access === 'required';
}

/**
 * Those worth telling now. A field that the person is still to fill is not at fault before they wrote something in it or left it
 * (`met`); what they can only read, or what belongs to no field, is told at once: nothing they do here would change it.
 */
export function toldEarly(
  refusals: readonly FieldProblem[],
  {
    values,
    permissions,
    met,
  }: { values: Values; permissions: Partial<Record<string, Access>>; met: (name: string) => boolean },
): FieldProblem[] {
  return refusals.filter(({ path }) => {
    const name = fieldOf(path);
    return !isWritable(permissions[name]) || !isEmpty(values[name]) || met(name);
  });
}

/** Values as shown: fields that the person may not write show what the act would set. */
export function overlay(values: Values, set: Values, permissions: Partial<Record<string, Access>>): Values {
  const given = Object.entries(set).filter(([name]) => !isWritable(permissions[name]));
  return given.length === 0 ? values : { ...values, ...Object.fromEntries(given) };
}

/**
 * Fields the person may write that take over a fresh proposal: those still empty, and those that hold the last proposal untouched.
 * Whatever the person wrote stays.
 */
export function proposals(
  values: Values,
  { set, before }: { set: Values; before: Values },
  permissions: Partial<Record<string, Access>>,
): Values {
  const taken = Object.entries(set).filter(([name, value]) => {
    if (!isWritable(permissions[name]) || isSame(values[name], value)) return false;
    return isEmpty(values[name]) || (name in before && isSame(values[name], before[name]));
  });
  return Object.fromEntries(taken);
}
