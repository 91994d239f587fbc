/** serviceTask: calls an activity and waits for its result. Its input is mapped outside, against the record (rule 16). */
import type { ServiceTask } from '../flow.gen.ts';
import { placeKey } from '../items.ts';
import { nextId, openIncident, startEffect, type Run } from '../run.ts';
import type { Frame } from '../state.ts';
import type { Behaviour } from './behaviour.ts';

export const serviceTask: Behaviour<ServiceTask> = {
  open,
  finishActivity: (run, frame, step, error) => {
    if (error === null) run.agenda.push({ do: 'leave', frame: frame.id });
    else stop(run, frame, step, error);
  },
};

function open(run: Run, frame: Frame, step: ServiceTask): void {
  const { item } = frame;
  if (step.again === 'skip' && run.state.ran.includes(placeKey(run.compiled, { step: step.id, item }))) {
    run.agenda.push({ do: 'leave', frame: frame.id });
    return;
  }
  const { id, activity } = step;
  // The activity waits for the record at the revision this event makes (rule 8).
  const rev = run.state.rev + 1;
  startEffect(run, { type: 'activity', id: nextId(run), frame: frame.id, step: id, item, activity, rev });
}

/** Tried as often as its policy says: the step waits until somebody retries it. */
function stop(run: Run, frame: Frame, step: ServiceTask, code: string): void {
  openIncident(run, frame, {
    code: 'activity_failed',
    detail: { activity: step.activity, error: code },
    resume: { do: 'open' },
  });
}
