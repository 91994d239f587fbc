/**
 * The items of forEach steps: their keys, and what expressions inside see of them. A row of a sub-table is told by its id and looked up
 * where the fields are, so that what changes in it is seen; any other item is kept as it was when the list was read.
 */
import { isHandlerKey } from './catching.ts';
import { stepInfo, type Compiled } from './compile.ts';
import type { ForEach, Step } from './flow.gen.ts';
import { framesUnder, type BranchKey, type Each, type Frame, type State } from './state.ts';
import { repeats } from './tree.ts';
import type { Json, Place, StepId } from './types.ts';
import { must } from './unreachable.ts';

/** What a name stands for that is no field. `of`: the sub-table whose columns' types it has. */
interface Local {
  value: Json;
  of: string | null;
}
export type Locals = Record<string, Local>;

type Row = Record<string, Json> & { id: string };

export function isRow(value: Json | undefined): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && typeof value.id === 'string';
}

// ------------------------------------------------------------------------------------------------ keys

/** Joins rounds and items to a path. */
const JOINT = '/';
const OWN_KEY = /^[^/#@]{1,64}$/;

/** One for each, none twice: the id of a row, or the value itself where it is short and plain; else its place in the list. */
export function keysOf(items: readonly Json[]): string[] {
  const seen = new Set<string>();
  return items.map((item, index) => {
    const own = keyOf(item);
    const key = own === null || seen.has(own) ? `#${String(index + 1)}` : own;
    seen.add(key);
    return key;
  });
}

function keyOf(item: Json): string | null {
  const text = isRow(item) ? item.id : item;
  if (typeof text !== 'string' && typeof text !== 'number') return null;
  return OWN_KEY.test(String(text)) ? String(text) : null;
}

export function joinItem(outer: string | null, key: string): string {
  return outer === null ? key : `${outer}${JOINT}${key}`;
}

/** The innermost round or item of a path. */
export function lastKey(item: string | null): string {
  return must(item?.split(JOINT).at(-1), 'key of item');
}

/** Whether something happened in the rounds and items that `outer` names; outside of all everything did. */
export function isWithin(item: string | null, outer: string | null): boolean {
  return outer === null || item === outer || item?.startsWith(outer + JOINT) === true;
}

// ------------------------------------------------------------------------------------------------ places

/** What is done several times around a place: by a step that repeats, or each time a handler on it (null: on the flow) happens. */
interface Round {
  owner: Step | null;
  handler: BranchKey | null;
  /** The round or item of it that the place is in. */
  key: string | undefined;
}

/** Outermost first. */
export function roundsAround(compiled: Compiled, { step, item }: Place): Round[] {
  const keys = item === null ? [] : item.split(JOINT);
  const rounds = stepInfo(compiled, step).path.flatMap(({ owner: id, branch }): Omit<Round, 'key'>[] => {
    const owner = id === null ? null : stepInfo(compiled, id).step;
    if (isHandlerKey(branch)) return [{ owner, handler: branch }];
    return owner && repeats(owner) ? [{ owner, handler: null }] : [];
  });
  return rounds.map((round, depth) => ({ ...round, key: keys[depth] }));
}

/** Of the rounds and items that somebody at `item` is in those that also hold a step around them. */
export function roundsOf(compiled: Compiled, step: StepId, item: string | null): string | null {
  const depth = roundsAround(compiled, { step, item }).length;
  return depth === 0 || item === null ? null : item.split(JOINT).slice(0, depth).join(JOINT);
}

/** The first round or item around one in whose stead the other is in another; undefined: they share all. */
export function partAt(compiled: Compiled, one: Place, other: Place): Round | undefined {
  const theirs = roundsAround(compiled, other);
  return roundsAround(compiled, one).find(({ owner, handler, key }, depth) => {
    const their = theirs[depth];
    const isSame = their?.owner === owner && their.handler === handler;
    return isSame && their.key !== undefined && key !== undefined && their.key !== key;
  });
}

export function isOfItems(round: Round): round is Round & { owner: ForEach } {
  return round.handler === null && round.owner?.kind === 'forEach';
}

/** The item that a place is in, down to its innermost forEach; null outside of all. Rounds within it are left out. */
export function itemOf(compiled: Compiled, place: Place): string | null {
  const depth = roundsAround(compiled, place).findLastIndex(isOfItems);
  return depth < 0 || place.item === null
    ? null
    : place.item
        .split(JOINT)
        .slice(0, depth + 1)
        .join(JOINT);
}

/** Names what is kept for a step, and in a forEach for each item of its own. */
export function placeKey(compiled: Compiled, place: Place): string {
  const item = itemOf(compiled, place);
  return item === null ? place.step : `${place.step}@${item}`;
}

export function placeOfKey(key: string): Place {
  const [step = '', item = null] = key.split('@');
  return { step, item };
}

// ------------------------------------------------------------------------------------------------ values

/** What the names of items, and `index`, stand for at a place; of those asked for. */
export function itemLocals(compiled: Compiled, state: State, place: Place, names: readonly string[]): Locals {
  const locals: Locals = {};
  let outer: string | null = null;
  for (const round of roundsAround(compiled, place)) {
    const { key } = round;
    if (key === undefined) break;
    if (isOfItems(round)) {
      const { owner } = round;
      const find = (): Each | null => eachOf(state, { step: owner.id, item: outer });
      if (names.includes(owner.as)) locals[owner.as] = itemValue(compiled, state, owner, { key, find });
      if (names.includes('index')) locals.index = { value: (find()?.keys.indexOf(key) ?? -1) + 1 || null, of: null };
    }
    outer = joinItem(outer, key);
  }
  return locals;
}

function eachOf({ root }: State, { step, item }: Place): Each | null {
  for (const frame of root ? framesUnder(root) : [])
    if (frame.step === step && frame.branch === null && frame.item === item) return frame.each;
  return null;
}

interface Item {
  key: string;
  find: () => Each | null;
}

function itemValue(compiled: Compiled, { vars }: State, step: ForEach, { key, find }: Item): Local {
  for (const field of sourcesOf(compiled, step)) {
    const rows = vars[field];
    const row = Array.isArray(rows) ? rows.find((each) => isRow(each) && each.id === key) : undefined;
    if (row !== undefined) return { value: row, of: field };
  }
  const each = find();
  const value = each?.values?.[each.keys.indexOf(key)];
  // The list is closed, and somebody was sent back to one of its items: a plain value is its own key.
  const own = each === null && !key.startsWith('#') ? key : null;
  return { value: value ?? own, of: null };
}

/** The fields that the list of a forEach comes from. */
export function sourcesOf(compiled: Compiled, { id }: ForEach): readonly string[] {
  return compiled.sources.get(id) ?? [];
}

/** By their names, the items around a place that the record does not have. */
export function plainItems(compiled: Compiled, state: State, place: Place): Record<string, Json> {
  const names = roundsAround(compiled, place).flatMap((round) => (isOfItems(round) ? [round.owner.as] : []));
  const locals = Object.entries(itemLocals(compiled, state, place, names));
  return Object.fromEntries(locals.filter(([, { of }]) => of === null).map(([name, { value }]) => [name, value]));
}

// ------------------------------------------------------------------------------------------------ rows that are gone

/** Keys of a running forEach, begun and not done or still to come, whose rows are no longer in their field. */
export function keysGone(compiled: Compiled, { vars }: State, step: ForEach, frame: Frame): string[] {
  const each = must(frame.each, 'items of forEach');
  const isField = compiled.mentioned.has(step.list);
  // Of a list that was reckoned nobody can tell what is gone from it, unless its items are rows.
  if (each.values !== null && !isField) return [];
  const lists = sourcesOf(compiled, step).map((field) => vars[field] ?? []);
  const here = new Set(lists.flatMap((list) => keysOf([list].flat())));
  const waiting = [...frame.children.map(({ item }) => lastKey(item)), ...each.keys.slice(each.next)];
  return waiting.filter((key) => !here.has(key) && !each.gone.includes(key));
}
