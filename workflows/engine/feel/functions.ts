/**
 * Builtins of ours, by their FEEL names: those that feelin has not, or has otherwise than DMN 1.5 (10.3.4) says. An argument that is null,
 * which is a field not filled in yet, gives null; one of a wrong type gives undefined, which is a failure and no silent null.
 */
import { FeelDate, FeelDateTime, FeelDuration } from 'feelin';
import { isContext, type Builtin, type Within } from './builtin.ts';
import { lastDayOfMonth, monthsBetween } from './dates.ts';
import { keyOf, orderOf } from './keys.ts';
import { NUMBERS } from './numbers.ts';
import { RANGES } from './ranges.ts';
import { compileRegex } from './regex.ts';

type Of<T> = (value: unknown) => value is T;

const isText: Of<string> = (value) => typeof value === 'string';
const isNumber: Of<number> = (value) => typeof value === 'number';
const isWhole: Of<number> = (value): value is number => Number.isSafeInteger(value);
const isDay: Of<FeelDate | FeelDateTime> = (value) => value instanceof FeelDate || value instanceof FeelDateTime;
/** FEEL takes one value for a list of it. */
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);
/** `sum(1, 2)` and `sum([1, 2])`. */
const spread = (args: unknown[]): unknown[] => (args.length === 1 ? listOf(args[0]) : args);

const TEXTS: Record<string, Builtin> = {
  number: { takes: [1, 3], nulls: true, give: ([from, group = null, point = null]) => numberOf(from, group, point) },
  substring: {
    takes: [2, 3],
    give: ([text, start, length]) => {
      if (!isText(text) || !isWhole(start) || (length !== undefined && !isWhole(length))) return undefined;
      return start === 0 ? null : sliceOf(Array.from(text), start, length).join('');
    },
  },
  matches: {
    takes: [2, 3],
    give: ([text, pattern, flags = ''], { spend }) => {
      if (!isText(text) || !isText(pattern) || !isText(flags)) return undefined;
      const found = compileRegex(pattern, flags)?.exec(Array.from(text), 0, spend);
      return found === undefined ? undefined : found !== null;
    },
  },
  replace: {
    takes: [3, 4],
    give: ([text, pattern, by, flags = ''], within) => {
      if (!isText(text) || !isText(pattern) || !isText(by) || !isText(flags)) return undefined;
      const pieces = cut(text, { pattern, flags, within });
      // With flag q the replacement is plain text too.
      const parts = flags.includes('q') ? [by] : replacementOf(by);
      if (!pieces || !parts) return undefined;
      const fill = (groups: string[]): string => {
        const filled = parts.map((part) => (isNumber(part) ? (groups[part] ?? '') : part)).join('');
        within.spend(filled.length);
        return filled;
      };
      return pieces.map(({ before, groups }) => before + (groups ? fill(groups) : '')).join('');
    },
  },
  split: {
    takes: [2, 2],
    give: ([text, delimiter], within) => {
      if (!isText(text) || !isText(delimiter)) return undefined;
      return cut(text, { pattern: delimiter, flags: '', within })?.map(({ before }) => before);
    },
  },
};

const GROUPING: readonly unknown[] = [null, ' ', ',', '.'];
const POINTS: readonly unknown[] = [null, '.', ','];

function numberOf(from: unknown, group: unknown, point: unknown): unknown {
  if (from === null) return null;
  if (!isText(from) || !GROUPING.includes(group) || !POINTS.includes(point)) return undefined;
  if (group !== null && group === point) return undefined;
  const digits = isText(group) ? from.replaceAll(group, '') : from;
  const plain = isText(point) ? digits.replace(point, '.') : digits;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) ? Number(plain) : undefined;
}

/** From a position counted from 1, or from the end when it is negative. */
function sliceOf<T>(list: readonly T[], start: number, length: number | undefined): T[] {
  const from = start < 0 ? Math.max(0, list.length + start) : start - 1;
  return list.slice(from, length === undefined ? undefined : from + Math.max(0, length));
}

interface Cutting {
  pattern: string;
  flags: string;
  within: Within;
}
interface Piece {
  before: string;
  /** What matched and its groups; null after the last match. */
  groups: string[] | null;
}

/** A text at every match. Undefined for a pattern that cannot be read or that matches nothing at all (F&O 5.6.4, FORX0003). */
function cut(text: string, { pattern, flags, within: { spend } }: Cutting): Piece[] | undefined {
  const regex = compileRegex(pattern, flags);
  if (!regex || regex.exec([], 0, spend)) return undefined;
  const chars = Array.from(text);
  const pieces: Piece[] = [];
  let at = 0;
  for (let found = regex.exec(chars, 0, spend); found; found = regex.exec(chars, at, spend)) {
    const [start = 0, end = 0] = found;
    // An assertion can match nothing in the midst of a text, though not in an empty one.
    if (end === start) return undefined;
    const groups: string[] = [];
    for (let index = 0; index < found.length; index += 2)
      groups.push(chars.slice(found[index] ?? 0, found[index + 1] ?? 0).join(''));
    pieces.push({ before: chars.slice(at, start).join(''), groups });
    at = end;
  }
  return [...pieces, { before: chars.slice(at).join(''), groups: null }];
}

/** `$1` is a group, `\$` a dollar (F&O 5.6.4); undefined for anything else after `$` or `\`. */
function replacementOf(text: string): (string | number)[] | undefined {
  if (!/^(?:[^\\$]|\\[\\$]|\$\d)*$/s.test(text)) return undefined;
  const parts = text.match(/\\.|\$\d|[^\\$]+/gs) ?? [];
  return parts.map((part) => (part.startsWith('$') ? Number(part[1]) : part.startsWith('\\') ? part.slice(1) : part));
}

const LISTS: Record<string, Builtin> = {
  'list contains': {
    takes: [2, 2],
    nulls: true,
    give: ([list, item], within) => (list === null ? null : keysOf(listOf(list), within).includes(keyOf(item, within))),
  },
  'index of': {
    takes: [2, 2],
    nulls: true,
    give: ([list, item], within) => {
      const wanted = keyOf(item, within);
      return list === null ? null : keysOf(listOf(list), within).flatMap((key, at) => (key === wanted ? [at + 1] : []));
    },
  },
  'distinct values': { takes: [1, 1], give: ([list], within) => distinct(listOf(list), within) },
  union: { takes: [1, 100], give: (lists, within) => distinct(lists.flatMap(listOf), within) },
  'list replace': {
    takes: [3, 3],
    nulls: true,
    give: ([list, position, item]) =>
      list === null ? null : placed(listOf(list), position, (items, at) => items.with(at, item)),
  },
  'insert before': {
    takes: [3, 3],
    nulls: true,
    give: ([list, position, item]) =>
      list === null ? null : placed(listOf(list), position, (items, at) => items.toSpliced(at, 0, item)),
  },
  remove: {
    takes: [2, 2],
    give: ([list, position]) => placed(listOf(list), position, (items, at) => items.toSpliced(at, 1)),
  },
  sublist: {
    takes: [2, 3],
    give: ([list, start, length]) => {
      if (!isWhole(start) || (length !== undefined && !isWhole(length))) return undefined;
      return placed(listOf(list), start, (items) => sliceOf(items, start, length));
    },
  },
  min: { takes: [1, 1000], give: (args, within) => extreme(spread(args), -1, within) },
  max: { takes: [1, 1000], give: (args, within) => extreme(spread(args), 1, within) },
};

const keysOf = (list: unknown[], within: Within): string[] => list.map((item) => keyOf(item, within));

function distinct(list: unknown[], within: Within): unknown[] {
  const first = new Map<string, unknown>();
  keysOf(list, within).forEach((key, at) => first.has(key) || first.set(key, list[at]));
  return [...first.values()];
}

/** Does something at a position counted from 1, or from the end; null where there is none. */
function placed(list: unknown[], position: unknown, act: (list: unknown[], at: number) => unknown[]): unknown {
  if (position === null) return null;
  if (!isWhole(position)) return undefined;
  const at = position < 0 ? list.length + position : position - 1;
  return position === 0 || at < 0 || at >= list.length ? null : act(list, at);
}

/** Smallest or largest of numbers, texts, dates or durations, all of one kind. */
function extreme(list: unknown[], sign: number, { zone }: Within): unknown {
  if (list.length === 0 || list.includes(null)) return null;
  const [first, ...rest] = list;
  return rest.reduce(
    (best, item) => {
      const order = best === undefined ? null : orderOf(item, best, zone);
      if (order === null) return undefined;
      return order * sign > 0 ? item : best;
    },
    orderOf(first, first, zone) === null ? undefined : first,
  );
}

const CONTEXTS: Record<string, Builtin> = {
  'get value': {
    takes: [2, 2],
    give: ([context, key]) => {
      if (!isContext(context) || !isText(key)) return undefined;
      return Object.hasOwn(context, key) ? context[key] : null;
    },
  },
  'get entries': {
    takes: [1, 1],
    give: ([context]) =>
      isContext(context) ? Object.entries(context).map(([key, value]) => ({ key, value })) : undefined,
  },
  context: {
    takes: [1, 1000],
    give: (args) => {
      const entries = spread(args);
      if (!entries.every((entry) => isContext(entry) && isKey(entry.key) && 'value' in entry)) return undefined;
      const pairs = (entries as { key: string; value: unknown }[]).map(({ key, value }) => [key, value] as const);
      return new Set(pairs.map(([key]) => key)).size === pairs.length ? Object.fromEntries(pairs) : undefined;
    },
  },
  'context put': {
    takes: [3, 3],
    nulls: true,
    give: ([context, path, value]) => (context === null ? null : put(context, listOf(path), value)),
  },
  'context merge': {
    takes: [1, 1000],
    give: (args) => {
      const contexts = spread(args);
      return contexts.every(isContext) ? Object.fromEntries(contexts.flatMap(Object.entries)) : undefined;
    },
  },
};

/** Names of ours begin with `__`, and so does the host's `__proto__`. */
const isKey: Of<string> = (key): key is string => isText(key) && !key.startsWith('__');

function put(context: unknown, [key, ...rest]: unknown[], value: unknown): Record<string, unknown> | undefined {
  if (!isContext(context) || !isKey(key)) return undefined;
  const inner = rest.length === 0 ? value : put(context[key], rest, value);
  return inner === undefined ? undefined : { ...context, [key]: inner };
}

const DATES: Record<string, Builtin> = {
  'years and months duration': {
    takes: [2, 2],
    give: ([from, to]) => (isDay(from) && isDay(to) ? monthsBetween(from, to) : undefined),
  },
  // Not of the standard, though Camunda has them too.
  'last day of month': { takes: [1, 1], give: ([day]) => (isDay(day) ? lastDayOfMonth(day) : undefined) },
  'is defined': { takes: [1, 1], nulls: true, give: ([value]) => value !== null },
  abs: {
    takes: [1, 1],
    give: ([value]) => {
      if (value instanceof FeelDuration) return new FeelDuration(value.unwrap().abs(), value.yearsMonths);
      return isNumber(value) ? Math.abs(value) : undefined;
    },
  },
};

export const BUILTINS: ReadonlyMap<string, Builtin> = new Map(
  [TEXTS, LISTS, CONTEXTS, DATES, NUMBERS, RANGES].flatMap((table) => Object.entries(table)),
);
