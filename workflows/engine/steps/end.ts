/**
 * end: ends the case here with an outcome, whatever else is open; or only the branch, sequence or scope it stands in; or raises an error, which
 * goes to the nearest handler around it.
 */
import type { End } from '../flow.gen.ts';
import { raiseError } from '../raise.ts';
import { endCase, openIncident, type Run } from '../run.ts';
import type { Frame } from '../state.ts';
import type { Behaviour } from './behaviour.ts';
import { endAround } from './end-around.ts';

export const end: Behaviour<End> = {
  open: (run, frame, { outcome, ends = 'case' }) => {
    if (ends === 'error') fail(run, frame, outcome);
    else if (ends === 'case') endCase(run, 'completed', outcome);
    else endAround(run, frame, ends, outcome);
  },
};

/** Nobody catches it, nor waits for the case: it waits for somebody who moves the case on. */
function fail(run: Run, frame: Frame, code: string): void {
  if (raiseError(run, frame, code)) return;
  openIncident(run, frame, { code: 'error_uncaught', detail: { error: code }, resume: { do: 'open' } });
}
