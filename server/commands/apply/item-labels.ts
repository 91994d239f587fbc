/** What names the rows that opened tasks are about: rendered outside the engine, which knows their ids alone (protocol.md rule 16). */
import { compile, type Compiled } from '../../../workflows/engine/compile.ts';
import type { ForEach } from '../../../workflows/engine/flow.gen.ts';
import { isOfItems, lastKey, roundsAround } from '../../../workflows/engine/items.ts';
import type { OpenedTask, Place } from '../../../workflows/engine/types.ts';
import type { FieldInfo, Values } from '../../../forms/types.ts';
import { readCaseFields } from '../case-record.ts';
import type { Tx } from '../../db/as.ts';
import { recordLabels, type Labels } from '../../db/records/labels.ts';
import type { PublishedFlow } from '../../definitions/published.ts';

interface Opening {
  flow: PublishedFlow;
  caseId: string;
  opened: readonly OpenedTask[];
}

const longest = 100;

/** By task. */
export async function itemLabelsOf(tx: Tx, { flow, caseId, opened }: Opening): Promise<Map<string, string>> {
  const labels = await labelsOfPlaces(tx, { flow, caseId, places: opened });
  return new Map(
    opened.flatMap(({ task }, index): [string, string][] => {
      const label = labels[index] ?? null;
      return label === null ? [] : [[task, label]];
    }),
  );
}

/** One for each place; null outside of all items. Of items that are no rows their own text, which is their key. */
export async function labelsOfPlaces(
  tx: Tx,
  { flow, caseId, places }: { flow: PublishedFlow; caseId: string; places: readonly Place[] },
): Promise<(string | null)[]> {
  const compiled = compile(flow.loaded);
  const items = places.map((place) => itemOf(compiled, place));
  const within = items.flatMap((item) => item ?? []);
  if (within.length === 0) return places.map(() => null);
  const fields = await readCaseFields(tx, flow.form, caseId);
  const tables = [...new Set(within.flatMap(({ step }) => compiled.sources.get(step.id) ?? []))];
  const shown = Object.fromEntries(tables.map((name) => [name, fields[name]]));
  const labels = await recordLabels(tx, flow.form, shown);
  return items.map((item) =>
    item ? (labelOf(flow, { ...item, tables, fields, labels })?.slice(0, longest) ?? null) : null,
  );
}

interface Item {
  step: ForEach;
  key: string;
}

/** The innermost item that a place is in. */
function itemOf(compiled: Compiled, { step, item }: Place): Item | undefined {
  if (typeof item !== 'string') return undefined;
  const found = roundsAround(compiled, { step, item }).findLast(isOfItems);
  return found ? { step: found.owner, key: found.key ?? lastKey(item) } : undefined;
}

interface Labelling extends Item {
  tables: readonly string[];
  fields: Values;
  labels: Labels;
}

function labelOf({ form }: PublishedFlow, { step, key, tables, fields, labels }: Labelling): string | null {
  for (const table of tables) {
    const rows = (fields[table] ?? []) as Values[];
    const index = rows.findIndex(({ id }) => id === key);
    if (index < 0) continue;
    const columns = form.byName.get(table)?.rows ?? [];
    return textOf(namingOf(columns, step), rows[index] ?? {}, labels) ?? String(index + 1);
  }
  return labels[key] ?? (key.startsWith('#') ? key.slice(1) : key);
}

function namingOf(columns: readonly FieldInfo[], { label }: ForEach): FieldInfo | undefined {
  const named = columns.find(({ name }) => name === label);
  return named ?? columns.find(({ kind, personal }) => kind === 'text' && !personal);
}

/** Personal columns name nobody in a list. */
function textOf(column: FieldInfo | undefined, row: Values, labels: Labels): string | null {
  const value = column === undefined || column.personal ? null : row[column.name];
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  return labels[String(value)] ?? String(value);
}
