/**
 * A task that is about one row of a sub-table writes that row alone, whatever the client sends: other rows are refused with their path. What
 * it writes is kept under the name of the row (`<field>/<id>`), so that two who work on rows of one table at the same time both keep theirs.
 */
import type { Values } from '../../forms/types.ts';
import { compile } from '../../workflows/engine/compile.ts';
import { isOfItems, isRow, roundsAround } from '../../workflows/engine/items.ts';
import { readRowName, rowName } from '../../workflows/engine/row-vars.ts';
import type { Json, Place } from '../../workflows/engine/types.ts';
import type { PublishedFlow } from '../definitions/published.ts';
import { AppError, type FieldError } from '../errors.ts';
import { actionsOf, type HumanStep } from './access.ts';

/** By sub-table the id of the row that a task is about. */
export type OwnRows = ReadonlyMap<string, string>;

/** Of a table whose rows the items are, or come from; items that are none of its rows confine nobody. */
export function ownRowsOf(flow: PublishedFlow, place: Place, current: Values): OwnRows {
  const own = new Map<string, string>();
  if (place.item === null) return own;
  const compiled = compile(flow.loaded);
  for (const round of roundsAround(compiled, place)) {
    if (!isOfItems(round) || round.key === undefined) continue;
    const { owner, key } = round;
    const tables = (compiled.sources.get(owner.id) ?? []).filter(
      (name) => flow.form.byName.get(name)?.kind === 'table',
    );
    const areRows = tables.includes(owner.list) || tables.some((name) => rowsOf(current[name]).some(hasId(key)));
    if (areRows) for (const name of tables) own.set(name, key);
  }
  return own;
}

/** Those that the step, or an action of it, lets its doer write. */
export function writableRows(step: HumanStep, own: OwnRows): OwnRows {
  const permissions = [step.fields, ...actionsOf(step).map(({ fields }) => fields)];
  const isWritable = (name: string): boolean =>
    permissions.some((each) => each?.[name] === 'edit' || each?.[name] === 'required');
  return new Map([...own].filter(([name]) => isWritable(name)));
}

/** Of these tables the own row alone. */
export function onlyOwnRows(values: Values, own: OwnRows): Values {
  const narrow = ([name, value]: [string, unknown]): [string, unknown] => {
    const id = own.get(name);
    return [name, id === undefined ? value : rowsOf(value).filter(hasId(id))];
  };
  return Object.fromEntries(Object.entries(values).map(narrow));
}

/** What was sent for the own row, in the table as it is. @throws AppError invalid_fields */
export function withinTables(sent: Values, current: Values, own: OwnRows): Values {
  const widen = ([name, value]: [string, unknown]): [string, unknown] => {
    const id = own.get(name);
    if (id === undefined) return [name, value];
    const row = ownRow(name, value, id);
    const rows = rowsOf(current[name]);
    if (!rows.some(hasId(id))) throw invalid({ path: `/fields/${name}`, code: 'row_missing' });
    return [name, rows.map((each) => (hasId(id)(each) ? { ...row, id: each.id } : each))];
  };
  return Object.fromEntries(Object.entries(sent).map(widen));
}

/** The one that may come, and has to: a row is not deleted by whoever works on it. */
function ownRow(name: string, value: unknown, id: string): Values {
  const rows = rowsOf(value);
  const others = rows.flatMap((row, index) => (hasId(id)(row) ? [] : [index]));
  if (others.length > 0)
    throw new AppError(
      'invalid_fields',
      422,
      {},
      others.map((index) => ({ path: `/fields/${name}/${String(index)}`, code: 'row_not_yours' })),
    );
  const [row, ...more] = rows;
  if (row === undefined || more.length > 0) throw invalid({ path: `/fields/${name}`, code: 'row_missing' });
  return row;
}

/** Under the names of their rows. */
export function underRowNames(values: Values, own: OwnRows): Values {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]): [string, unknown][] => {
      const id = own.get(name);
      if (id === undefined) return [[name, value]];
      return rowsOf(value)
        .filter(hasId(id))
        .map((row) => [rowName(name, id), row]);
    }),
  );
}

/** Whole tables again, as of `current`. */
export function inWholeTables(patch: Values, current: Values): Values {
  const whole: Values = {};
  for (const [name, value] of Object.entries(patch)) {
    const named = readRowName(name);
    if (named === undefined) whole[name] = value;
    else {
      const rows = rowsOf(whole[named.field] ?? current[named.field]);
      whole[named.field] = rows.map((row) => (hasId(named.id)(row) ? value : row));
    }
  }
  return whole;
}

/** Problems of the own row where the client has it, at the first place; of rows of others none. */
export function problemsOfOwn<P extends { path: string }>(problems: readonly P[], current: Values, own: OwnRows): P[] {
  return problems.flatMap((problem) => {
    const [, , name = '', index, ...rest] = problem.path.split('/');
    const id = own.get(name);
    if (id === undefined || index === undefined) return [problem];
    const isOwn = rowsOf(current[name]).findIndex(hasId(id)) === Number(index);
    return isOwn ? [{ ...problem, path: ['', 'fields', name, '0', ...rest].join('/') }] : [];
  });
}

function rowsOf(value: unknown): Values[] {
  return Array.isArray(value) ? (value as Values[]) : [];
}

function hasId(id: string): (row: Values) => boolean {
  return (row) => isRow(row as Json) && (row.id as string).toLowerCase() === id.toLowerCase();
}

function invalid(error: FieldError): AppError {
  return new AppError('invalid_fields', 422, {}, [error]);
}
