/**
 * serviceTask: calls an activity and waits for its result. Its input is mapped outside, against the record (rule 16). What the activity refuses
 * as its business an error handler may catch; a technical failure is always an incident.
 */
import type { ServiceTask } from '../flow.gen.ts';
import { MOST_UNDOABLE } from '../compensation.ts';
import { raise } from '../handlers.ts';
import { openIncident, startActivity, type Run } from '../run.ts';
import type { Frame } from '../state.ts';
import type { Behaviour } from './behaviour.ts';

export const serviceTask: Behaviour<ServiceTask> = {
  open,
  finishActivity: (run, frame, step, failure) => {
    if (failure === null) run.agenda.push({ do: 'leave', frame: frame.id });
    else if (!failure.business || !raise(run, frame, { catch: 'error', code: failure.code }))
      stop(run, frame, step, failure.code);
  },
};

function open(run: Run, frame: Frame, step: ServiceTask): void {
  if (step.again === 'skip' && run.state.ran.includes(step.id)) {
    run.agenda.push({ do: 'leave', frame: frame.id });
    return;
  }
  if (step.compensate && run.state.undoable.length >= MOST_UNDOABLE) {
    openIncident(run, frame, { code: 'too_much_to_undo', detail: { most: MOST_UNDOABLE }, resume: { do: 'open' } });
    return;
  }
  startActivity(run, frame, step.activity);
}

/** Tried as often as its policy says: the step waits until somebody retries it. */
function stop(run: Run, frame: Frame, step: ServiceTask, code: string): void {
  openIncident(run, frame, {
    code: 'activity_failed',
    detail: { activity: step.activity, error: code },
    resume: { do: 'open' },
  });
}
