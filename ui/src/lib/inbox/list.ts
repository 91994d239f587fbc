// Pure parts of the task list: what a fresh reading does to the rows on screen, and how rows fall into groups.
import type { TaskItem } from '#lib/api/types.gen.ts';
import { dateTime } from '#lib/time/format.ts';
import { newIds } from '#lib/upsert.ts';

export interface Reading {
  rows: TaskItem[];
  /** New rows: kept back until asked for, so that nothing moves under the hand. */
  waiting: number;
}

/**
 * Rows on screen after reading the same stretch of the list again. Known rows are updated in place, vanished ones go, except
 * `keepId`, the one that is open. Rows past the end of a partial reading stay as they are.
 */
export function settle(
  shown: readonly TaskItem[],
  fresh: readonly TaskItem[],
  whole: boolean,
  keepId?: string,
): Reading {
  if (shown.length === 0) return { rows: [...fresh], waiting: 0 };
  const byId = new Map(fresh.map((row) => [row.id, row]));
  const lastKnown = shown.findLastIndex((row) => byId.has(row.id));
  const rows = shown.flatMap((row, at) => {
    const update = byId.get(row.id);
    if (update) return [update];
    const beyond = !whole && at > lastKnown;
    return beyond || row.id === keepId ? [row] : [];
  });
  return { rows, waiting: newIds(shown, fresh).length };
}

export type GroupBy = 'none' | 'due' | 'flow' | 'community';

export interface Group {
  key: string;
  rows: TaskItem[];
}

/** Groups in the order their first row comes; within a group the list's own order stays. */
export function groupRows(rows: readonly TaskItem[], keyOf: (row: TaskItem) => string): Group[] {
  const groups = new Map<string, TaskItem[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return [...groups].map(([key, members]) => ({ key, rows: members }));
}

/** The row `by` steps from the one with this id; the first (or last) when there is none such. */
export function neighbour(rows: readonly TaskItem[], id: string | undefined, by: 1 | -1): TaskItem | undefined {
  const at = rows.findIndex((row) => row.id === id);
  if (at < 0) return by === 1 ? rows[0] : rows.at(-1);
  return rows[at + by];
}

const INSTANT = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

/** At most three values of the summary its flow chose, without what the case's title or a mark says already. */
export function summaryOf({ summary, caseTitle }: Pick<TaskItem, 'summary' | 'caseTitle'>): string[] {
  return summary
    .filter((field) => field.tone === null)
    .map((field) => (INSTANT.test(field.value) ? dateTime(field.value) : field.value))
    .filter((value) => value !== '' && !caseTitle.includes(value))
    .slice(0, 3);
}
