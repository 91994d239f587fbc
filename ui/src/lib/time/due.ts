// What the due chip of a task says. Grey when there is time, blue today, amber when less than a fifth of the budget is left,
// red when late, striped when the clock is paused; the words say the same, so colour is never alone (ux.md 1.3).
import { m } from '#lib/paraglide/messages.js';
import type { Tone } from '#lib/parts/badge.ts';
import { dateTime, daysBetween, shortDate, span, timeOf, toMs } from './format.ts';

export interface DueInput {
  dueAt: string | null;
  /** When the budget began: the share left is measured from it. */
  openedAt: string;
  paused?: boolean;
}

export interface DueChip {
  text: string;
  tone: Tone;
  striped: boolean;
  /** The full date and time, for the tooltip. */
  title: string;
}

const NEAR_SHARE = 0.2;
const NEAR_MS = 24 * 3_600_000;

/** undefined: the task has no deadline and shows no chip. */
export function dueChip(task: DueInput, nowMs: number): DueChip | undefined {
  if (task.dueAt === null) return undefined;
  const title = m.due_full({ at: dateTime(task.dueAt, nowMs) });
  if (task.paused === true) return { text: m.due_paused(), tone: 'neutral', striped: true, title };
  return { ...running(task.dueAt, task.openedAt, nowMs), striped: false, title };
}

function running(dueAt: string, openedAt: string, nowMs: number): { text: string; tone: Tone } {
  const left = toMs(dueAt) - nowMs;
  if (left < 0) return { text: m.due_overdue({ span: span(left) }), tone: 'danger' };
  const budget = toMs(dueAt) - toMs(openedAt);
  if (left < budget * NEAR_SHARE && left < NEAR_MS) return { text: m.due_left({ span: span(left) }), tone: 'warn' };
  const days = daysBetween(nowMs, dueAt);
  if (days === 0) return { text: m.due_today({ time: timeOf(dueAt) }), tone: 'info' };
  if (days === 1) return { text: m.due_tomorrow({ time: timeOf(dueAt) }), tone: 'neutral' };
  return { text: shortDate(dueAt, nowMs), tone: 'neutral' };
}
