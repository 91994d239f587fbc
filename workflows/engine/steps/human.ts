/** What user tasks and approvals share: asking for people, passing over, and completing the step. */
import type { People } from '../flow.gen.ts';
import { applyPolicies, askPeople, look, mustConfirm, previousHandler, type Holders } from '../people.ts';
import { closeUnder, openIncident, type Run } from '../run.ts';
import type { Decision, Frame } from '../state.ts';
import { countDecision, recordHandler, recordOutcome } from '../trail.ts';
import type { PersonId } from '../types.ts';
import { must } from '../unreachable.ts';

export interface Asking {
  people: People;
  /** Returned work goes to its previous handler instead of asking the rule again. */
  toPreviousHandler: boolean;
}

/** Holders of a step that opens; undefined while somebody outside looks them up. */
export function askForStep(run: Run, frame: Frame, { people, toPreviousHandler }: Asking): Holders | undefined {
  const handler = toPreviousHandler ? previousHandler(run.state, frame) : null;
  if (handler === null) return askPeople(run, frame, people, { for: 'step' });
  // Nobody asks again whether they are the initiator: they did it before.
  const back: People = { ...people, whenInitiator: 'keep' };
  if (mustConfirm(run.state, back, [handler])) {
    look(run, frame, { people: back, purpose: { for: 'step' }, given: [handler] });
    return undefined;
  }
  const explanation = { rule: people.assign.rule, inputs: {}, policy: 'returned' };
  return applyPolicies(run, must(frame.step, 'step of frame'), back, { persons: [handler], explanation });
}

/** Nobody found and the flow says so: the step waits until somebody retries it. */
export function stopWithoutPeople(run: Run, frame: Frame, people: People): void {
  const { rule, ...inputs } = people.assign;
  openIncident(run, frame, { code: 'people_empty', detail: { rule, inputs }, resume: { do: 'open' } });
}

/** A policy passes the step over. */
export function skipStep(run: Run, frame: Frame, outcome: string, approvers: PersonId[] = []): void {
  recordOutcome(run, frame, { skipped: outcome, approvers });
  run.agenda.push({ do: 'leave', frame: frame.id });
}

/** The step is decided: what is left of it closes, and the case goes on. */
export function completeStep(run: Run, frame: Frame, decision: Decision, approvers: PersonId[] = []): void {
  closeUnder(run, frame);
  const step = must(frame.step, 'step of frame');
  recordOutcome(run, frame, { ...decision, approvers });
  recordHandler(run, step, decision.by);
  countDecision(run, step);
  run.agenda.push({ do: 'leave', frame: frame.id });
}
