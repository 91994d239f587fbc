// Which deadline group a row belongs to, on the community's calendar.
import type { TaskItem } from '#lib/api/types.gen.ts';
import { m } from '#lib/paraglide/messages.js';
import { daysBetween, toMs } from '#lib/time/format.ts';

export type DueGroup = 'overdue' | 'today' | 'tomorrow' | 'later' | 'none';

export function dueGroup(row: Pick<TaskItem, 'dueAt'>, nowMs: number): DueGroup {
  if (row.dueAt === null) return 'none';
  if (toMs(row.dueAt) < nowMs) return 'overdue';
  const days = daysBetween(nowMs, row.dueAt);
  if (days <= 0) return 'today';
  return days === 1 ? 'tomorrow' : 'later';
}

export const dueGroupTitles: Record<DueGroup, () => string> = {
  overdue: m.group_overdue,
  today: m.group_today,
  tomorrow: m.group_tomorrow,
  later: m.group_later,
  none: m.group_no_due,
};
