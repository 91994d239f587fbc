/**
 * callActivity: starts a case of another flow and waits until it is over, or goes on once it has begun. Its fields are mapped outside, against
 * the records (rule 16); which version runs, and that it is started once, is the server's business. Closed meanwhile, it cancels that case.
 */
import { textOf } from '../conditions.ts';
import type { CallActivity } from '../flow.gen.ts';
import { raise } from '../handlers.ts';
import { placeKey } from '../items.ts';
import { raiseError } from '../raise.ts';
import { nextId, openIncident, startEffect, type Run } from '../run.ts';
import type { Frame } from '../state.ts';
import type { ActivityError } from '../types.ts';
import type { Behaviour } from './behaviour.ts';

export const callActivity: Behaviour<CallActivity> = {
  open: (run, frame, step) => {
    if (step.again === 'skip' && run.state.ran.includes(placeKey(run.compiled, { step: step.id, item: frame.item })))
      run.agenda.push({ do: 'leave', frame: frame.id });
    else call(run, frame, step);
  },
  finishActivity: (run, frame, step, failure) => {
    if (failure === null) run.agenda.push({ do: 'leave', frame: frame.id });
    else fail(run, frame, step, failure);
  },
};

function call(run: Run, frame: Frame, { id: step, flow, wait = true }: CallActivity): void {
  const called = typeof flow === 'string' ? { ok: true as const, value: flow } : textOf(run, frame, flow.expression);
  const of = { frame: frame.id, step, item: frame.item, rev: run.state.rev + 1 };
  if (called.ok) startEffect(run, { type: 'call', id: nextId(run), ...of, flow: called.value, waits: wait });
  else openIncident(run, frame, { code: called.code, detail: called.detail, resume: { do: 'open' } });
}

/** Cases that call cases that call cases …: nobody means more than this, and a flow that calls itself by mistake stops here. */
export const MOST_DEEP = 20;
/** The case was withdrawn or cancelled. */
export const CANCELLED = 'cancelled';

function fail(run: Run, frame: Frame, { flow }: CallActivity, failure: ActivityError): void {
  const { code } = failure;
  if (failure.business && isTaken(run, frame, failure)) return;
  const detail = { ...(typeof flow === 'string' ? { flow } : flow), error: code };
  openIncident(run, frame, { code: incidentOf(failure), detail, resume: { do: 'open' } });
}

/** An error goes on outwards; that somebody cancelled a case, or that it could not start, concerns the case that called it alone. */
function isTaken(run: Run, frame: Frame, { code, ended }: ActivityError): boolean {
  if (ended && code !== CANCELLED) return raiseError(run, frame, code);
  return raise(run, frame, { catch: 'error', code });
}

function incidentOf({ code, business, ended }: ActivityError): string {
  if (!ended || !business) return 'call_failed';
  return code === CANCELLED ? 'child_cancelled' : 'error_uncaught';
}
