/** serviceTask: calls an activity and waits for its result. Its input is mapped outside, against the record (rule 16). */
import type { ServiceTask } from '../flow.gen.ts';
import { nextId, openIncident, startEffect, type Run } from '../run.ts';
import type { Frame } from '../state.ts';

export function openServiceTask(run: Run, frame: Frame, step: ServiceTask): void {
  if (step.again === 'skip' && run.state.ran.includes(step.id)) {
    run.agenda.push({ do: 'leave', frame: frame.id });
    return;
  }
  const { id, activity } = step;
  // The activity waits for the record at the revision this event makes (rule 8).
  startEffect(run, { type: 'activity', id: nextId(run), frame: frame.id, step: id, activity, rev: run.state.rev + 1 });
}

export function finishServiceTask(run: Run, frame: Frame, step: ServiceTask): void {
  if (!run.state.ran.includes(step.id)) run.state.ran.push(step.id);
  run.agenda.push({ do: 'leave', frame: frame.id });
}

/** Tried as often as its policy says: the step waits until somebody retries it. */
export function failServiceTask(run: Run, frame: Frame, step: ServiceTask, code: string): void {
  openIncident(run, frame, {
    code: 'activity_failed',
    detail: { activity: step.activity, error: code },
    resume: { do: 'open' },
  });
}
