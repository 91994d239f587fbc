/**
 * Errors and escalations that nobody in the case catches. Where another case waits for this one they go on to that: an error ends the case, an
 * escalation does not (BPMN's call activity). Else an error waits for a person, and an escalation is only in the log.
 */
import { raise } from './handlers.ts';
import { endCase, type Run } from './run.ts';
import type { Frame } from './state.ts';

/** False: nobody takes the error, here or outside. */
export function raiseError(run: Run, frame: Frame, code: string): boolean {
  if (raise(run, frame, { catch: 'error', code })) return true;
  const { state } = run;
  if (!state.called) return false;
  // A case that is being cancelled ends as that, whatever its handlers come to.
  if (!state.cancelling) state.error = code;
  endCase(run, 'completed', code);
  return true;
}

export function raiseEscalation(run: Run, frame: Frame, code: string): void {
  run.escalated.push(code);
  const isCaught = raise(run, frame, { catch: 'escalation', code });
  if (!isCaught && run.state.called) run.escalates.push(code);
}
