/**
 * 挂起 and 恢复: while a case is suspended nobody acts on it and its clocks stand. Activities in flight are let finish; what they would go on
 * with waits, and so do people that were looked up. When it is resumed all its times move by the time it stood.
 */
import type { Run } from './run.ts';
import type { Suspended, Timer } from './state.ts';
import { tellChange } from './tasks.ts';
import { must } from './unreachable.ts';

export function suspendCase(run: Run): void {
  const { state, now } = run;
  state.suspended = { since: now, timers: state.timers, agenda: [], answers: [] };
  state.timers = [];
  for (const task of state.tasks) tellChange(run, task);
}

/** Gives the answers that came meanwhile: whoever calls takes them now. */
export function resumeCase(run: Run): Suspended['answers'] {
  const { since, timers, agenda, answers } = must(run.state.suspended, 'suspended case');
  run.state.suspended = null;
  moveClocks(run, timers, Math.max(0, run.now - since));
  run.agenda.push(...agenda);
  for (const task of run.state.tasks) tellChange(run, task);
  return answers;
}

/** A task that is paused counts from its pause on, so that of it only the end of the pause moves here. */
function moveClocks({ state }: Run, timers: readonly Timer[], stoodMs: number): void {
  state.timers = timers.map((timer) => ({ ...timer, at: timer.at + stoodMs }));
  for (const task of state.tasks) {
    if (task.paused) task.paused.until += stoodMs;
    else if (task.dueAt !== null) task.dueAt += stoodMs;
  }
}

/** A case that is cancelled stands no longer: what is being undone goes on. */
export function letGo(run: Run): void {
  if (run.state.suspended) run.agenda.push(...run.state.suspended.agenda);
  run.state.suspended = null;
}
