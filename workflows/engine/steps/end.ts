/**
 * end: ends the case here with an outcome, whatever else is open; or only the branch, sequence or scope it stands in; or raises an error, which
 * goes to the nearest handler around it.
 */
import { sequenceOf } from '../compile.ts';
import type { End } from '../flow.gen.ts';
import { isBeside } from '../handlers.ts';
import { raiseError } from '../raise.ts';
import { closeUnder, endCase, openIncident, type Run } from '../run.ts';
import { pathTo, type Frame } from '../state.ts';
import { endedBy } from '../ended-by.ts';
import type { Behaviour } from './behaviour.ts';

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

/** What it ends goes to its end; `check` refuses to end one where there is none. */
function endAround(run: Run, { id }: Frame, ends: 'branch' | 'scope', outcome: string): void {
  const around = pathTo(run.state, id).flatMap((frame) => {
    const { step: owner, branch } = frame;
    return branch === null ? [] : [{ owner, branch, frame }];
  });
  const scope = endedBy(run.compiled, around, ends)?.frame;
  if (!scope) endCase(run, 'completed', outcome);
  else finish(run, scope, ends, outcome);
}

/** Of a scope, what runs beside goes on when only its own sequence ends. */
function finish(run: Run, scope: Frame, ends: 'branch' | 'scope', outcome: string): void {
  const beside = ends === 'branch' ? scope.children.filter(isBeside) : [];
  scope.children = scope.children.filter((child) => !beside.includes(child));
  closeUnder(run, scope);
  scope.children = beside;
  run.ended.set(scope.id, outcome);
  scope.at = sequenceOf(run.compiled, scope.step, scope.branch).length;
  run.agenda.push({ do: 'enter', scope: scope.id });
}
