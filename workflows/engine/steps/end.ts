/** end: ends the case here with an outcome, whatever else is open; or only the branch it stands in, beside which others go on. */
import { stepInfo } from '../compile.ts';
import type { End } from '../flow.gen.ts';
import { closeUnder, endCase, type Run } from '../run.ts';
import { pathTo, type Frame } from '../state.ts';
import { runsTogether } from '../tree.ts';
import type { Behaviour } from './behaviour.ts';
import { finishScope } from './index.ts';

export const end: Behaviour<End> = {
  open: (run, frame, { outcome, ends }) => {
    const branch = ends === 'branch' ? branchAround(run, frame) : undefined;
    if (!branch) {
      endCase(run, 'completed', outcome);
      return;
    }
    closeUnder(run, branch.scope);
    finishScope(run, branch.owner, branch.scope);
  },
};

/** The innermost branch that runs beside others; `check` refuses to end one where there is none. */
function branchAround(run: Run, frame: Frame): { owner: Frame; scope: Frame } | undefined {
  const path = pathTo(run.state, frame.id);
  for (const [depth, scope] of [...path.entries()].reverse()) {
    const owner = path[depth - 1];
    const isBranch =
      owner?.step != null && scope.branch !== null && runsTogether(stepInfo(run.compiled, owner.step).step);
    if (isBranch) return { owner, scope };
  }
  return undefined;
}
