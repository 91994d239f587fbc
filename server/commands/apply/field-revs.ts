/**
 * Which rev wrote a field last (protocol.md rule 7): a patch writes a field only over a lower one. A row of a sub-table counts as a field of its
 * own; a table that is written as a whole keeps rows that a later rev has written.
 */
import type { Values } from '../../../forms/types.ts';
import { fieldOfName, readRowName, rowName } from '../../../workflows/engine/row-vars.ts';

type FieldRevs = Record<string, number>;

/** Of a field with its rows, or of a row with the table it is in. */
export function revOf(fieldRevs: FieldRevs, name: string): number {
  if (readRowName(name) !== undefined) return Math.max(fieldRevs[name] ?? 0, fieldRevs[fieldOfName(name)] ?? 0);
  const rows = Object.entries(fieldRevs).filter(([each]) => readRowName(each)?.field === name);
  return Math.max(fieldRevs[name] ?? 0, ...rows.map(([, rev]) => rev));
}

/** What of a patch its rev may write; notes in `fieldRevs` that it has. */
export function takeNewer(fieldRevs: FieldRevs, { rev, fields }: { rev: number; fields: Values }): Values {
  const isNewer = (name: string): boolean => (fieldRevs[name] ?? 0) < rev && (fieldRevs[fieldOfName(name)] ?? 0) < rev;
  const newer = Object.entries(fields).filter(([name]) => isNewer(name));
  for (const [name] of newer) {
    fieldRevs[name] = rev;
    for (const [each, before] of Object.entries(fieldRevs))
      if (readRowName(each)?.field === name && before < rev) Reflect.deleteProperty(fieldRevs, each);
  }
  return Object.fromEntries(newer);
}

/** Whether it takes the record as it is to say what tables come to. */
export function hasRows(fieldRevs: FieldRevs, fields: Values): boolean {
  const tables = new Set(Object.keys(fields).map(fieldOfName));
  return Object.keys(fieldRevs).some((name) => {
    const row = readRowName(name);
    return row !== undefined && tables.has(row.field);
  });
}

/** The tables of a patch as they are to be, with each row as the last rev that wrote it says. `current`: the record before. */
export function tablesOf(fieldRevs: FieldRevs, fields: Values, current: Values): Values {
  const whole = Object.fromEntries(Object.entries(fields).filter(([name]) => readRowName(name) === undefined));
  for (const table of new Set(Object.keys(fields).map(fieldOfName))) {
    const rows = Object.hasOwn(whole, table) ? whole[table] : current[table];
    if (!Array.isArray(rows)) continue;
    const before = new Map(rowsIn(current[table]));
    whole[table] = rows.map((row: Values) => {
      const name = typeof row.id === 'string' ? rowName(table, row.id) : '';
      if ((fieldRevs[name] ?? 0) <= (fieldRevs[table] ?? 0)) return row;
      return fields[name] ?? before.get(row.id) ?? row;
    });
  }
  return whole;
}

function rowsIn(value: unknown): [unknown, Values][] {
  return Array.isArray(value) ? (value as Values[]).map((row) => [row.id, row]) : [];
}
