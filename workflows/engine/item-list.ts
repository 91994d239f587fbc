/** Reads the list of a forEach, once when it opens, and again only to open one of its items anew after it was over. */
import { listOf, type Failure } from './conditions.ts';
import type { ForEach } from './flow.gen.ts';
import { isRow, keysOf, sourcesOf } from './items.ts';
import type { Run } from './run.ts';
import type { Each, Frame } from './state.ts';

/** Their keys and, while they wait, nothing else is held of items: some megabytes at most. */
const MOST_ITEMS = 20_000;

type Read = { ok: true; each: Each } | Failure;

export function readItems(run: Run, frame: Frame, step: ForEach): Read {
  const list = listOf(run, frame, step.list);
  if (!list.ok) return list;
  const { value: items } = list;
  if (items.length > MOST_ITEMS)
    return { ok: false, code: 'too_many_items', detail: { items: items.length, most: MOST_ITEMS } };
  const keys = keysOf(items);
  const { vars } = run.state;
  const rows = new Set(
    sourcesOf(run.compiled, step)
      .flatMap((field) => vars[field] ?? [])
      .flatMap((row) => (isRow(row) ? [row.id] : [])),
  );
  const values = items.every((item) => isRow(item) && rows.has(item.id)) ? null : items;
  const counts = { next: 0, total: keys.length, done: 0, results: {}, gone: [], kept: [] };
  return { ok: true, each: { keys, values, ...counts } };
}

/** One item of a forEach that was over is at work again: the others count as done (rule 21). */
export function reopenedItems(run: Run, frame: Frame, step: ForEach, key: string): Each {
  const read = readItems(run, frame, step);
  const none: Each = { keys: [], values: null, next: 0, total: 0, done: 0, results: {}, gone: [], kept: [] };
  const each = read.ok ? read.each : none;
  const keys = each.keys.includes(key) ? each.keys : [...each.keys, key];
  return { ...each, keys, next: keys.length, total: keys.length, done: keys.length - 1 };
}
