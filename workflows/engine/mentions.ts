/**
 * Which fields, and which columns of sub-tables, the expressions of a flow mention: all that the engine holds of a record (rule 16). A
 * formula stands for its inputs, the name of an item for the list it comes from.
 */
import type { Flow, ForEach, Step } from './flow.gen.ts';
import type { Prepared } from './feel-syntax.ts';
import { fieldsOfNever, fieldsOfPeople, itemsAround, partsOf, partsOfHandlers, walk, type StepsById } from './tree.ts';
import type { Json, StepId } from './types.ts';

/** Names every expression may use beside fields. */
export const BUILT_IN_NAMES = ['initiator', 'outcomes', 'times', 'now', 'today'];
/** Inside a forEach also the place of the item in the list. */
export const INDEX = 'index';

export interface Mentions {
  mentioned: ReadonlySet<string>;
  /** Of each field the columns that its rows keep, should it be a list of rows. */
  columns: ReadonlyMap<string, ReadonlySet<string>>;
  /** Of each forEach the fields that its list comes from. */
  sources: ReadonlyMap<StepId, readonly string[]>;
}

interface Reading {
  steps: StepsById;
  expressions: ReadonlyMap<string, Prepared>;
  formulas: ReadonlyMap<string, Prepared>;
}

export function mentionsOf(flow: Flow, reading: Reading): Mentions {
  const mentioned = new Set<string>();
  const columns = new Map<string, Set<string>>();
  const sources = new Map<StepId, readonly string[]>();
  const mention = (fields: readonly string[], words: readonly string[]): void => {
    for (const field of fields) {
      mentioned.add(field);
      columns.set(field, new Set([...(columns.get(field) ?? []), ...words]));
    }
  };
  for (const { step, path } of walk(flow)) {
    const around = itemsAround(reading, path);
    if (step.kind === 'forEach') sources.set(step.id, fieldsOf(reading, around, reading.expressions.get(step.list)));
    for (const named of [...inExpressions(reading, partsOf(step)), ...inPeople(step)])
      mentionName(reading, { ...named, around }, mention);
  }
  const ofFlow = [...inExpressions(reading, partsOfHandlers(flow)), ...fieldsOfNever(flow.never ?? []).map(readOf)];
  for (const named of ofFlow) mentionName(reading, { ...named, around: [] }, mention);
  return { mentioned, columns, sources };
}

type Read = Pick<Named, 'name' | 'words'>;

function inExpressions({ expressions }: Reading, owner: Pick<ReturnType<typeof partsOf>, 'expressions'>): Read[] {
  return owner.expressions.flatMap(({ text, names: own = [] }) => {
    const prepared = expressions.get(text);
    const names = (prepared?.names ?? []).filter((name) => !own.includes(name));
    return names.map((name) => ({ name, words: wordsOf(prepared) }));
  });
}

function inPeople(step: Step): Read[] {
  return partsOf(step).people.flatMap(({ people }) => {
    return fieldsOfPeople(people).map(readOf);
  });
}

function readOf(field: string): Read {
  const [name = '', ...words] = field.split('.');
  return { name, words };
}

/** Whatever may be a column: names after a dot, and names by themselves, which inside a filter are columns too. */
export function wordsOf(prepared: Prepared | undefined): string[] {
  return prepared ? [...prepared.words, ...prepared.names] : [];
}

interface Named {
  name: string;
  around: readonly ForEach[];
  words: readonly string[];
}
type Mention = (fields: readonly string[], words: readonly string[]) => void;

function mentionName(reading: Reading, { name, around, words }: Named, mention: Mention): void {
  const item = around.find(({ as }) => as === name);
  if (item) mention(fieldsOf(reading, outside(around, item), reading.expressions.get(item.list)), words);
  else mentionField(reading, { name, around, words }, mention);
}

function outside(around: readonly ForEach[], item: ForEach): readonly ForEach[] {
  return around.slice(0, around.indexOf(item));
}

/** `above`: formulas on the way here; one that reads itself mentions nothing. */
function mentionField(
  reading: Reading,
  { name, around, words }: Named,
  mention: Mention,
  above: readonly string[] = [],
): void {
  if (BUILT_IN_NAMES.includes(name) || (name === INDEX && around.length > 0) || above.includes(name)) return;
  const formula = reading.formulas.get(name);
  if (!formula) mention([name], words);
  else
    for (const input of formula.names)
      mentionField(reading, { name: input, around: [], words: wordsOf(formula) }, mention, [...above, name]);
}

/** The fields behind an expression. */
function fieldsOf(reading: Reading, around: readonly ForEach[], prepared: Prepared | undefined): string[] {
  const fields = new Set<string>();
  for (const name of prepared?.names ?? [])
    mentionName(reading, { name, around, words: [] }, (found) => {
      for (const field of found) fields.add(field);
    });
  return [...fields];
}

/** What the engine keeps of a field's value: of rows their ids and the mentioned columns. */
export function heldOf({ columns }: Pick<Mentions, 'columns'>, field: string, value: Json): Json {
  if (!Array.isArray(value)) return value;
  const kept = columns.get(field);
  return value.map((row) => {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) return row;
    return Object.fromEntries(Object.entries(row).filter(([name]) => name === 'id' || kept?.has(name)));
  });
}
