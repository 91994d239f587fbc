/**
 * One row of a sub-table among the values of a command or a patch, named `<field>/<id of the row>`: whoever works on one item writes its row
 * alone, so that two who do so at the same time both keep what they wrote.
 */
import { isRow } from './items.ts';
import { heldOf, type Mentions } from './mentions.ts';
import type { Json, Vars } from './types.ts';

const JOINT = '/';

export function rowName(field: string, id: string): string {
  return `${field}${JOINT}${id}`;
}

/** Undefined: the name of a field as a whole. */
export function readRowName(name: string): { field: string; id: string } | undefined {
  const at = name.indexOf(JOINT);
  return at < 0 ? undefined : { field: name.slice(0, at), id: name.slice(at + 1) };
}

export function fieldOfName(name: string): string {
  return readRowName(name)?.field ?? name;
}

/** A row takes the place of the one with its id; one that is gone stays gone. */
function putRow(rows: Json | undefined, id: string, row: Json): Json {
  return Array.isArray(rows) ? rows.map((each) => (isRow(each) && each.id === id ? row : each)) : (rows ?? null);
}

/** What a case holds of given values, rows of their own put in their places; fields that no expression mentions are left out. */
export function heldVars(mentions: Pick<Mentions, 'mentioned' | 'columns'>, held: Vars, given: Vars): Vars {
  const kept: Vars = {};
  for (const [name, value] of Object.entries(given)) {
    const row = readRowName(name);
    const field = row?.field ?? name;
    if (!mentions.mentioned.has(field)) continue;
    if (row === undefined) kept[field] = heldOf(mentions, field, value);
    else kept[field] = putRow(kept[field] ?? held[field], row.id, heldRow(mentions, field, value));
  }
  return kept;
}

/** Of a row what expressions mention. */
export function heldRow(mentions: Pick<Mentions, 'columns'>, field: string, row: Json): Json {
  const [kept = null] = [heldOf(mentions, field, [row])].flat();
  return kept;
}
