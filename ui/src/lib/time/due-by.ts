// Which time a task is counted in, in words, and whose its time was.
import type { TaskDueBy, TaskTime } from '#lib/api/types.gen.ts';
import { localText } from '#lib/i18n/locale.ts';
import { m } from '#lib/paraglide/messages.js';
import { dateTime } from './format.ts';

/** By which calendar a due time was reckoned; nothing for the clock on the wall. */
export function dueByText(by: TaskDueBy | null): string {
  return by === null ? '' : m.due_by({ calendar: localText(by.title) });
}

/** What is to be known of it besides: that it moved, that a year was not known. */
export function dueByNotes(by: TaskDueBy | null, nowMs: number): string[] {
  if (by === null) return [];
  const moved = by.before === null ? [] : [m.due_by_moved({ at: dateTime(by.before, nowMs) })];
  return by.isGuess ? [...moved, m.due_by_guess()] : moved;
}

export const parties: Record<TaskTime['party'], () => string> = {
  holder: m.party_holder,
  pool: m.party_pool,
  suspended: m.party_suspended,
  initiator: m.party_initiator,
  owner: m.party_owner,
  supplier: m.party_supplier,
  authority: m.party_authority,
  other: m.party_other,
};

/** “办理 3 小时 · 供应商 2 天”: the longest first, what took less than a minute left out. */
export function timeText(time: readonly TaskTime[]): string {
  return time
    .filter(({ minutes }) => minutes > 0)
    .map(({ party, minutes }) => `${parties[party]()} ${lengthText(minutes)}`)
    .join(' · ');
}

const HOUR = 60;
const DAY = 24 * HOUR;

function lengthText(minutes: number): string {
  if (minutes < HOUR) return m.length_minutes({ n: minutes });
  if (minutes < 2 * DAY) return m.length_hours({ n: Math.round(minutes / HOUR) });
  return m.length_days({ n: Math.round(minutes / DAY) });
}
