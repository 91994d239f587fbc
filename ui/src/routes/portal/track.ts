// The way of a case as its owner follows it: the steps people do, not the machinery between them.
import type { PositionStep } from '#lib/api/types.gen.ts';

const HUMAN: readonly string[] = ['userTask', 'approval'];

/** Steps to show, in order: what happened, and what certainly will. Branches nobody took are not this owner's way. */
export function trackOf(position: readonly PositionStep[]): PositionStep[] {
  return position.filter((step) => HUMAN.includes(step.kind) && step.state !== 'skipped' && step.certain);
}

/** 0…1: finished steps, the current one counting half. 0 when nothing is known. */
export function progressOf(position: readonly PositionStep[]): number {
  const track = trackOf(position);
  if (track.length === 0) return 0;
  const done = track.filter((step) => step.state === 'done').length;
  const current = track.some((step) => step.state === 'current') ? 0.5 : 0;
  return Math.min(1, (done + current) / track.length);
}

/** The greeting for an hour of the community's day. */
export function partOfDay(hour: number): 'night' | 'morning' | 'noon' | 'afternoon' | 'evening' {
  if (hour < 5) return 'night';
  if (hour < 11) return 'morning';
  if (hour < 13) return 'noon';
  return hour < 18 ? 'afternoon' : 'evening';
}
