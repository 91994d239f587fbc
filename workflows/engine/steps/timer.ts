/** timer: waits for a time or until a moment. Nobody holds it. */
import { overAt, putTimer } from '../clocks.ts';
import { instantOf } from '../conditions.ts';
import type { Timer } from '../flow.gen.ts';
import { dueByOf, lacksCalendar } from '../reckoners.ts';
import { nextId, openIncident, type Run } from '../run.ts';
import type { Clock, Frame } from '../state.ts';
import type { Behaviour } from './behaviour.ts';

export const timer: Behaviour<Timer> = {
  open: (run, frame, step) => {
    const clock = clockOf(run, frame, step);
    if (clock === undefined) return;
    const at = clock && overAt(run, clock);
    if (clock === null || at === null || at <= run.now) run.agenda.push({ do: 'leave', frame: frame.id });
    else putTimer(run, { id: nextId(run), frame: frame.id, task: null, at, what: { kind: 'wait', clock } });
  },
  finishWait: (run, frame) => {
    run.agenda.push({ do: 'leave', frame: frame.id });
  },
};

/** Null: there is nothing to wait for. Undefined: it cannot be told, and waits for a retry. */
function clockOf(run: Run, frame: Frame, { in: budget, at, calendar }: Timer): Clock | null | undefined {
  const clock = { from: run.now, budget: budget ?? null, by: dueByOf(run.state, calendar), stops: [], standing: null };
  if (lacksCalendar(run.state, calendar)) {
    const detail = { calendar: calendar ?? null };
    openIncident(run, frame, { code: 'calendar_missing', detail, resume: { do: 'open' } });
    return undefined;
  }
  if (at === undefined) return clock;
  const moment = instantOf(run, at, 'start');
  if (moment.ok) return moment.value === null ? null : { ...clock, from: moment.value };
  openIncident(run, frame, { code: moment.code, detail: moment.detail, resume: { do: 'open' } });
  return undefined;
}
