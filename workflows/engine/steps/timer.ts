/** timer: waits for a time or until a moment. Nobody holds it. */
import { instantOf } from '../conditions.ts';
import { durationMs } from '../duration.ts';
import type { Timer } from '../flow.gen.ts';
import { nextId, openIncident, type Run } from '../run.ts';
import type { Frame } from '../state.ts';
import type { Behaviour } from './behaviour.ts';

export const timer: Behaviour<Timer> = {
  open: (run, frame, step) => {
    const at = step.in === undefined ? momentOf(run, frame, step) : run.now + durationMs(step.in);
    if (at === undefined) return;
    if (at === null || at <= run.now) run.agenda.push({ do: 'leave', frame: frame.id });
    else run.state.timers.push({ id: nextId(run), frame: frame.id, task: null, at, what: { kind: 'wait' } });
  },
  finishWait: (run, frame) => {
    run.agenda.push({ do: 'leave', frame: frame.id });
  },
};

/** Null: there is nothing to wait for. Undefined: it cannot be told, and waits for a retry. */
function momentOf(run: Run, frame: Frame, { at }: Timer): number | null | undefined {
  if (at === undefined) return null;
  const moment = instantOf(run, frame, at, 'start');
  if (moment.ok) return moment.value;
  openIncident(run, frame, { code: moment.code, detail: moment.detail, resume: { do: 'open' } });
  return undefined;
}
