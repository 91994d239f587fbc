// Computed fields while a person writes, by the engine's own formulas: the server computes them again when it is sent.
// Imported lazily only: the evaluator is large.
import { prepare, type Prepared } from '../../../../../workflows/engine/feel-syntax.ts';
import { computeFormulas } from '../../../../../workflows/engine/formulas.ts';
import type { Json } from '../../../../../workflows/engine/types.ts';
import { typeOf } from './feel.ts';
import type { FieldSchema, FormSchema, Values } from './types.ts';
import { isEmpty } from './values.ts';

type Fields = Record<string, FieldSchema>;
/** The values with what follows from them; rows of sub-tables compute from their own row. */
export type Compute = (values: Values) => Values;

export function hasFormulas(fields: Fields): boolean {
  return Object.values(fields).some((field) => isComputed(field) || hasFormulas(columnsOf(field)));
}

export function computeOf(schema: FormSchema): Compute {
  const record = computeFields(schema.properties);
  const tables = Object.entries(schema.properties).flatMap(([name, field]) => {
    const columns = columnsOf(field);
    return hasFormulas(columns) ? [{ name, row: computeFields(columns) }] : [];
  });
  return (values) => {
    const next = { ...values };
    for (const { name, row } of tables) {
      const rows = values[name];
      if (Array.isArray(rows)) next[name] = (rows as Values[]).map(row);
    }
    return record(next);
  };
}

/** A formula that reads something which is not there keeps the value it had: it may be hidden from this person. */
function computeFields(fields: Fields): Compute {
  const names = Object.keys(fields);
  const types = Object.fromEntries(
    names.flatMap((name) => {
      const type = typeOf(fields[name]);
      return type ? [[name, type] as const] : [];
    }),
  );
  const formulas = new Map<string, Prepared>();
  for (const [name, field] of Object.entries(fields)) {
    const ready = isComputed(field) ? prepare(field['x-formula'] ?? '', names) : undefined;
    if (ready?.ok) formulas.set(name, ready.prepared);
  }
  return (values) => {
    const next = { ...values };
    for (const [name, formula] of formulas) {
      const vars = Object.fromEntries(names.map((each) => [each, isEmpty(next[each]) ? null : (next[each] as Json)]));
      const failed = computeFormulas(formulas, [name], {
        ...{ vars, types, outcomes: {}, initiator: null, now: 0, zone: 'UTC' },
      });
      const value = failed ? null : (vars[name] ?? null);
      if (!isEmpty(value) || formula.names.some((read) => read in values)) next[name] = value;
    }
    return next;
  };
}

function isComputed(field: FieldSchema): boolean {
  return field['x-field'] === 'computed';
}
function columnsOf(field: FieldSchema): Fields {
  if (field['x-field'] !== 'table') return {};
  return (field.items as { properties?: Fields } | undefined)?.properties ?? {};
}
