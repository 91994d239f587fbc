// The views of the inbox: names, icons, what an empty one says and where the G keys lead.
import AlarmClock from '@lucide/svelte/icons/alarm-clock';
import CalendarClock from '@lucide/svelte/icons/calendar-clock';
import CircleCheckBig from '@lucide/svelte/icons/circle-check-big';
import Forward from '@lucide/svelte/icons/forward';
import Hand from '@lucide/svelte/icons/hand';
import Inbox from '@lucide/svelte/icons/inbox';
import Send from '@lucide/svelte/icons/send';
import type { Component } from 'svelte';
import type { TaskCounts, TaskView } from '#lib/api/types.gen.ts';
import { m } from '#lib/paraglide/messages.js';

export interface View {
  key: TaskView;
  icon: Component<{ class?: string }>;
  title: () => string;
  count?: keyof TaskCounts;
  /** Its rows stand for cases, not for tasks one could decide. */
  ofCases?: boolean;
  empty: () => { title: string; text?: string };
}

export const views: View[] = [
  {
    key: 'mine',
    icon: Inbox,
    title: m.view_mine,
    count: 'mine',
    empty: () => ({ title: m.empty_mine(), text: m.empty_mine_text() }),
  },
  {
    key: 'pool',
    icon: Hand,
    title: m.view_pool,
    count: 'pool',
    empty: () => ({ title: m.empty_pool(), text: m.empty_pool_text() }),
  },
  { key: 'today', icon: CalendarClock, title: m.view_today, count: 'today', empty: () => ({ title: m.empty_today() }) },
  {
    key: 'overdue',
    icon: AlarmClock,
    title: m.view_overdue,
    count: 'overdue',
    empty: () => ({ title: m.empty_overdue(), text: m.empty_overdue_text() }),
  },
  { key: 'done', icon: CircleCheckBig, title: m.view_done, empty: () => ({ title: m.empty_done() }) },
  { key: 'started', icon: Send, title: m.view_started, ofCases: true, empty: () => ({ title: m.empty_started() }) },
  { key: 'cc', icon: Forward, title: m.view_cc, count: 'cc', ofCases: true, empty: () => ({ title: m.empty_cc() }) },
];

const byKey = new Map(views.map((view) => [view.key, view]));
const first = views[0];

/** The view an address names; anything unknown is the first one. */
export function viewOf(key: string | null): View {
  const view = byKey.get(key as TaskView) ?? first;
  if (!view) throw new Error('the inbox has no views');
  return view;
}

/** 99+ above two digits; empty for nothing, so that a zero is not shouted. */
export function countText(count: number | undefined): string {
  if (count === undefined || count === 0) return '';
  return count > 99 ? '99+' : String(count);
}
