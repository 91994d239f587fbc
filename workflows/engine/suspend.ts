/**
 * 挂起 and 恢复: while a case is suspended nobody acts on it and its clocks stand. Activities in flight are let finish; what they would go on
 * with waits, and so do people that were looked up.
 */
import { letAllClocksGoOn, stopAllClocks } from './clocks.ts';
import type { Run } from './run.ts';
import type { Suspended } from './state.ts';
import { must } from './unreachable.ts';

export function suspendCase(run: Run): void {
  run.state.suspended = { agenda: [], answers: [] };
  stopAllClocks(run);
}

/** Gives the answers that came meanwhile: whoever calls takes them now. */
export function resumeCase(run: Run): Suspended['answers'] {
  const { agenda, answers } = must(run.state.suspended, 'suspended case');
  run.state.suspended = null;
  letAllClocksGoOn(run);
  run.agenda.push(...agenda);
  return answers;
}

/** A case that is cancelled stands no longer: what is being undone goes on. */
export function letGo(run: Run): void {
  if (run.state.suspended) resumeCase(run);
}
