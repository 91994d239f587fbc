// Pure: until when a task may stand still, the moments offered, and what a pause is told as. Wall times are the community's.
import type { CaseDetail, TimelineEntry } from '#lib/api/types.gen.ts';
import { addDays } from '#lib/form/model/calendar.ts';
import { toInstant, toWall } from '#lib/form/model/zone.ts';
import { m } from '#lib/paraglide/messages.js';
import { dateTime } from '#lib/time/format.ts';
import { durationMs } from '../../../../workflows/engine/duration.ts';

export interface Preset {
  key: string;
  label: string;
  /** ISO instant. */
  until: string;
}

const EVENING = '18:00';
const MORNING = '09:00';
const LATER_DAYS = 3;
/** A pause shorter than this is not worth offering. */
const SHORTEST_MS = 30 * 60_000;

/** The farthest moment a pause may last to; `max` is an ISO duration the flow gives. */
export function latestUntil(nowMs: number, max: string): number {
  return nowMs + durationMs(max);
}

/** This evening, tomorrow morning, in three days: those that are still ahead and not past the latest. */
export function presets(nowMs: number, zone: string, max: string): Preset[] {
  const today = toWall(new Date(nowMs).toISOString(), zone).slice(0, 10);
  const at = (days: number, time: string): string => toInstant(`${addDays(today, days)}T${time}`, zone) ?? '';
  const all = [
    { key: 'today', label: m.pause_today({ time: EVENING }), until: at(0, EVENING) },
    { key: 'tomorrow', label: m.pause_tomorrow({ time: MORNING }), until: at(1, MORNING) },
    { key: 'later', label: m.pause_days({ n: LATER_DAYS }), until: at(LATER_DAYS, MORNING) },
  ];
  const latest = latestUntil(nowMs, max);
  return all.filter(({ until }) => Date.parse(until) >= nowMs + SHORTEST_MS && Date.parse(until) <= latest);
}

/** What is wrong with a moment of one's own; '' when it may be. */
export function untilFault(until: string | null, nowMs: number, max: string): string {
  const ms = Date.parse(until ?? '');
  if (Number.isNaN(ms) || ms <= nowMs) return m.pause_past();
  const latest = latestUntil(nowMs, max);
  return ms > latest ? m.pause_too_far({ at: dateTime(latest, nowMs) }) : '';
}

export interface Standstill {
  until: string;
  reason: string | null;
}

/** “等待配件，预计 11月26日 09:00 继续” */
export function pauseText({ until, reason }: Standstill, nowMs: number): string {
  const at = dateTime(until, nowMs);
  return reason ? m.pause_told({ reason, at }) : m.pause_told_plain({ at });
}

/** The pause that stands at a step by the log, for readers who do not see the task itself (the owner). */
export function pauseAt(timeline: readonly TimelineEntry[], step: string): Standstill | undefined {
  const last = timeline.findLast((entry) => entry.step?.id === step && entry.type !== 'people_resolved');
  const until = last?.data.until;
  if (last?.type !== 'task_paused' || typeof until !== 'string') return undefined;
  return { until, reason: last.comment };
}

/** The pause of any step where the case is now. */
export function pauseNow({ position, timeline }: Pick<CaseDetail, 'position' | 'timeline'>): Standstill | undefined {
  const current = position.filter(({ state }) => state === 'current');
  return current.map(({ step }) => pauseAt(timeline, step)).find((pause) => pause !== undefined);
}
