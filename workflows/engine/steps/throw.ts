/**
 * throw: sends a message or a signal and goes on when it is handed over; an escalation goes to the nearest handler around it, in the same
 * moment. Who waits for a message only the server knows, and its payload is mapped outside (rule 16).
 */
import { takeThrown, undo } from '../compensation.ts';
import { correlationKeyOf } from '../conditions.ts';
import type { Throw } from '../flow.gen.ts';
import { placeKey } from '../items.ts';
import { raiseEscalation } from '../raise.ts';
import { nextId, openIncident, startEffect, type Run } from '../run.ts';
import type { Frame, Sent } from '../state.ts';
import type { Behaviour } from './behaviour.ts';

export const throwing: Behaviour<Throw> = {
  open: (run, frame, step) => {
    if (step.send === 'escalation') escalate(run, frame, step.code);
    else if (step.send === 'compensation') compensate(run, frame, step);
    else if (
      step.again === 'skip' &&
      run.state.ran.includes(placeKey(run.compiled, { step: step.id, item: frame.item }))
    )
      run.agenda.push({ do: 'leave', frame: frame.id });
    else send(run, frame, step);
  },
  finishActivity: (run, frame, step, failure) => {
    if (failure === null) run.agenda.push({ do: 'leave', frame: frame.id });
    else
      openIncident(run, frame, {
        code: 'activity_failed',
        detail: { activity: `${step.send}.send`, error: failure.code },
        resume: { do: 'open' },
      });
  },
};

/** It goes on itself before anybody hears of it: a handler that interrupts what it stands in closes it. */
function escalate(run: Run, frame: Frame, code: string): void {
  run.agenda.push({ do: 'leave', frame: frame.id });
  raiseEscalation(run, frame, code);
}

/** Opened again each time that something is undone; with the last of it, it goes on. */
function compensate(run: Run, frame: Frame, { of, mode = 'sequential' }: Compensation): void {
  if (frame.at === 0) {
    const undone = takeThrown(run, frame, of ?? null);
    const groups = mode === 'parallel' || undone.length === 0 ? undone.map((each) => [each]) : [undone];
    frame.at = groups.length;
    for (const group of groups) undo(run, group, [frame.id]);
  } else frame.at -= 1;
  if (frame.at === 0) run.agenda.push({ do: 'leave', frame: frame.id });
}

type Compensation = Extract<Throw, { send: 'compensation' }>;
type Sending = Exclude<Throw, { send: 'escalation' | 'compensation' }>;

function send(run: Run, frame: Frame, step: Sending): void {
  const sent = whatToSend(run, frame, step);
  if (!sent) return;
  const of = { frame: frame.id, step: step.id, item: frame.item };
  startEffect(run, { type: 'send', id: nextId(run), ...of, rev: run.state.rev + 1, ...sent });
}

/** Undefined: the key cannot be told, and waits for a retry. */
function whatToSend(run: Run, frame: Frame, step: Sending): Sent | undefined {
  if (step.send === 'signal') return { kind: 'signal', name: step.name, key: null };
  const key = correlationKeyOf(run, frame, step.key);
  if (key.ok) return { kind: 'message', name: step.name, key: key.value };
  openIncident(run, frame, { code: key.code, detail: key.detail, resume: { do: 'open' } });
  return undefined;
}
