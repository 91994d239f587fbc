/** What a completed human step leaves behind: its outcome on the trail, who did it, and how often. */
import { stepInfo } from './compile.ts';
import type { Run } from './run.ts';
import { timesOf, type Frame, type TrailEntry } from './state.ts';
import type { PersonId, StepId } from './types.ts';
import { must } from './unreachable.ts';

/** Puts a step's outcome on the trail; a detour's target keeps its place there. */
export function recordOutcome(run: Run, frame: Frame, outcome: string, skipped = false): void {
  const { trail } = run.state;
  const entry: TrailEntry = { step: must(frame.step, 'step of frame'), item: frame.item, outcome, skipped };
  const at = trail.findIndex(({ step, item }) => step === entry.step && item === entry.item);
  if (at >= 0) trail[at] = entry;
  else trail.push(entry);
}

/** Remembers who completed a step; a due action is nobody and changes nothing. */
export function recordHandler(run: Run, step: StepId, by: PersonId | null): void {
  if (by === null) return;
  run.state.handlers[step] = by;
  run.state.previous = by;
}

/** Counts that a person or a due action decided a step, also when the decision sends the case back. */
export function countDecision({ state }: Run, step: StepId): void {
  state.times[step] = (timesOf(state, [step])[step] ?? 0) + 1;
}

/** Forgets a step and what came after it in the document: it is to be done again. */
export function cutTrail(run: Run, target: StepId): void {
  const { order } = stepInfo(run.compiled, target);
  run.state.trail = run.state.trail.filter(({ step }) => stepInfo(run.compiled, step).order < order);
}
