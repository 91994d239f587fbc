/** Ending what is around a step: the branch that it stands in, or the scope. */
import { sequenceOf } from '../compile.ts';
import { endedBy } from '../ended-by.ts';
import { isBeside } from '../handlers.ts';
import { closeUnder, endCase, type Run } from '../run.ts';
import { pathTo, type Frame } from '../state.ts';

/** `token`: as `branch`, but the branch does not come to its join. */
type Ending = 'branch' | 'token' | 'scope';

/** What it ends goes to its end; `check` refuses to end one where there is none. */
export function endAround(run: Run, { id }: Frame, ends: Ending, outcome: string): void {
  const around = pathTo(run.state, id).flatMap((frame) => {
    const { step: owner, branch } = frame;
    return branch === null ? [] : [{ owner, branch, frame }];
  });
  const scope = endedBy(run.compiled, around, ends === 'scope' ? 'scope' : 'branch')?.frame;
  if (!scope) endCase(run, 'completed', outcome);
  else finish(run, scope, ends, outcome);
}

/** Of a scope, what runs beside goes on when only its own sequence ends. */
function finish(run: Run, scope: Frame, ends: Ending, outcome: string): void {
  const beside = ends === 'scope' ? [] : scope.children.filter(isBeside);
  const own = scope.children.filter((child) => !beside.includes(child));
  // While something that a step of it began goes on beside, what the scope itself catches may still happen.
  const isOpen = beside.some(({ step }) => step !== scope.step);
  scope.children = own;
  for (const frame of isOpen ? own : [scope]) closeUnder(run, frame);
  scope.children = beside;
  run.ended.set(scope.id, outcome);
  if (ends === 'token') run.lost.add(scope.id);
  scope.at = sequenceOf(run.compiled, scope.step, scope.branch).length;
  run.agenda.push({ do: 'enter', scope: scope.id });
}
