/** end: ends the case here with an outcome, whatever else is open; or only the branch it stands in, beside which others go on. */
import { sequenceOf, stepInfo } from '../compile.ts';
import type { End } from '../flow.gen.ts';
import { closeUnder, endCase, type Run } from '../run.ts';
import { pathTo, type Frame } from '../state.ts';
import { runsTogether } from '../tree.ts';
import type { Behaviour } from './behaviour.ts';

export const end: Behaviour<End> = {
  open: (run, frame, { outcome, ends }) => {
    const branch = ends === 'branch' ? branchAround(run, frame) : undefined;
    if (branch) finishBranch(run, branch, outcome);
    else endCase(run, 'completed', outcome);
  },
};

/** The branch goes to its end. */
function finishBranch(run: Run, scope: Frame, outcome: string): void {
  closeUnder(run, scope);
  run.ended.set(scope.id, outcome);
  scope.at = sequenceOf(run.compiled, scope.step, scope.branch).length;
  run.agenda.push({ do: 'enter', scope: scope.id });
}

/** The innermost branch that runs beside others; `check` refuses to end one where there is none. */
function branchAround(run: Run, frame: Frame): Frame | undefined {
  const scopes = pathTo(run.state, frame.id).filter(({ branch, step }) => branch !== null && step !== null);
  return scopes.findLast(({ step }) => runsTogether(stepInfo(run.compiled, step).step));
}
