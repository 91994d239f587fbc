/** A form's formulas for FEEL: what they may read, what kinds their inputs are, and which of them publishing refuses. */
import type { CompiledForm, FieldInfo, Problem } from '../../../forms/types.ts';
import { prepare, type Prepared } from '../../../workflows/engine/feel-syntax.ts';
import type { ValueType } from '../../../workflows/engine/types.ts';

type Fields = readonly FieldInfo[];

/** Field and FEEL of every computed field. */
export function formulasOf(fields: Fields): [field: string, formula: string][] {
  return fields.flatMap(({ name, kind, schema }): [string, string][] =>
    kind === 'computed' && schema['x-formula'] !== undefined ? [[name, schema['x-formula']]] : [],
  );
}

/** Fields whose JSON is not what FEEL compares: money as a number, dates as dates; columns of sub-tables as `<field>.<column>`. */
export function valueTypesOf(fields: Fields): Record<string, ValueType> {
  return Object.fromEntries(
    fields.flatMap(({ name, kind, schema, rows }): [string, ValueType][] => {
      if (kind === 'table')
        return Object.entries(valueTypesOf(rows)).map(([column, type]) => [`${name}.${column}`, type]);
      const shown = kind === 'computed' ? schema['x-result'] : kind;
      return shown === 'money' || shown === 'date' || shown === 'dateTime' || shown === 'duration'
        ? [[name, shown]]
        : [];
    }),
  );
}

export interface Formulas {
  prepared: ReadonlyMap<string, Prepared>;
  problems: Problem[];
}

/**
 * Prepares the formulas of a form or of a sub-table's rows. Wrong are those that do not parse, are not bounded (protocol.md rule 18), read what
 * is no field beside them (a clock too: a stored value would be wrong tomorrow), or read themselves. Pointers start with `base`.
 */
export function prepareFormulas(fields: Fields, base: string): Formulas {
  const names = new Set(fields.map(({ name }) => name));
  const prepared = new Map<string, Prepared>();
  const problems: Problem[] = [];
  for (const [field, text] of formulasOf(fields)) {
    const path = `${base}/${field}/x-formula`;
    const result = prepare(text, names);
    const foreign = result.ok ? result.prepared.names.find((name) => !names.has(name)) : undefined;
    if (!result.ok) problems.push({ path, ...result.problem });
    else if (foreign !== undefined) problems.push({ path, code: 'unknown_name', params: { found: foreign } });
    else prepared.set(field, result.prepared);
  }
  for (const field of prepared.keys())
    if (readsItself(prepared, field)) problems.push({ path: `${base}/${field}/x-formula`, code: 'formula_cycle' });
  return { prepared, problems };
}

/** Problems of a form type's formulas, those of its sub-tables' rows too. */
export function checkFormulas({ fields }: CompiledForm): Problem[] {
  return [
    ...prepareFormulas(fields, '/schema/properties').problems,
    ...fields.flatMap(
      ({ name, rows }) => prepareFormulas(rows, `/schema/properties/${name}/items/properties`).problems,
    ),
  ];
}

function readsItself(prepared: ReadonlyMap<string, Prepared>, field: string): boolean {
  const seen = new Set<string>();
  const waiting = [...(prepared.get(field)?.names ?? [])];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (name === field) return true;
    if (seen.has(name)) continue;
    seen.add(name);
    waiting.push(...(prepared.get(name)?.names ?? []));
  }
  return false;
}
